"""Officers: invited, confirmed, standing in for each other, and removed at once everywhere."""

import asyncio
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import sqlalchemy as sa

from nhipcau.store.ids import ids
from nhipcau.store.store import open_store
from nhipcau.store.writer import Change
from nhipcau.union import absences, audit_trail, contacts, invitations, officers, unit_tree
from nhipcau.union.absences import Absence
from nhipcau.union.contacts import Contact
from nhipcau.union.invitations import Acceptance, Decision, Invite, Opening
from nhipcau.union.members import member
from nhipcau.union.officers import NotAllowed, Officer, OfficerError, Removal, absence, invitation, role_grant
from nhipcau.union.permissions import Action, Role
from nhipcau.union.units import by_code
from tests.conftest import KEYRING
from tests.union.forest import Forest, decided

HOA, LAN, Y_BINH = "telegram:1:7", "web:web:8", "zalo_oa:9:9"
BACK = timedelta(days=3)


def soon() -> datetime:
    return datetime.now(UTC)


class Town:
    """People of the small union, each with a chat."""

    def __init__(self, forest: Forest) -> None:
        self.forest = forest
        self.does, self.sees = forest.does, forest.sees

    async def unit(self, code: str) -> Any:
        return await self.sees(by_code, code)

    async def invites(self, role: Role, code: str, by: int | None = None, token: str = "t") -> int:
        invite = Invite(token, "chị Hoa", role, (await self.unit(code)).id, by)
        return int((await self.does(invitations.invite, [invite]))[0])

    async def joins(self, number: int, chat: str, called: str = "Lê Thị Hoa") -> None:
        await self.forest.store.writer.commit(Change(contacts.save, Contact(chat, "vi", heard_at=soon())))
        await self.does(invitations.bind, [Opening(number, chat, await self.who(chat))])
        await self.does(invitations.accept, [Acceptance(number, chat, called)])

    async def appoints(self, role: Role, code: str, chat: str, by: int | None = None, called: str = "Lan") -> int:
        number = await self.invites(role, code, by, token=f"{role}{code}{chat}")
        await self.joins(number, chat, called)
        await self.does(invitations.confirm, [Decision(number, by)])
        return await self.who(chat) or 0

    async def who(self, chat: str) -> int | None:
        async with self.forest.store.read() as conn:
            found = (await contacts.fetch(conn, [chat])).get(chat)
        return found.member if found else None

    async def officer(self, who: int, after: timedelta = timedelta(0)) -> Officer:
        found: Officer = await self.sees(officers.officer, who, soon() + after)
        return found

    async def may(self, who: int, action: Action, code: str) -> bool:
        return (await self.officer(who)).may(action, (await self.unit(code)).path, soon())

    async def rows(self, table: sa.Table) -> list[Any]:
        return list(await self.sees(lambda conn: conn.execute(sa.select(table)).all()))

    async def audited(self) -> list[str]:
        found = await self.sees(audit_trail.show)
        return [line.action for line in found if not line.action.startswith("unit.")]


@pytest.fixture
def town(forest: Forest) -> Town:
    return Town(forest)


async def test_an_invitation_accepted_and_confirmed_makes_an_officer(town: Town) -> None:
    hoa = await town.appoints(Role.ADMINISTRATOR, "DL-KCN", HOA, called="Lê  Thị Hoa ")
    (held,) = (await town.officer(hoa)).held
    assert (held.role, held.code, held.until) == (Role.ADMINISTRATOR, "DL-KCN", None)
    assert [(row.id, row.name, row.unit_id) for row in await town.rows(member)] == [(hoa, "Lê Thị Hoa", None)]
    assert await town.rows(invitation) == []
    assert await town.audited() == ["officer.invite", "officer.open", "officer.accept", "officer.confirm"]
    assert (await town.sees(audit_trail.verify)).broken is None


async def test_before_the_confirmation_nobody_is_an_officer(town: Town) -> None:
    number = await town.invites(Role.ADMINISTRATOR, "DL")
    await town.joins(number, HOA)
    assert await town.who(HOA) is None and await town.rows(role_grant) == []
    assert [one.called for one in await town.sees(invitations.waiting, None, soon())] == ["Lê Thị Hoa"]


async def test_a_known_member_keeps_their_row(town: Town) -> None:
    hoa = await town.appoints(Role.AUTHOR, "DL", HOA)
    assert await town.appoints(Role.SPEAKER, "DL-GD", HOA) == hoa
    assert await town.appoints(Role.SPEAKER, "DL-GD", HOA) == hoa  # twice is once
    assert [one.code for one in (await town.officer(hoa)).held] == ["DL", "DL-GD"]
    assert len(await town.rows(member)) == 1


async def test_the_first_opener_alone_can_accept(town: Town) -> None:
    number = await town.invites(Role.AUTHOR, "DL")
    await town.does(invitations.bind, [Opening(number, HOA, None)])
    await town.does(invitations.bind, [Opening(number, HOA, None)])
    for refused in (
        lambda: town.does(invitations.bind, [Opening(number, LAN, None)]),
        lambda: town.does(invitations.accept, [Acceptance(number, LAN, "Lan")]),
        lambda: town.does(invitations.decline, [Opening(number, LAN, None)]),
    ):
        with pytest.raises(OfficerError, match="somebody else"):
            await refused()


async def test_two_who_open_at_once_are_one_opener(town: Town) -> None:
    number = await town.invites(Role.AUTHOR, "DL")
    opening = [town.does(invitations.bind, [Opening(number, chat, None)]) for chat in (HOA, LAN, Y_BINH)]
    results = await asyncio.gather(*opening, return_exceptions=True)
    assert sum(isinstance(one, OfficerError) for one in results) == 2


async def test_a_link_ends_after_its_hours(town: Town) -> None:
    number = await town.invites(Role.AUTHOR, "DL", token="geheim")
    assert (await town.sees(invitations.by_token, "geheim", soon())).id == number
    late = soon() + invitations.LASTS
    assert await town.sees(invitations.by_token, "geheim", late) is None
    assert await town.does(invitations.forget, late) == 1


async def test_a_link_works_once(town: Town) -> None:
    number = await town.invites(Role.AUTHOR, "DL", token="geheim")
    await town.joins(number, HOA)
    await town.does(invitations.confirm, [Decision(number, None)])
    assert await town.sees(invitations.by_token, "geheim", soon()) is None
    with pytest.raises(OfficerError, match="no longer"):
        await town.does(invitations.confirm, [Decision(number, None)])


async def test_declined_or_refused_nothing_is_kept(town: Town) -> None:
    first, second = await town.invites(Role.AUTHOR, "DL", token="a"), await town.invites(Role.AUTHOR, "DL", token="b")
    await town.does(invitations.bind, [Opening(first, HOA, None)])
    await town.does(invitations.decline, [Opening(first, HOA, None)])
    await town.joins(second, LAN)
    await town.does(invitations.refuse, [Decision(second, None)])
    assert [await town.rows(table) for table in (invitation, member, role_grant)] == [[], [], []]


async def test_only_the_inviter_confirms(town: Town) -> None:
    hoa, lan = [await town.appoints(Role.ADMINISTRATOR, "DL-KCN", chat) for chat in (HOA, LAN)]
    number = await town.invites(Role.AUTHOR, "DL-MAY", hoa)
    await town.joins(number, Y_BINH)
    assert await town.sees(invitations.waiting, lan, soon()) == []
    for decide in (invitations.confirm, invitations.refuse):
        with pytest.raises(NotAllowed):
            await town.does(decide, [Decision(number, lan)])
    await town.does(invitations.confirm, [Decision(number, hoa)])


async def test_nobody_appoints_themselves(town: Town) -> None:
    hoa = await town.appoints(Role.ADMINISTRATOR, "DL", HOA)
    number = await town.invites(Role.CASE_OFFICER, "DL", hoa)
    with pytest.raises(OfficerError, match="Nobody appoints themselves"):
        await town.does(invitations.bind, [Opening(number, HOA, hoa)])
    await town.joins(number, LAN)
    await town.forest.store.writer.commit(Change(contacts.belong, contacts.Belonging(LAN, hoa)))  # a second channel
    with pytest.raises(OfficerError, match="Nobody appoints themselves"):
        await town.does(invitations.confirm, [Decision(number, hoa)])


@pytest.mark.parametrize("code", ["DL", "DL-GD"])
async def test_nobody_invites_above_or_beside(town: Town, code: str) -> None:
    hoa = await town.appoints(Role.ADMINISTRATOR, "DL-KCN", HOA)
    with pytest.raises(NotAllowed):
        await town.invites(Role.AUTHOR, code, hoa)
    assert await town.rows(invitation) == []


async def test_invitations_fall_with_their_inviter(town: Town) -> None:
    hoa = await town.appoints(Role.ADMINISTRATOR, "DL-KCN", HOA)
    number = await town.invites(Role.AUTHOR, "DL-MAY", hoa, token="geheim")
    (held,) = (await town.officer(hoa)).held
    await town.does(officers.remove, [Removal(held.id, None)])
    assert await town.sees(invitations.by_token, "geheim", soon()) is None
    with pytest.raises(OfficerError, match="no longer"):
        await town.joins(number, LAN)


# ---- removal


async def test_who_is_removed_can_do_nothing_from_that_moment_on_in_any_process(database_url: str) -> None:
    async with open_store(database_url, KEYRING) as one, open_store(database_url, KEYRING) as other:
        here, there = Town(Forest(one)), Town(Forest(other))
        await here.does(lambda conn: unit_tree.create_many(conn, PLANTED, decided()))
        hoa = await here.appoints(Role.ADMINISTRATOR, "DL", HOA)
        assert await there.may(hoa, Action.OFFICER_INVITE, "DL")
        (held,) = (await here.officer(hoa)).held
        await here.does(officers.remove, [Removal(held.id, None)])
        assert not await there.may(hoa, Action.OFFICER_INVITE, "DL")
        with pytest.raises(NotAllowed):
            await there.invites(Role.AUTHOR, "DL", hoa)


PLANTED = [unit_tree.Founding("DL", "Liên đoàn Lao động tỉnh Đắk Lắk", "province")]


async def test_an_administrator_removes_below_and_not_above(town: Town) -> None:
    hoa = await town.appoints(Role.ADMINISTRATOR, "DL", HOA)
    lan = await town.appoints(Role.ADMINISTRATOR, "DL-KCN", LAN)
    (upper,), (lower,) = (await town.officer(hoa)).held, (await town.officer(lan)).held
    with pytest.raises(NotAllowed):
        await town.does(officers.remove, [Removal(upper.id, lan)])
    await town.does(officers.remove, [Removal(lower.id, hoa)])
    assert (await town.officer(lan)).held == ()
    with pytest.raises(OfficerError, match="no longer"):
        await town.does(officers.remove, [Removal(lower.id, hoa)])
    assert (await town.audited())[-1] == "officer.remove"


async def test_an_officer_may_resign(town: Town) -> None:
    lan = await town.appoints(Role.AUTHOR, "DL-KCN", LAN)
    (held,) = (await town.officer(lan)).held
    await town.does(officers.remove, [Removal(held.id, lan)])
    assert (await town.officer(lan)).held == ()


async def test_moves_and_closings_count_at_once(town: Town) -> None:
    hoa = await town.appoints(Role.ANALYST, "DL-MAY", HOA)
    assert await town.may(hoa, Action.FIGURES_READ, "DL-MAY-1")
    await town.does(unit_tree.move, "DL-MAY-1", "DL-CAO-SU", decided())
    assert not await town.may(hoa, Action.FIGURES_READ, "DL-MAY-1")
    await town.does(unit_tree.close, "DL-MAY-2", decided())
    await town.does(unit_tree.close, "DL-MAY", decided())
    assert (await town.officer(hoa)).held == ()


# ---- absence


async def pair(town: Town, code: str = "DL-KCN") -> tuple[int, int]:
    hoa = await town.appoints(Role.ADMINISTRATOR, "DL-KCN", HOA)
    return hoa, await town.appoints(Role.AUTHOR, code, LAN, called="Lan")


async def test_a_deputy_has_the_roles_until_the_day_and_no_longer(town: Town) -> None:
    hoa, lan = await pair(town)
    until = soon() + BACK
    await town.does(absences.begin, [Absence(hoa, until, lan)])
    assert await town.may(lan, Action.OFFICER_INVITE, "DL-MAY")
    assert [one.until is None for one in (await town.officer(lan)).held] == [True, False]
    assert len((await town.officer(lan, after=BACK)).held) == 1
    await town.does(absences.end, [hoa])
    assert not await town.may(lan, Action.OFFICER_INVITE, "DL-MAY")
    assert (await town.audited())[-2:] == ["officer.absent", "officer.back"]


async def test_a_deputy_confirms_what_the_absent_began(town: Town) -> None:
    hoa, lan = await pair(town)
    number = await town.invites(Role.AUTHOR, "DL-MAY", hoa)
    await town.joins(number, Y_BINH)
    await town.does(absences.begin, [Absence(hoa, soon() + BACK, lan)])
    assert [one.id for one in await town.sees(invitations.waiting, lan, soon())] == [number]
    await town.does(invitations.confirm, [Decision(number, lan)])


async def test_a_deputys_deputy_gets_nothing_of_the_first(town: Town) -> None:
    hoa, lan = await pair(town)
    binh = await town.appoints(Role.ANALYST, "DL-KCN", Y_BINH)
    await town.does(absences.begin, [Absence(hoa, soon() + BACK, lan), Absence(lan, soon() + BACK, binh)])
    assert [one.role for one in (await town.officer(binh)).held] == [Role.ANALYST, Role.AUTHOR]


@pytest.mark.parametrize("gone", [0, 1])
async def test_removing_either_ends_the_standing_in(town: Town, gone: int) -> None:
    both = await pair(town)
    await town.does(absences.begin, [Absence(both[0], soon() + BACK, both[1])])
    await town.does(officers.remove, [Removal((await town.officer(both[gone])).held[0].id, None)])
    assert not await town.may(both[1], Action.OFFICER_INVITE, "DL-MAY")


async def test_nobody_stands_in_from_another_branch(town: Town) -> None:
    hoa, lan = await pair(town, "DL-GD")
    with pytest.raises(OfficerError, match="same unit"):
        await town.does(absences.begin, [Absence(hoa, soon() + BACK, lan)])
    assert await town.rows(absence) == []
    assert await town.sees(absences.candidates, await town.officer(hoa)) == []


BAD: list[Callable[[int], Absence]] = [
    lambda hoa: Absence(hoa, soon() - BACK, None),
    lambda hoa: Absence(hoa, soon() + BACK, hoa),
    lambda hoa: Absence(hoa, soon() + BACK, 404),
    lambda hoa: Absence(404, soon() + BACK, None),
]


@pytest.mark.parametrize("number", range(len(BAD)))
async def test_what_is_no_absence(town: Town, number: int) -> None:
    hoa, _ = await pair(town)
    with pytest.raises(OfficerError):
        await town.does(absences.begin, [BAD[number](hoa)])


async def test_candidates_are_colleagues_and_those_above(town: Town) -> None:
    hoa, lan = await pair(town, "DL")
    assert [one.held.officer_id for one in await town.sees(absences.candidates, await town.officer(hoa))] == [lan]


# ---- erasure, and two rows of one person


async def test_nothing_is_left_of_a_forgotten_officer(town: Town) -> None:
    hoa, lan = await pair(town)
    await town.invites(Role.AUTHOR, "DL-MAY", hoa)
    number = await town.invites(Role.AUTHOR, "DL-MAY", token="b")
    await town.does(invitations.bind, [Opening(number, HOA, hoa)])
    await town.does(absences.begin, [Absence(lan, soon() + BACK, hoa)])
    await town.does(officers.forget, [hoa])
    await town.does(officers.forget_chats, [HOA])
    left = str([await town.rows(table) for table in (role_grant, absence, invitation)])
    assert str(hoa) not in left and HOA not in left and str(lan) in left


async def test_two_rows_of_one_person_become_one(town: Town) -> None:
    hoa, lan = await pair(town)
    await town.appoints(Role.AUTHOR, "DL-KCN", HOA)
    await town.does(absences.begin, [Absence(lan, soon() + BACK, hoa)])
    await town.does(officers.merge, lan, hoa)
    assert sorted(one.role for one in (await town.officer(hoa)).held) == [Role.ADMINISTRATOR, Role.AUTHOR]
    assert (await town.officer(lan)).held == ()


async def test_a_deputy_without_roles_left_is_no_deputy(town: Town) -> None:
    assert (await town.officer(ids.next())).held == ()
