"""Into one's unit: by link, code or name, with consent or without."""

import pytest

from nhipcau.channels.message import Kind
from nhipcau.union import consent, unit_tree
from nhipcau.union.members import consent_log, member
from nhipcau.union.unit_rules import Decision
from nhipcau.union.units import by_id
from tests.handlers.member_room import CAO_SU, MAY, founded, joins, myself, scans
from tests.handlers.room import NO_BUTTONS, TODAY, Room


async def unit_name(room: Room) -> str:
    mine = await myself(room)
    async with room.store.read() as conn:
        found = await conn.run_sync(lambda sync: by_id(sync, mine.unit_id) if mine.unit_id else None)
    return found.name if found else ""


async def test_one_tap_after_the_scan_makes_a_member(room_on_both: Room) -> None:
    room = await founded(room_on_both)
    said = await scans(room, "DL-MAY_p")
    assert MAY in said.text and "Công đoàn Thử giữ địa chỉ đoạn chat này" in said.text
    assert room.labels == ["Đồng ý", "Đọc toàn văn", "Không, tôi chỉ hỏi đáp"]
    assert f"Anh/chị đã vào: {MAY}" in (await room.taps("Đồng ý")).text
    assert await unit_name(room) == MAY
    (line,) = await room.rows(consent_log)
    assert (line.action, line.version, line.channel) == ("given", consent.current(), "telegram")


async def test_who_scans_and_asks_at_once_is_answered(room: Room) -> None:
    await scans(await founded(room), "DL-MAY")
    assert "200%" in (await room.says("tang ca chu nhat tinh sao")).text
    assert await room.rows(member) == []
    assert "chưa có câu trả lời chắc chắn" in (await room.says("thoi tiet hom nay the nao")).text


async def test_who_declines_is_answered_and_leaves_no_trace(room: Room) -> None:
    await scans(await founded(room), "DL-MAY")
    assert "không giữ gì cả" in (await room.taps("Không, tôi chỉ")).text
    assert "200%" in (await room.says("tang ca chu nhat tinh sao")).text
    assert await room.rows(member) == [] and await room.rows(consent_log) == []


async def test_the_whole_text_names_law_rights_and_contact(room: Room) -> None:
    await scans(await founded(room), "DL-MAY")
    said = await room.taps("toàn văn")
    for words in ("91/2025/QH15", "356/2025/NĐ-CP", "0262 000 000", "30 ngày", "rút lại", consent.current()):
        assert words in said.text
    await room.taps("Đồng ý")
    assert await unit_name(room) == MAY
    await room.says("/mydata")
    assert "91/2025/QH15" in (await room.taps("đã đồng ý gì")).text
    assert "Không, tôi chỉ hỏi đáp" not in room.labels


@pytest.mark.parametrize("typed", ["/join DL-MAY", "/vao dl-may", "mã DL-MAY", "ma dl-may", "Mã số DL-MAY"])
async def test_a_code_typed_by_hand(room: Room, typed: str) -> None:
    await founded(room)
    assert MAY in (await room.says(typed)).text
    await room.taps("Đồng ý")
    assert await unit_name(room) == MAY


async def test_no_question_is_taken_for_a_code(room: Room) -> None:
    await founded(room)
    for question in ("mã số thuế", "mã BHXH", "ma so thue"):
        await room.says(question)
        assert "Đồng ý" not in room.labels


async def test_search_by_name_asks_which_and_then_for_consent(room: Room) -> None:
    await founded(room)
    await room.says("menu")
    await room.taps("Vào công đoàn của tôi")
    await room.says("cong ty")
    assert [label for label in room.labels if "Công ty" in label] and room.labels[-1] == "Không có trong số này"
    assert len(room.labels) <= 5
    assert CAO_SU in (await room.taps("Cao su")).text
    await room.taps("Đồng ý")
    assert await unit_name(room) == CAO_SU


async def test_staying_without_a_unit(room: Room) -> None:
    await founded(room)
    await room.says("/join khongcodau xyz")
    assert "Không tìm thấy" in room.text
    await room.taps("chưa có công đoàn")
    await room.taps("Đồng ý")
    assert (await myself(room)).unit_id is None
    assert "chưa có công đoàn" in (await room.says("/me")).text


async def test_a_member_changes_the_unit_only_after_seeing_both_names(room: Room) -> None:
    await joins(await founded(room))
    said = await scans(room, "DL-CAO-SU")
    assert MAY in said.text and CAO_SU in said.text
    await room.taps("Giữ nguyên")
    assert await unit_name(room) == MAY
    await scans(room, "DL-CAO-SU")
    await room.taps("Chuyển")
    assert await unit_name(room) == CAO_SU
    assert "đang ở" in (await scans(room, "DL-CAO-SU")).text
    assert len(await room.rows(consent_log)) == 1


async def test_the_link_of_a_merged_unit_leads_to_its_successor(room: Room) -> None:
    await founded(room)
    decision = Decision(TODAY, "Sáp nhập", TODAY)
    await room.store.writer.transaction(lambda conn: unit_tree.merge(conn, "DL-MAY", "DL-CAO-SU", decision))
    assert CAO_SU in (await scans(room, "DL-MAY")).text


async def test_tapping_twice_joins_once(room: Room) -> None:
    await scans(await founded(room), "DL-MAY")
    agree = room.payload("Đồng ý")
    await room.taps_payload(agree)
    await room.taps_payload(agree)
    assert len(await room.rows(member)) == 1 and len(await room.rows(consent_log)) == 1


async def test_without_buttons_the_number_is_the_tap(room: Room) -> None:
    room.limits = NO_BUTTONS
    assert "[1] Đồng ý" in (await scans(await founded(room), "DL-MAY")).text
    await room.says("1")
    assert await unit_name(room) == MAY


@pytest.mark.parametrize("payload", ["agree:2020-01:0", "agree::", "agree:x", "unit:zzzzzz", "unit", "move:zz", "move"])
async def test_made_up_payloads_change_nothing(room: Room, payload: str) -> None:
    await founded(room)
    await room.taps_payload(payload)
    assert await room.rows(member) == [] and room.text


async def test_a_group_is_no_place_for_it(room: Room) -> None:
    await founded(room)
    await room.does(Kind.START, text="/start", payload="u_DL-MAY", group=True)
    assert "Đồng ý" not in room.labels
    for command in ("/join DL-MAY", "/me", "/erase", "/link", "dừng"):
        await room.does(Kind.TEXT, text=command, group=True)
        assert "nhắn riêng" in room.text
    assert await room.rows(member) == []


async def test_a_new_text_is_shown_once_a_week_and_the_old_one_holds(
    room: Room, monkeypatch: pytest.MonkeyPatch
) -> None:
    await joins(await founded(room))
    monkeypatch.setattr(consent, "current", lambda: "2027-01")
    monkeypatch.setattr(consent, "text", lambda version, language: consent.Text(version, "T", "S", "F"))
    await room.says("tang ca chu nhat tinh sao")
    assert "200%" in room.replies[0].text and "có bản mới" in room.last.text
    await room.says("tang ca chu nhat tinh sao")
    assert "có bản mới" not in room.text
    room.waits(8 * 24 * 60)
    await room.says("tang ca chu nhat tinh sao")
    assert "còn hiệu lực" in (await room.taps("Không, tôi chỉ")).text
    room.waits(8 * 24 * 60)
    await room.says("tang ca chu nhat tinh sao")
    assert "có bản mới" not in room.text
    assert (await myself(room)).consent == "2026-11"


async def test_agreeing_to_the_new_text_keeps_the_unit(room: Room, monkeypatch: pytest.MonkeyPatch) -> None:
    await joins(await founded(room))
    monkeypatch.setattr(consent, "current", lambda: "2027-01")
    monkeypatch.setattr(consent, "text", lambda version, language: consent.Text(version, "T", "S", "F"))
    await room.says("tang ca chu nhat tinh sao")
    await room.taps("Đồng ý")
    assert (await myself(room)).consent == "2027-01"
    assert await unit_name(room) == MAY


async def test_who_blocks_us_unknown_stays_unknown(room: Room) -> None:
    await room.does(Kind.BLOCKED)
    assert await room.contact() is None
    await room.says("xin chào")
    await room.does(Kind.BLOCKED)
    met = await room.contact()
    assert met is not None and not met.reachable
