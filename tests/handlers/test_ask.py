"""A free question: answered with its basis and date, narrowed down, or honestly not known."""

from datetime import date

import pytest

from nhipcau.channels.message import Kind
from nhipcau.channels.text import utf16_units
from nhipcau.knowledge import desk
from tests.handlers.room import Room

ENGLISH_OFFICER = "Ask an officer to reply"


async def test_an_answer_says_all_in_one_message(room: Room) -> None:
    await room.says("tang ca chu nhat tinh sao")
    assert len(room.replies) == 1
    text = room.last.text
    rendered = room.knowledge.rendered("overtime-rate-weekly-rest", room.today)
    assert text.startswith(rendered.title)
    assert rendered.short in text
    assert "200%" in text
    assert f"Việc nên làm:\n1. {rendered.steps[0]}" in text
    assert "Căn cứ:\n- Bộ luật Lao động 2019 (45/2019/QH14), Điều 98" in text
    assert text.endswith("Đúng theo luật ngày 22/11/2026.")
    assert room.labels == ["Xem kỹ hơn", "Tính thử", "👍 Hữu ích", "👎 Chưa đúng ý", "Gặp cán bộ"]


async def test_every_answer_fits_its_buttons_and_has_basis_and_date(room: Room) -> None:
    for entry in room.knowledge.entries.values():
        event = room.event(Kind.TAP, payload=f"pick:{entry.id}:zzzzzzzzzz")
        turn = await room.router.handle(event, None, None, room.limits, room.now)
        (message,) = turn.messages
        assert "Căn cứ:\n- " in message.text
        assert "ngày 22/11/2026" in message.text
        assert "{" not in message.text
        assert "None" not in message.text
        assert utf16_units(message.text) <= room.limits.text, "an answer is one message"
        payloads = [button.payload for row in message.buttons for button in row]
        assert max(len(one.encode()) for one in payloads) <= 64, entry.id


async def test_an_answer_from_one_source_says_so(room: Room) -> None:
    weak = next(one for one in room.knowledge.entries.values() if one.confidence == "V1")
    strong = next(one for one in room.knowledge.entries.values() if one.confidence != "V1")
    await room.taps_payload(f"pick:{weak.id}:0")
    assert "mới có một nguồn" in room.last.text
    await room.taps_payload(f"pick:{strong.id}:0")
    assert "mới có một nguồn" not in room.last.text


async def test_an_answer_past_its_review_says_so(room: Room) -> None:
    await room.says("tang ca chu nhat tinh sao")
    assert "quá hạn rà soát" not in room.last.text
    due = room.knowledge.entries["overtime-rate-weekly-rest"].review_by
    assert due is not None
    room.today = date(due.year + 1, due.month, due.day)
    await room.says("tang ca chu nhat tinh sao")
    assert f"quá hạn rà soát ({due.day:02}/{due.month:02}/{due.year})" in room.last.text


async def test_deeper_and_back_to_the_related(room: Room) -> None:
    await room.says("tang ca chu nhat tinh sao")
    await room.taps("Xem kỹ hơn")
    assert room.knowledge.rendered("overtime-rate-weekly-rest", room.today).deep in room.last.text
    assert "Căn cứ:" in room.last.text
    assert "Xem kỹ hơn" not in room.labels
    await room.taps("Câu hỏi liên quan")
    title = room.labels[0]
    await room.taps(title)
    assert room.last.text.startswith(title)


async def test_a_button_keeps_the_day_of_its_answer(room: Room) -> None:
    await room.says("luong toi thieu vung 3")
    room.today = date(2026, 12, 5)
    await room.taps("Xem kỹ hơn")
    assert "ngày 22/11/2026" in room.last.text


async def test_several_titles_are_offered_and_the_choice_is_kept(room_on_both: Room) -> None:
    room = room_on_both
    await room.says("thu viec")
    assert room.last.text == "Anh/chị muốn hỏi câu nào?"
    assert room.labels[-1] == "Không phải các câu này"
    title = room.labels[1]
    await room.taps(title)
    assert room.last.text.startswith(title)
    (row,) = await room.rows(desk.question)
    assert (row.outcome, row.chosen) == ("choose", room.payload("Xem kỹ hơn").split(":")[1])


async def test_none_of_the_titles_goes_to_the_officers(room_on_both: Room) -> None:
    room = room_on_both
    await room.says("thu viec")
    await room.taps("Không phải")
    assert "không kèm tên" in room.last.text
    assert "0262 000 000" in room.last.text
    assert room.labels == ["Gặp cán bộ", "Menu"]
    (row,) = await room.rows(desk.question)
    assert (row.helpful, row.reason) == (False, "none")


async def test_an_unknown_question_is_kept_without_its_asker(room_on_both: Room) -> None:
    room = room_on_both
    room.chat = "990011"
    await room.says("thoi tiet the nao, goi em 0905 123 456 hoac a.b@c.vn, zalo.me/0905123456")
    assert "chưa có câu trả lời chắc chắn" in room.last.text
    assert "0262 000 000" in room.last.text
    (row,) = await room.rows(desk.question)
    assert row.text == "thoi tiet the nao, goi em [number] hoac [email] [link]"
    assert row.outcome == "unknown"
    assert row.asked_on == "2026-11-22"
    assert "990011" not in str(row)
    assert not {"chat", "account", "sender", "key"} & set(desk.question.c.keys())
    assert await room.rows(desk.callback) == []


async def test_small_talk_is_answered_and_not_kept(room: Room) -> None:
    await room.says("xin chào")
    assert "Chào anh/chị" in room.last.text
    assert await room.rows(desk.question) == []


@pytest.mark.parametrize("text", ["   ", "\n\n", "🙂", "???"])
async def test_nothing_to_read(room: Room, text: str) -> None:
    await room.says(text)
    assert room.last.text
    assert "Menu" in room.labels


async def test_a_very_long_text_asks_for_a_short_one(room: Room) -> None:
    await room.says("luong " * 400)
    assert "dài quá" in room.last.text


async def test_a_question_about_a_day_without_law(room: Room) -> None:
    await room.says("luong toi thieu vung 1 nam 2012")
    assert "chưa có câu trả lời đã kiểm tra cho ngày 31/12/2012" in room.last.text
    assert "Gặp cán bộ" in room.labels
    (row,) = await room.rows(desk.question)
    assert (row.outcome, row.entry) == ("unknown", "minimum-wage-region-1")


async def test_a_follow_up_keeps_the_subject(room: Room) -> None:
    await room.says("lương tối thiểu vùng 3")
    third = room.last.text
    await room.says("còn vùng 4?")
    assert "vùng IV" in room.last.text.replace("Vùng", "vùng")
    assert room.last.text != third


async def test_the_subject_of_a_tapped_title_is_kept_too(room: Room) -> None:
    await room.taps_payload("pick:minimum-wage-region-3:0")
    await room.says("còn vùng 4?")
    assert "vùng IV" in room.last.text.replace("Vùng", "vùng")


async def test_after_half_an_hour_the_subject_is_forgotten(room: Room) -> None:
    await room.says("lương tối thiểu vùng 3")
    room.waits(31)
    await room.says("còn vùng 4?")
    assert "Căn cứ" not in room.last.text


async def test_an_edited_question_is_answered_again(room: Room) -> None:
    await room.says("luong toi thieu vung 3")
    await room.edits("luong toi thieu vung 2")
    assert "vùng II" in room.last.text.replace("Vùng", "vùng")


async def test_english_around_a_vietnamese_answer(room: Room) -> None:
    room.language = "en"
    await room.says("luong toi thieu vung 3")
    assert "Legal basis:" in room.last.text
    assert "As of 22/11/2026." in room.last.text
    assert "no translation has been checked yet" in room.last.text
    assert room.labels == ["More detail", "Try the calculation", "👍 Helpful", "👎 Not helpful", ENGLISH_OFFICER]


async def test_a_checked_translation_is_marked_and_keeps_its_sources(room: Room) -> None:
    room.language = "en"
    await room.taps_payload("pick:resign-notice:0")
    shown = room.knowledge.rendered("resign-notice", room.today, "en")
    assert room.last.text.startswith(f"{shown.title}\n\n{shown.short}\n\nWhat to do:\n1. {shown.steps[0]}")
    assert "45 days" in room.last.text
    assert "Legal basis:\n- Bộ luật Lao động 2019 (45/2019/QH14), Article 35" in room.last.text
    assert room.last.text.endswith("This is a translation; the Vietnamese text is authoritative.")
    assert "no translation" not in room.last.text


async def test_the_details_of_a_translated_answer_are_vietnamese_and_say_so(room: Room) -> None:
    room.language = "en"
    await room.taps_payload("pick:resign-notice:0")
    await room.taps("More detail")
    assert room.knowledge.rendered("resign-notice", room.today).deep in room.last.text
    assert room.last.text.endswith("The details are in Vietnamese; no translation has been checked yet.")


@pytest.mark.parametrize(("year", "amount"), [(2026, "1,500,000 VND"), (2027, "2,200,000 VND")])
async def test_a_translation_has_the_figures_of_the_day(room: Room, year: int, amount: str) -> None:
    room.language = "en"
    room.today = date(year, 3, 1)
    await room.taps_payload("pick:voluntary-si:0")
    assert amount in room.last.text
    assert f"As of 01/03/{year}." in room.last.text


async def test_english_titles_on_buttons(room: Room) -> None:
    room.language = "en"
    await room.says("menu")
    assert room.labels[0] == room.knowledge.rendered("minimum-wage-dak-lak", room.today, "en").title
    await room.says("thu viec")
    titles = {room.knowledge.rendered(one.split(":")[1], room.today, "en").title for one in room.payloads[:-1]}
    assert set(room.labels[:-1]) == titles
    await room.taps_payload(f"rel:resign-notice:zz:{room.today:%Y%m%d}")
    (label, payload), *_ = zip(room.labels, room.payloads, strict=True)
    assert label == room.knowledge.rendered(payload.split(":")[1], room.today, "en").title


async def test_an_english_title_that_was_tapped_is_kept_and_followed_up_in_vietnamese(room: Room) -> None:
    room.language = "en"
    await room.taps_payload("pick:minimum-wage-what:0")
    (row,) = await room.rows(desk.question)
    subject = (await room.session()).subject
    assert subject is not None
    assert subject.question == row.text == room.knowledge.rendered("minimum-wage-what", room.today).title


@pytest.mark.parametrize("payload", ["pick:gone-entry:zz", "deep:gone-entry:zz:20261122", "rel:gone-entry:zz:20261122"])
async def test_a_withdrawn_entry(room: Room, payload: str) -> None:
    await room.taps_payload(payload)
    assert "đã được gỡ hoặc thay mới" in room.last.text


HAND_TYPED = [
    "pick", "pick:", "pick:si-one-off", "pick:si-one-off:" + "z" * 50, "pick:si-one-off:-1", "pick:../../etc:1",
    "deep", "deep:si-one-off:zz:2026", "deep:si-one-off:zz:20261399", "deep:si-one-off:zz:20261122:more",
    "rel:si-one-off:zz:00000000", "up", "up:", "up:zzzzzzzzzzz", "up:💥", "down", "down:zzz", "none",
    "none:' OR 1=1",
    "call", "call:💥", "call:zz:zz", "again", "again:", "again:zz", "again:zzzzzzzzzzz",
]  # fmt: skip


async def test_hand_typed_payloads_are_harmless(room_on_both: Room) -> None:
    for payload in HAND_TYPED:
        await room_on_both.taps_payload(payload)
        assert room_on_both.last.text, payload


async def test_a_thumb_up_is_kept(room_on_both: Room) -> None:
    room = room_on_both
    await room.says("luong toi thieu vung 3")
    await room.taps("Hữu ích")
    assert "Cảm ơn" in room.last.text
    (row,) = await room.rows(desk.question)
    assert row.helpful is True


async def test_a_title_from_the_menu_counts_as_a_question(room_on_both: Room) -> None:
    """Else its thumbs would be lost, and a wish for a reply would belong to no question."""
    room = room_on_both
    await room.says("menu")
    title = room.labels[0]
    await room.taps(title)
    await room.taps("Chưa đúng ý")
    (row,) = await room.rows(desk.question)
    assert (row.text, row.outcome, row.helpful) == (title, "answer", False)
