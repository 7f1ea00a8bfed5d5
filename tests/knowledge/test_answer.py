from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nhipcau.knowledge.answer import Answer, Context, Knowledge
from nhipcau.knowledge.dates import asked_date
from nhipcau.knowledge.followups import FollowUps
from tests.knowledge.samples import DOCUMENTS, FIGURES, TODAY, entry

WAGE_QUESTIONS = ("lương tháng tối thiểu bao nhiêu", "luong thang thap nhat", "mức lương tháng nhà nước quy định")


def base(**changes: object) -> Knowledge:
    wage = entry("wage", title="Lương tháng tối thiểu", questions=WAGE_QUESTIONS, short="{wage.month}", **changes)
    others = [entry(f"other-{n}", title=f"chuyện {n}", questions=(f"nuôi cá chép số {n}",)) for n in range(30)]
    return Knowledge.of([wage, *others], FIGURES, DOCUMENTS)


def asked(knowledge: Knowledge, text: str = "lương tháng tối thiểu bao nhiêu", on: date = TODAY) -> Answer:
    return knowledge.ask(text, on)


def test_an_answer_brings_its_sources_and_its_day() -> None:
    answer = asked(base())
    assert (answer.outcome, answer.entry, answer.as_of) == ("answer", "wage", TODAY)
    assert answer.rendered is not None
    assert answer.rendered.short == "4.140.000 đồng"
    assert {source.title for source in answer.rendered.citations} == {"Bộ luật 2019", "Nghị định 2/2025"}


@pytest.mark.parametrize(
    "question", ["lương tháng tối thiểu năm 2025 bao nhiêu", "lương tháng tối thiểu 12/2024 bao nhiêu"]
)
def test_a_day_in_the_question_is_the_day_of_the_answer(question: str) -> None:
    answer = asked(base(), question)
    assert answer.rendered is not None
    assert answer.rendered.short == "3.860.000 đồng"
    assert answer.as_of < date(2026, 1, 1)


@pytest.mark.parametrize(
    ("on", "changes", "why"),
    [
        (date(2022, 1, 1), {}, "figure_unknown"),
        (date(2020, 1, 1), {}, "not_yet_valid"),
        (TODAY, {"valid_to": date(2026, 6, 30)}, "expired"),
    ],
)
def test_what_does_not_hold_on_the_day_is_not_answered(on: date, changes: dict[str, object], why: str) -> None:
    answer = asked(base(**changes), on=on)
    assert (answer.outcome, answer.why, answer.stale, answer.rendered) == ("unknown", why, "wage", None)


def test_a_successor_answers_in_place_of_an_ended_entry() -> None:
    knowledge = base(valid_to=date(2026, 6, 30))
    successor = entry("wage-new", title="Lương tháng tối thiểu", questions=WAGE_QUESTIONS, short="{wage.month}")
    both = Knowledge.of([*knowledge.entries.values(), successor], FIGURES, DOCUMENTS)
    answer = asked(both)
    assert "wage" not in {answer.entry, *(choice.entry for choice in answer.choices)}
    assert "wage-new" in {answer.entry, *(choice.entry for choice in answer.choices)}


@pytest.mark.parametrize(("review_by", "overdue"), [(date(2026, 11, 21), True), (TODAY, False), (None, False)])
def test_an_entry_past_its_review_says_so(review_by: date | None, overdue: bool) -> None:
    assert asked(base(review_by=review_by)).overdue is overdue


def test_a_figure_knows_what_rests_on_it() -> None:
    assert base().dependants("wage.month") == ("wage",)


@pytest.mark.parametrize("text", ["xin chào", "Alo ad ơi", "cảm ơn nhiều nhé", "ok", "hihi", "bạn là ai vậy, bot à"])
def test_small_talk_is_no_question(knowledge: Knowledge, text: str) -> None:
    answer = knowledge.ask(text, TODAY)
    assert (answer.outcome, answer.why) == ("unknown", "small_talk")


@pytest.mark.parametrize("text", ["", " ", "😀😀", "\x00", "...", "\u202e\u200b"])
def test_nothing_said_is_nothing_asked(knowledge: Knowledge, text: str) -> None:
    assert knowledge.ask(text, TODAY).why == "empty"


@pytest.mark.parametrize(
    "text", ["giá vàng hôm nay", "cách nấu phở bò", "thủ tục ly hôn đơn phương", "doi bang lai xe o dau"]
)
def test_what_is_not_about_work_is_refused(knowledge: Knowledge, text: str) -> None:
    answer = knowledge.ask(text, TODAY)
    assert (answer.outcome, answer.why, answer.choices) == ("unknown", "unsure", ())


def follow(knowledge: Knowledge, *texts: str) -> Answer:
    answer = knowledge.ask(texts[0], TODAY)
    for text in texts[1:]:
        answer = knowledge.ask(text, TODAY, answer.context)
    return answer


def offered(answer: Answer) -> str | None:
    return answer.entry or next((choice.entry for choice in answer.choices), None)


@pytest.mark.parametrize(
    ("chat", "name"),
    [
        (("lương tối thiểu vùng 3 là bao nhiêu", "còn vùng 4?"), "minimum-wage-region-4"),
        (("lương tối thiểu vùng 3 là bao nhiêu", "thế vùng 2 thì sao"), "minimum-wage-region-2"),
        (("luong toi thieu vung 3", "con vung 1 thi sao"), "minimum-wage-region-1"),
        (("lương tối thiểu vùng III", "vùng IV"), "minimum-wage-region-4"),
        (("lương tối thiểu vùng 3 là bao nhiêu", "còn 2 thì sao"), "minimum-wage-region-2"),
        (("lương tối thiểu vùng 3", "còn vùng 4?", "thế vùng 1?"), "minimum-wage-region-1"),
        (("làm thêm giờ ngày chủ nhật trả bao nhiêu", "vậy ngày lễ thì sao"), "overtime-rate-holiday"),
        (("lương tối thiểu vùng 3", "cảm ơn nhé", "còn vùng 4?"), "minimum-wage-region-4"),
    ],
)
def test_a_follow_up_keeps_its_subject(knowledge: Knowledge, chat: tuple[str, ...], name: str) -> None:
    assert offered(follow(knowledge, *chat)) == name


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("nghỉ thai sản được mấy tháng?", "maternity-leave-length"),
        ("vậy nghỉ thai sản được mấy tháng?", "maternity-leave-length"),
        ("còn thử việc tối đa bao lâu?", "probation-length"),
    ],
)
def test_a_new_subject_is_not_dragged_into_the_old(knowledge: Knowledge, text: str, name: str) -> None:
    assert offered(follow(knowledge, "làm thêm giờ ngày chủ nhật trả bao nhiêu", text)) == name


def test_nonsense_after_a_question_stays_nonsense(knowledge: Knowledge) -> None:
    assert follow(knowledge, "lương tối thiểu vùng 3", "còn bóng đá thì sao").outcome == "unknown"


def test_the_slot_takes_the_place_of_the_old_one() -> None:
    joined = FollowUps().join(["con", "vung", "4"], ["luong", "toi", "thieu", "vung", "3", "la", "bao", "nhieu"])
    assert joined is not None
    assert joined.question == "luong toi thieu vung 4 la bao nhieu"
    assert joined.sure


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("lương tối thiểu năm 2023", date(2023, 12, 31)),
        ("luong toi thieu 2023", date(2023, 12, 31)),
        ("lương vùng 1 năm 2024", date(2024, 12, 31)),
        ("lương tháng 2 năm 2024", date(2024, 2, 29)),
        ("lương tháng 7/2025", date(2025, 7, 31)),
        ("từ ngày 01/07/2025 đóng bao nhiêu", date(2025, 7, 1)),
        ("nghỉ lễ năm 2026", TODAY),
        ("lương tháng 11/2026", TODAY),
        ("tết 2027", date(2027, 12, 31)),
        ("lương tối thiểu", None),
        ("em làm từ năm 2015", None),
        ("tôi sinh năm 2003", None),
        ("bộ luật lao động 2019", None),
        ("nghị định 145/2020/NĐ-CP", None),
        ("đóng từ 2019 đến 2024", None),
        ("lương 2024 và 2025", None),
        ("lương 31/02/2025", None),
        ("thưởng 2000000 đồng", None),
    ],
)
def test_the_day_is_read_from_the_text(text: str, day: date | None) -> None:
    dated = asked_date(text, TODAY)
    assert (dated.on if dated else None) == day


@given(st.text(max_size=80), st.text(max_size=80))
def test_no_text_and_no_context_ever_raises(knowledge: Knowledge, text: str, before: str) -> None:
    answer = knowledge.ask(text, TODAY, Context(question=before, entry="minimum-wage-what"))
    assert 0 <= answer.confidence <= 1
    assert len(answer.choices) <= 3


@pytest.mark.parametrize(
    "text",
    [
        "lương " * 2_000,
        "\ud800 lương \udfff",
        "a" * 10_000,
        "\u202eươưl",
        "lương\x00tối\x00thiểu",
        "1" * 10_000,
        "năm 20" * 900,
    ],
)
def test_absurd_texts_are_answered_or_refused(knowledge: Knowledge, text: str) -> None:
    assert knowledge.ask(text, TODAY).outcome in {"answer", "choose", "unknown"}
