"""The officers' conversations, on both databases where rows matter."""

from collections.abc import AsyncIterator
from datetime import date
from pathlib import Path

import pytest
import sqlalchemy as sa

from nhipcau.channels.message import Kind
from nhipcau.handlers.officer_absence import _day
from nhipcau.handlers.talk import NotAnswered
from nhipcau.knowledge import desk, revisions
from nhipcau.knowledge.answer import Knowledge
from nhipcau.knowledge.revisions import Made, entry_revision
from nhipcau.store import outbox
from nhipcau.store.store import Store
from nhipcau.store.writer import Change
from nhipcau.union import audit_trail, contacts, invitations
from nhipcau.union.contacts import Belonging
from nhipcau.union.invitations import Acceptance, Decision, Invite, Opening
from nhipcau.union.members import member
from nhipcau.union.officers import absence, invitation, role_grant
from nhipcau.union.permissions import Role
from nhipcau.union.units import by_code
from tests.handlers.room import Room, open_room
from tests.union.forest import plant


@pytest.fixture
async def hoa(tmp_path: Path, knowledge: Knowledge) -> AsyncIterator[Room]:
    async with open_room(f"sqlite:///{tmp_path / 'room.db'}", knowledge) as room:
        yield await appointed(room, Role.ADMINISTRATOR, "DL-KCN")


async def appointed(room: Room, role: Role, code: str, *, planted: bool = False, name: str = "Lê Thị Hoa") -> Room:
    """The room's person as an officer, the way it really happens."""
    writer = room.store.writer
    if not planted:
        await writer.transaction(plant)
    await room.says("/help")

    def appoint(conn: sa.Connection) -> None:
        unit = by_code(conn, code)
        assert unit is not None
        (number,) = invitations.invite(conn, [Invite(f"token{room.chat}{role}", name, role, unit.id, None)])
        invitations.bind(conn, [Opening(number, room.key, None)])
        invitations.accept(conn, [Acceptance(number, room.key, name)])
        invitations.confirm(conn, [Decision(number, None)])

    await writer.transaction(appoint)
    return room


async def actions(room: Room) -> list[str]:
    async with room.store.read() as conn:
        return [line.action for line in await conn.run_sync(audit_trail.show)]


async def token(room: Room, name: str = "anh Bình") -> str:
    """An invitation by chat, with its link's parameter."""
    for label in ("Mời cán bộ", "soạn bản tin", "các Khu công nghiệp"):
        if label == "Mời cán bộ":
            await room.says("/officer")
        await room.taps(label)
    await room.says(name)
    await room.taps("Đồng ý")
    return room.replies[0].text.rpartition("/start ")[2]


async def test_an_officers_page(hoa: Room) -> None:
    await hoa.says("/canbo")
    assert "- Công đoàn các Khu công nghiệp: quản trị" in hoa.text
    assert "Không có việc nào đang chờ" in hoa.text
    assert hoa.labels == ["Mời cán bộ", "Cho thôi vai trò", "Tôi vắng mặt"]


@pytest.mark.parametrize("word", ["officer", "officer-invite", "officer-remove", "officer-away"])
async def test_for_anybody_else_it_is_no_command(room: Room, word: str) -> None:
    unknown = (await room.says("/khongco")).text
    assert (await room.says(f"/{word}")).text == unknown
    await room.taps_payload(word)
    assert "không còn dùng được" in room.text
    assert await room.running() is None


async def test_for_anybody_else_canbo_is_a_word_of_a_question(room: Room) -> None:
    await room.says("/canbo")
    as_command = room.text
    await room.says("canbo")
    assert room.text == as_command


@pytest.mark.parametrize("payload", ["of-see:4", "of-yes:4", "of-no:4", "of-back", "of-see", "of-yes:zz"])
async def test_officers_buttons_do_nothing_for_others(room: Room, payload: str) -> None:
    await room.taps_payload(payload)
    assert "không còn dùng được" in room.text


async def test_in_a_group_nobody_is_an_officer(hoa: Room) -> None:
    await hoa.does(Kind.TEXT, text="/officer", group=True)
    assert "Anh/chị là cán bộ" not in hoa.text


async def test_a_link_opened_in_a_group_binds_nobody(hoa: Room) -> None:
    parameter = await token(hoa)
    await hoa.does(Kind.START, payload=parameter, group=True)
    assert "không còn hiệu lực" in hoa.text
    (row,) = await hoa.rows(invitation)
    assert row.opener is None


async def test_the_invitation_stands_in_a_message_of_its_own(hoa: Room) -> None:
    await token(hoa)
    assert len(hoa.replies) == 2
    assert hoa.replies[0].buttons == () and "cho riêng anh Bình" in hoa.replies[1].text


async def test_who_invites_cannot_open_it(hoa: Room) -> None:
    await hoa.does(Kind.START, payload=await token(hoa))
    assert "Không ai tự giao vai trò" in hoa.text


async def test_units_above_and_beside_are_not_found(hoa: Room) -> None:
    await hoa.says("/officer")
    for label in ("Mời cán bộ", "soạn bản tin", "cấp dưới"):
        await hoa.taps(label)
    await hoa.says("Giáo dục")
    assert "Không tìm thấy" in hoa.text and hoa.labels[0] == "Tìm lại"
    await hoa.taps("Tìm lại")
    await hoa.says("DL")
    assert "Không tìm thấy" in hoa.text
    await hoa.taps("Tìm lại")
    await hoa.says("cao su")
    assert "(DL-CAO-SU)" in hoa.labels[0]


async def test_without_yes_nobody_is_invited(hoa: Room) -> None:
    await hoa.says("/officer")
    for label in ("Mời cán bộ", "soạn bản tin", "các Khu công nghiệp"):
        await hoa.taps(label)
    await hoa.says("x")
    assert "từ 2 đến 80" in hoa.text
    await hoa.says("anh Bình")
    await hoa.taps("Không")
    assert await hoa.rows(invitation) == []


async def test_accepted_refused_and_told_on_both_databases(store: Store, knowledge: Knowledge) -> None:
    hoa = await appointed(Room(store, knowledge), Role.ADMINISTRATOR, "DL-KCN")
    binh = Room(store, knowledge, chat="8")
    await binh.does(Kind.TEXT, text=f"/start {await token(hoa)}")
    assert "soạn bản tin, Công đoàn các Khu công nghiệp" in binh.text
    await binh.taps("Đồng ý")
    await binh.says("Y Bình")
    letters = [row for row in await hoa.rows(outbox.outbox) if row.chat == hoa.chat]
    assert "Y Bình" in letters[-1].body.decode()
    await hoa.says("/officer")
    await hoa.taps("Xem: Y Bình")
    await hoa.taps("Không đúng người")
    assert "Đã từ chối" in hoa.text
    assert [len(await hoa.rows(table)) for table in (invitation, role_grant, member)] == [0, 1, 1]
    assert (await actions(hoa))[-4:] == ["officer.accept", "invitation.read", "invitation.read", "officer.refuse"]


async def test_a_removed_inviter_confirms_nothing(hoa: Room, knowledge: Knowledge) -> None:
    binh = Room(hoa.store, knowledge, chat="8")
    await binh.does(Kind.START, payload=await token(hoa))
    await binh.taps("Đồng ý")
    await binh.says("Y Bình")
    await hoa.says("/officer")
    await hoa.taps("Xem: Y Bình")
    confirm = hoa.payload("Đúng người")
    await hoa.store.transact(lambda conn: conn.execute(sa.text("UPDATE role_grant SET revoked_at = 1")))
    await hoa.taps_payload(confirm)
    assert "không còn dùng được" in hoa.text
    assert len(await hoa.rows(role_grant)) == 1


async def test_declining_keeps_nothing(hoa: Room, knowledge: Knowledge) -> None:
    binh = Room(hoa.store, knowledge, chat="8")
    parameter = await token(hoa)
    await binh.does(Kind.START, payload=parameter)
    await binh.taps("Không")
    assert "Không có thông tin nào" in binh.text
    assert await hoa.rows(invitation) == []
    await binh.does(Kind.START, payload=parameter)
    assert "không còn hiệu lực" in binh.text


# ---- absence


async def test_away_with_a_deputy_and_back(store: Store, knowledge: Knowledge) -> None:
    hoa = await appointed(Room(store, knowledge), Role.ADMINISTRATOR, "DL-KCN")
    lan = await appointed(Room(store, knowledge, chat="8"), Role.AUTHOR, "DL-KCN", planted=True, name="Lan")
    hoa.today = lan.today = date.today()  # noqa: DTZ011
    await hoa.says("/officer")
    await hoa.taps("Tôi vắng mặt")
    await hoa.taps("Ngày khác")
    await hoa.says("mai")
    assert "trong vòng một năm tới" in hoa.text
    await hoa.says(f"{hoa.today.day}/{hoa.today.month}")
    await hoa.taps("Lan: soạn bản tin")
    assert "Đã ghi" in hoa.text
    await lan.says("/officer")
    assert "quản trị (làm thay đến hết ngày" in lan.text
    assert "Mời cán bộ" in lan.labels
    await hoa.taps("Trang cán bộ")
    assert "đang vắng đến hết ngày" in hoa.text
    await hoa.taps("Tôi vắng mặt")
    await hoa.taps("Tôi đã trở lại")
    await lan.says("/officer")
    assert "quản trị" not in lan.text
    assert (await actions(hoa))[-3:] == ["officer.read", "officer.absent", "officer.back"]


async def test_away_without_a_deputy(hoa: Room) -> None:
    await hoa.says("/officer")
    await hoa.taps("Tôi vắng mặt")
    await hoa.taps_payload(hoa.payloads[2])
    await hoa.taps("Không ai")
    (row,) = await hoa.rows(absence)
    assert row.deputy_id is None


DAYS = [("30/11", date(2026, 11, 30)), (" 1-1 ", date(2027, 1, 1)), ("22.11.2026", date(2026, 11, 22))]


@pytest.mark.parametrize(("text", "day"), DAYS)
def test_a_day_as_people_write_it(text: str, day: date) -> None:
    assert _day(text, date(2026, 11, 22)) == day


@pytest.mark.parametrize("text", ["", "mai", "31/2", "0/0", "30/11/2025", "1/1/2029", "99/99", "29/2", "30"])
def test_what_is_no_day_to_come(text: str) -> None:
    with pytest.raises(NotAnswered):
        _day(text, date(2026, 11, 22))


# ---- removal


async def test_taking_a_role_away(hoa: Room, knowledge: Knowledge) -> None:
    lan = await appointed(Room(hoa.store, knowledge, chat="8"), Role.AUTHOR, "DL-KCN", planted=True, name="Lan")
    await hoa.says("/officer")
    for label in ("Cho thôi vai trò", "các Khu công nghiệp", "Lan: soạn bản tin", "Đồng ý"):
        await hoa.taps(label)
    assert "hết hiệu lực ngay" in hoa.text
    await lan.says("/officer")
    assert "Anh/chị là cán bộ" not in lan.text
    assert (await actions(hoa))[-2:] == ["officer.read", "officer.remove"]


async def test_not_sure_changes_nothing(hoa: Room) -> None:
    await hoa.says("/officer")
    for label in ("Cho thôi vai trò", "các Khu công nghiệp", "Lê Thị Hoa", "Không"):
        await hoa.taps(label)
    assert "Không có gì thay đổi" in hoa.text
    assert (await hoa.rows(role_grant))[0].revoked_at is None


async def test_a_unit_without_officers(hoa: Room) -> None:
    await hoa.says("/officer")
    for label in ("Cho thôi vai trò", "cấp dưới"):
        await hoa.taps(label)
    await hoa.says("DL-MAY")
    await hoa.taps("DL-MAY")
    assert "chưa có cán bộ nào" in hoa.text


# ---- curators


async def test_a_curator_sees_gaps_and_drafts(store: Store, knowledge: Knowledge) -> None:
    room = await appointed(Room(store, knowledge), Role.CURATOR, "DL")
    asked = desk.Asked(1, room.today, "web", "vi", "nhà trẻ ở đâu", "unknown", None, 0.1)
    await store.writer.commit(
        Change(desk.log, asked),
        Change(desk.log, asked._replace(id=2, outcome="answer")),
        Change(desk.log, asked._replace(id=3, asked_on=date(2026, 1, 1))),
        Change(desk.wish, desk.Wish(3, "web", "web", "5")),
    )
    what = {"entry": "x", "topic": "wages"}
    for _ in range(2):
        await store.writer.transaction(
            lambda conn: revisions.add(conn, entry_revision, Made("Lan", "luật mới"), **what)
        )
    await store.writer.transaction(lambda conn: revisions.mark_reviewed(conn, entry_revision, 1, "Hoa"))
    await room.says("/officer")
    for line in ("chờ rà soát: 1", "chờ công bố: 1", "đang chờ trả lời: 1", "chưa có câu trả lời tốt: 1"):
        assert line in room.text
    assert room.labels == ["Tôi vắng mặt"]


async def test_a_curator_below_the_top_proposes_only(hoa: Room) -> None:
    await appointed(hoa, Role.CURATOR, "DL-KCN", planted=True)
    made = Made("Lan", "luật mới")
    what = {"entry": "x", "topic": "wages"}
    await hoa.store.writer.transaction(lambda conn: revisions.add(conn, entry_revision, made, **what))
    await hoa.says("/officer")
    assert "rà soát" not in hoa.text


async def test_a_second_channel_is_the_same_officer(hoa: Room, knowledge: Knowledge) -> None:
    other = Room(hoa.store, knowledge, chat="9")
    await other.says("/help")
    (row,) = await hoa.rows(member)
    await hoa.store.writer.commit(Change(contacts.belong, Belonging(other.key, row.id)))
    await other.says("/officer")
    assert "quản trị" in other.text
