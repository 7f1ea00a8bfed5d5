import pytest

from nhipcau.knowledge.normalise import folded
from nhipcau.knowledge.search import Index
from tests.knowledge.samples import entry


def topic(name: str, title: str, *questions: str) -> object:
    return entry(name, title=title, questions=questions, short=title, steps=(), deep="")


ENTRIES = [
    topic("sunday", "Làm thêm giờ ngày chủ nhật", "làm chủ nhật trả bao nhiêu", "tang ca chu nhat"),
    topic("holiday", "Làm thêm giờ ngày lễ, tết", "làm ngày lễ tính sao", "di lam mung 1 tet"),
    topic("maternity", "Nghỉ thai sản mấy tháng", "sinh con được nghỉ bao lâu", "bau nghi de may thang"),
    topic("resign", "Xin nghỉ việc phải báo trước", "nghỉ việc báo trước mấy ngày", "muon nghi lam o cong ty"),
    topic("region", "Lương tối thiểu vùng III", "vùng 3 lương tối thiểu bao nhiêu", "luong toi thieu vung 3"),
]
INDEX = Index(ENTRIES)  # type: ignore[arg-type]


def best(index: Index, text: str) -> str:
    return index.entries[index.search(text).hits[0].at].id


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("tăng ca ngày chủ nhật", "sunday"),
        ("tang ca ngay chu nhat", "sunday"),
        ("OT cn trả bn", "sunday"),
        ("lễ tết đi làm được trả sao", "holiday"),
        ("nghỉ đẻ đc mấy thg", "maternity"),
        ("nghi viecj baos truocws", "resign"),
        ("lương vùng iii", "region"),
    ],
)
def test_questions_find_their_entry_however_typed(text: str, name: str) -> None:
    assert best(INDEX, text) == name


@pytest.mark.parametrize("text", ["lương tối thiểu vùng 3", "sinh con được nghỉ bao lâu", "Làm ngày lễ tính sao?"])
def test_losing_the_marks_changes_nothing(text: str) -> None:
    with_marks, without = INDEX.search(text), INDEX.search(folded(text))
    assert [hit.at for hit in with_marks.hits] == [hit.at for hit in without.hits]


@pytest.mark.parametrize(
    ("text", "name"), [("nghỉ năm", "year"), ("nghỉ nam", "men"), ("Nghi\u0309 na\u0306m", "year")]
)
def test_typed_marks_decide_between_words_alike(text: str, name: str) -> None:
    both = Index([topic("men", "Nghỉ nam", "nghỉ nam nam"), topic("year", "Nghỉ năm", "nghỉ năm")])  # type: ignore[list-item]
    if name == "year":
        assert best(both, text) == "year"
    assert {both.entries[hit.at].id for hit in both.search(text).hits} == {"men", "year"}


def test_a_question_in_an_entrys_own_words_fits_it_wholly() -> None:
    found = INDEX.search("sinh con được nghỉ bao lâu")
    assert found.coverage == found.pairs == 1
    assert found.sameness > 0.9


def test_words_nobody_knows_lower_the_fit() -> None:
    assert INDEX.search("làm chủ nhật qwxz").coverage < INDEX.search("làm chủ nhật").coverage


@pytest.mark.parametrize("text", ["", "   ", "???", "😀", "qwxz"])
def test_nothing_known_finds_nothing(text: str) -> None:
    assert INDEX.search(text).hits == ()


def test_an_empty_base_finds_nothing() -> None:
    assert Index([]).search("lương tối thiểu").hits == ()


def test_an_entry_without_phrasings_is_found_by_its_title() -> None:
    alone = Index([topic("a", "Lương tối thiểu"), topic("b", "Nghỉ phép", "???")])  # type: ignore[list-item]
    assert best(alone, "luong toi thieu") == "a"
    assert best(alone, "nghỉ phép") == "b"


def test_unrelated_entries_do_not_move_the_first_place() -> None:
    others = [topic(f"other-{n}", f"chuyện {n} khác", f"hỏi {n} gì đó khác") for n in range(20)]
    grown = Index([*ENTRIES, *others])  # type: ignore[list-item]
    for text in ("tang ca chu nhat", "nghi de may thang", "luong vung 3"):
        assert best(grown, text) == best(INDEX, text)
