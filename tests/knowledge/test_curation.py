"""Officers change entries and figures: drafted, reviewed by another person, published, withdrawn."""

import asyncio
from collections.abc import Callable
from datetime import date
from decimal import Decimal
from typing import Any, TypeVar

import msgspec
import pytest
import sqlalchemy as sa

from nhipcau.knowledge import curation, revisions
from nhipcau.knowledge.answer import Knowledge
from nhipcau.knowledge.curation import CurationError, Faulty, NewValue
from nhipcau.knowledge.effective import Effective, Seed, conflicts, effective
from nhipcau.knowledge.entries import Entry, write_entry
from nhipcau.knowledge.impact import calculators, due_list, impact, mentions
from nhipcau.knowledge.revisions import Made, entry_revision
from nhipcau.store.store import Store, open_store
from tests.conftest import KEYRING
from tests.knowledge.samples import DOCUMENTS, FIGURES, TODAY, entry

T = TypeVar("T")

LAN, BINH = "Lan", "Bình"
MADE = Made(LAN, "luật mới")
SUNDAY, NIGHT = entry(), entry("night", short="Được trả {wage.month} một tháng.")
SEED = Seed({"sunday": SUNDAY, "night": NIGHT}, FIGURES, DOCUMENTS)
NEW_WAGE = NewValue("wage.month", date(2027, 1, 1), Decimal(4300000), "2/2025/NĐ", "3", None, "V2")


class Desk:
    """A curator at the database; `seed` is what the release ships."""

    def __init__(self, store: Store, seed: Seed = SEED) -> None:
        self.store, self.seed = store, seed

    async def does(self, job: Callable[[sa.Connection], T]) -> T:
        done: T = await self.store.writer.transaction(job)
        return done

    async def edits(self, text: Entry, by: str = LAN) -> str:
        draft = await self.does(lambda conn: curation.edit(conn, self.seed, text, Made(by, "luật mới"), TODAY))
        return str(draft.revision)

    async def brings(self, *texts: Entry) -> list[str]:
        kept = await self.does(lambda conn: curation.bring(conn, self.seed, texts, MADE, TODAY))
        return [one.entry for one in kept]

    async def figures(self, new: NewValue = NEW_WAGE) -> str:
        return f"F{await self.does(lambda conn: curation.change_figure(conn, self.seed, new, MADE))}"

    async def reviews(self, number: str, by: str = BINH) -> str:
        await self.does(lambda conn: curation.review(conn, number, by))
        return number

    async def publishes(self, number: str) -> None:
        await self.does(lambda conn: curation.publish(conn, self.seed, number, LAN, TODAY))

    async def serves(self, text: Entry) -> None:
        await self.publishes(await self.reviews(await self.edits(text)))

    async def withdraws(self, what: str) -> None:
        await self.does(lambda conn: curation.withdraw(conn, self.seed, what, MADE))

    async def history(self, name: str) -> list[revisions.EntryRevision]:
        return await self.does(lambda conn: revisions.history(conn, name))

    async def now(self) -> Effective:
        return effective(self.seed, await self.does(revisions.served))

    async def conflicts(self) -> list[str]:
        return [one.entry for one in conflicts(self.seed, await self.does(revisions.served))]

    async def newest(self) -> int:
        async with self.store.read() as conn:
            return await conn.run_sync(revisions.newest)


@pytest.fixture
def desk(store: Store) -> Desk:
    return Desk(store)


def worded(text: str, name: str = "sunday", **more: Any) -> Entry:
    return msgspec.structs.replace(SEED.entries.get(name) or entry(name), short=text, **more)


# ---- draft, review, publish


async def test_a_change_is_served_once_another_person_reviewed_it(desk: Desk) -> None:
    number = await desk.edits(worded("Được trả {rate.sunday}, luôn luôn."))
    assert (await desk.now()).entries["sunday"] == SUNDAY
    await desk.reviews(number)
    assert (await desk.now()).entries["sunday"] == SUNDAY
    before = await desk.newest()
    await desk.publishes(number)
    assert (await desk.now()).entries["sunday"].short == "Được trả {rate.sunday}, luôn luôn."
    assert await desk.newest() > before


async def test_the_history_tells_who_when_why_before_and_after(desk: Desk) -> None:
    text = worded("Được trả {rate.sunday}, luôn luôn.")
    await desk.serves(text)
    (one,) = await desk.history("sunday")
    assert (one.life.made_by, one.life.why, one.life.reviewed_by, one.life.ended_by) == (LAN, "luật mới", BINH, LAN)
    assert (one.before, one.after, one.life.state) == (write_entry(SUNDAY), write_entry(text), "published")
    assert one.life.ended_at is not None and one.life.made_at <= one.life.ended_at


@pytest.mark.parametrize("by", ["Lan", " lan ", "LAN"])
async def test_nobody_reviews_a_change_of_their_own(desk: Desk, by: str) -> None:
    number = await desk.edits(worded("Khác {rate.sunday}."))
    with pytest.raises(CurationError, match="another person"):
        await desk.reviews(number, by)


async def test_a_draft_is_not_published_without_a_review_nor_twice(desk: Desk) -> None:
    number = await desk.edits(worded("Khác {rate.sunday}."))
    with pytest.raises(CurationError, match="first be reviewed"):
        await desk.publishes(number)
    await desk.publishes(await desk.reviews(number))
    for again in (desk.publishes(number), desk.reviews(number), desk.withdraws(number)):
        with pytest.raises(CurationError, match="published"):
            await again


async def test_a_faulty_draft_is_refused_with_its_findings(desk: Desk) -> None:
    with pytest.raises(Faulty) as fault:
        await desk.edits(worded("Nghỉ 12 ngày.", related=("nowhere",), questions=(*SUNDAY.questions, "x", "X?")))
    assert {one.rule for one in fault.value.findings} == {"bare-number", "broken-related", "duplicate-phrasing"}
    assert await desk.history("sunday") == []


TAKEN = {"questions": (*SUNDAY.questions[1:], NIGHT.questions[0])}


@pytest.mark.parametrize(
    ("rule", "text"),
    [
        ("duplicate-phrasing", worded("Khác.", **TAKEN)),
        ("not-nfc", worded("Kha\u0301c.")),
        ("file-name", worded("Khác.", topic="../overtime")),
        ("file-name", entry("Sunday_Work")),
    ],
)
async def test_a_draft_is_linted_against_the_rest(desk: Desk, rule: str, text: Entry) -> None:
    with pytest.raises(Faulty, match=rule):
        await desk.edits(text)


async def test_a_text_that_changes_nothing_is_refused(desk: Desk) -> None:
    with pytest.raises(CurationError, match="already"):
        await desk.edits(SUNDAY)


@pytest.mark.parametrize(("by", "why", "said"), [(" ", "x", "whom"), ("Lan", "\n", "why")])
async def test_a_change_is_signed_and_has_a_reason(desk: Desk, by: str, why: str, said: str) -> None:
    with pytest.raises(CurationError, match=said):
        await desk.does(lambda conn: curation.edit(conn, SEED, worded("Khác."), Made(by, why), TODAY))


@pytest.mark.parametrize("number", ["99", "F99", "12x", "", "-1", "9" * 16])
async def test_there_is_no_such_revision(desk: Desk, number: str) -> None:
    with pytest.raises(CurationError, match="there is no revision"):
        await desk.reviews(number)


async def test_who_publishes_later_does_not_overwrite_what_came_between(desk: Desk) -> None:
    first, second = await desk.edits(worded("Một.")), await desk.edits(worded("Hai."), by="Cường")
    await desk.publishes(await desk.reviews(first))
    await desk.reviews(second)
    with pytest.raises(CurationError, match="changed since"):
        await desk.publishes(second)
    assert (await desk.now()).entries["sunday"].short == "Một."


async def test_a_new_entry_is_served_beside_the_shipped_ones(desk: Desk) -> None:
    await desk.serves(entry("rest"))
    assert list((await desk.now()).entries) == ["sunday", "night", "rest"]


async def test_new_entries_may_name_each_other(desk: Desk) -> None:
    one, other = entry("rest", related=("lunch",)), entry("lunch", related=("rest",))
    assert await desk.brings(one, SUNDAY, other) == ["rest", "lunch"]
    for number in ("1", "2"):
        await desk.publishes(await desk.reviews(number))
    assert {"rest", "lunch"} <= set((await desk.now()).entries)


async def test_of_many_drafts_none_is_kept_when_one_is_faulty(desk: Desk) -> None:
    with pytest.raises(Faulty):
        await desk.brings(worded("Khác."), entry("rest", citations=()))
    assert await desk.does(revisions.drafts) == []


async def test_two_who_publish_at_the_same_moment_are_both_served(database_url: str, desk: Desk) -> None:
    numbers = [await desk.reviews(await desk.edits(entry(name))) for name in ("rest", "lunch", "tea", "nap")]
    async with open_store(database_url, KEYRING) as other:
        both = (desk, Desk(other))
        await asyncio.gather(*(both[n % 2].publishes(number) for n, number in enumerate(numbers)))
    assert {"rest", "lunch", "tea", "nap"} <= set((await desk.now()).entries)
    assert await desk.newest() == len(numbers)


# ---- withdrawn


async def test_what_is_withdrawn_is_not_served_and_may_come_back(desk: Desk) -> None:
    mended = await desk.reviews(await desk.edits(worded("Đã sửa.")))
    await desk.withdraws("sunday")
    assert list((await desk.now()).entries) == ["night"]
    with pytest.raises(CurationError, match="readers meet no entry"):
        await desk.withdraws("sunday")
    await desk.publishes(mended)
    assert (await desk.now()).entries["sunday"].short == "Đã sửa."
    assert [one.life.state for one in await desk.history("sunday")] == ["published", "withdrawn"]


async def test_a_draft_turned_down_is_never_served(desk: Desk) -> None:
    number = await desk.edits(worded("Khác."))
    await desk.withdraws(number)
    with pytest.raises(CurationError, match="withdrawn already"):
        await desk.reviews(number)
    (one,) = await desk.history("sunday")
    assert (one.life.state, one.life.ended_why, await desk.newest()) == ("withdrawn", "luật mới", 0)


# ---- a new release


async def test_a_release_that_changes_an_edited_entry_is_a_conflict_and_the_edit_is_served(desk: Desk) -> None:
    await desk.serves(worded("Của cán bộ."))
    await desk.serves(worded("Của cán bộ.", "night"))
    await desk.serves(entry("rest"))
    assert await desk.conflicts() == []
    desk.seed = Seed(SEED.entries | {"sunday": worded("Của bản mới.")}, FIGURES, DOCUMENTS)
    assert await desk.conflicts() == ["sunday"]
    assert (await desk.now()).entries["sunday"].short == "Của cán bộ."
    await desk.serves(worded("Của cán bộ."))  # the same text again: somebody compared the two
    assert await desk.conflicts() == []


async def test_a_revision_this_release_cannot_read_is_not_served(desk: Desk) -> None:
    await desk.serves(worded("Của cán bộ."))
    await desk.does(lambda conn: conn.execute(sa.update(entry_revision).values(after="+++ broken")))
    now = await desk.now()
    assert (list(now.entries), now.unreadable) == (["night"], ("sunday",))


# ---- figures


async def test_a_figures_new_value_is_served_from_its_day_on(desk: Desk) -> None:
    number = await desk.figures()
    assert (await desk.now()).figures.value("wage.month", date(2027, 1, 1)) == 4140000
    await desk.publishes(await desk.reviews(number))
    figures = (await desk.now()).figures
    assert figures.value("wage.month", date(2026, 12, 31)) == 4140000
    assert figures.value("wage.month", date(2027, 1, 1)) == 4300000
    assert figures.at("wage.month", date(2027, 1, 1)).document == "2/2025/NĐ"


async def test_a_value_of_the_same_day_is_replaced_and_may_be_taken_back(desk: Desk) -> None:
    wrong = NEW_WAGE._replace(since=date(2026, 1, 1), value=Decimal(4200000))
    number = await desk.reviews(await desk.figures(wrong))
    await desk.publishes(number)
    assert [one.value for one in (await desk.now()).figures["wage.month"].series] == [3860000, 4200000]
    await desk.withdraws(number)
    assert (await desk.now()).figures["wage.month"] == FIGURES["wage.month"]
    with pytest.raises(CurationError, match="not what readers meet"):
        await desk.withdraws(number)


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"figure": "wage.mont"}, "did you mean wage.month"),
        ({"value": Decimal("NaN")}, "is no value"),
        ({"value": Decimal(-1)}, "is no value"),
        ({"since": date(2026, 1, 1), "value": Decimal(4140000)}, "is 4140000 from 2026-01-01 already"),
        ({"document": "9/2027/NĐ"}, "figure-document"),
        ({"document": ""}, "figure-citation"),
    ],
)
async def test_a_faulty_value_is_refused(desk: Desk, changes: dict[str, Any], said: str) -> None:
    with pytest.raises(CurationError, match=said):
        await desk.figures(NEW_WAGE._replace(**changes))
    assert await desk.does(revisions.drafts) == []


async def test_a_value_may_bring_its_document(desk: Desk) -> None:
    number = await desk.figures(NEW_WAGE._replace(document="9/2026/NĐ", title="Nghị định 9/2026"))
    await desk.publishes(await desk.reviews(number))
    now = await desk.now()
    assert now.documents.short("9/2026/NĐ") == "Nghị định 9/2026"
    assert [now.documents.in_force("9/2026/NĐ", day) for day in (TODAY, date(2027, 1, 1))] == [False, True]


async def test_of_two_values_of_one_day_the_later_knows_of_the_earlier(desk: Desk) -> None:
    first, second = await desk.figures(), await desk.figures(NEW_WAGE._replace(value=Decimal(4400000)))
    await desk.publishes(await desk.reviews(first))
    await desk.reviews(second)
    with pytest.raises(CurationError, match="draft it again"):
        await desk.publishes(second)


# ---- due for review


async def changed_wage(desk: Desk) -> Knowledge:
    """What readers meet after the wage changed."""
    await desk.publishes(await desk.reviews(await desk.figures()))
    return (await desk.now()).knowledge(Knowledge.of(SEED.entries.values(), FIGURES, DOCUMENTS))


async def test_a_changed_figure_makes_what_rests_on_it_due_from_that_day(desk: Desk) -> None:
    knowledge = await changed_wage(desk)
    night = knowledge.entries["night"]
    assert [night.overdue(day) for day in (date(2026, 12, 31), date(2027, 1, 1))] == [False, True]
    assert not knowledge.entries["sunday"].overdue(date(2027, 1, 1))
    assert "4.300.000" in knowledge.rendered("night", date(2027, 1, 1)).short
    (one,) = due_list(await desk.now(), TODAY)
    assert (one.kind, one.name, one.since, one.why) == ("entry", "night", date(2027, 1, 1), "wage.month")


async def test_publishing_the_entry_again_ends_it(desk: Desk) -> None:
    older = await desk.reviews(await desk.edits(worded("Cũ: {wage.month}.", "night")))
    await changed_wage(desk)
    await desk.publishes(older)
    assert list((await desk.now()).due) == ["night"], "it was written before the figure changed"
    assert await desk.brings(worded("Cũ: {wage.month}.", "night")) == [], (
        "a folder that was not looked at settles nothing"
    )
    await desk.serves(worded("Cũ: {wage.month}.", "night"))
    assert (await desk.now()).due == {}


async def test_a_release_that_ships_the_value_ends_it_too(desk: Desk) -> None:
    await changed_wage(desk)
    desk.seed = Seed(SEED.entries, (await desk.now()).figures, DOCUMENTS)
    assert ((await desk.now()).due, (await desk.now()).changes) == ({}, ())


async def test_an_entry_past_its_review_is_due(desk: Desk) -> None:
    found = due_list(await desk.now(), date(2027, 7, 1))
    assert {(one.name, one.since, one.why) for one in found} == {
        (name, date(2027, 6, 30), "review") for name in ("sunday", "night")
    }


# ---- the radar


@pytest.fixture(scope="module")
def shipped() -> Effective:
    return effective(Seed.load(), revisions.Served({}, {}))


def test_a_figure_shows_entries_and_calculators(shipped: Effective) -> None:
    found = impact("minimum_wage.monthly.III", shipped)
    assert found is not None
    assert "minimum-wage-region-3" in found.entries
    assert {"minimum_wage", "job_transfer", "unemployment", "gross_net"} <= set(found.calculators)
    assert not {"maternity", "overtime_day", "bhyt_copay"} & set(found.calculators)


def test_a_document_shows_who_cites_it_and_who_rests_on_its_figures(shipped: Effective) -> None:
    found = impact("45/2019/QH14", shipped)
    assert found is not None
    assert "overtime.rate.weekday" in found.figures
    assert found.entries["overtime-rate-weekly-rest"][:2] == ("cites it", "overtime.rate.weekly_rest")
    assert "overtime.rate.weekday" in found.calculators["overtime_day"]
    assert impact("no/such", shipped) is None


READ = [
    ("overtime_day", "overtime.rate.weekday"),
    ("voluntary_si", "voluntary_si.support.poor.rate"),
    ("convalescence", "maternity.recovery.days_twins"),
    ("convalescence", "accident.fund.recovery_high"),
    ("contribution", "si.rate.employer.sick_maternity"),
    ("notice_period", "resign.notice.indefinite"),
    ("retirement_date", "retirement.men.step_months"),
    ("pit", "tax.bracket_1.rate"),
    ("one_off", "si.price_index.y2020"),
]


@pytest.mark.parametrize(("calculator", "figure"), READ)
def test_names_made_from_parts_and_read_by_helpers_are_found(shipped: Effective, calculator: str, figure: str) -> None:
    assert figure in shipped.figures
    assert mentions(calculator).names(figure)


def test_every_figure_made_for_calculators_is_read_by_one(shipped: Effective) -> None:
    made = [name for name, one in shipped.figures.items() if one.file.startswith("calc_")]
    assert [name for name in made if not any(mentions(one).names(name) for one in calculators())] == []
