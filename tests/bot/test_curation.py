"""What officers publish or withdraw reaches a running program within five seconds, on every channel."""

import asyncio
import logging
import time
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

from nhipcau.bot.curation import Curation
from nhipcau.handlers.answer_text import tag
from nhipcau.knowledge import curation, revisions
from nhipcau.knowledge.answer import Knowledge
from nhipcau.knowledge.effective import Seed
from nhipcau.knowledge.entries import Entry
from nhipcau.knowledge.revisions import Made
from nhipcau.knowledge.translations import Translation, fingerprint
from nhipcau.store.store import Store, open_store
from tests.conftest import KEYRING
from tests.handlers.room import Room
from tests.journeys.room import Bridge, open_bridge
from tests.knowledge.samples import DOCUMENTS, FIGURES, TODAY, entry

NIGHTLY = ("ca đêm", "phụ cấp đêm", "làm khuya", "trực đêm", "đêm hôm", "khuya khoắt")
PROMISED = 5.0  # seconds
WITHDRAWN = "đã được gỡ hoặc thay mới"
ASKED = entry().questions[0]
MADE = Made("Lan", "luật mới")


@pytest.fixture(scope="module")
def small() -> Knowledge:
    return Knowledge.of([entry(related=("night",)), entry("night", questions=NIGHTLY)], FIGURES, DOCUMENTS)


def publishing(seed: Knowledge, text: Entry) -> Callable[[sa.Connection], None]:
    """The whole way of a text in one transaction."""

    def job(conn: sa.Connection) -> None:
        draft = curation.edit(conn, Seed.of(seed), text, MADE, TODAY)
        curation.review(conn, str(draft.revision), "Bình")
        curation.publish(conn, Seed.of(seed), str(draft.revision), "Lan", TODAY)

    return job


def withdrawing(seed: Knowledge, name: str) -> Callable[[sa.Connection], None]:
    return lambda conn: curation.withdraw(conn, Seed.of(seed), name, MADE)


# ---- the watcher


async def test_it_learns_what_was_published_and_looks_again_for_nothing(store: Store, small: Knowledge) -> None:
    learnt: list[Knowledge] = []
    watcher = Curation(store, small, learnt.append)
    assert not await watcher.refresh()
    await store.writer.transaction(publishing(small, entry(short="Khác hẳn.", related=("night",))))
    assert await watcher.refresh()
    assert learnt[0].rendered("sunday", TODAY).short == "Khác hẳn."
    assert learnt[0].rendered("night", TODAY) == small.rendered("night", TODAY)
    assert not await watcher.refresh()
    await store.writer.transaction(withdrawing(small, "sunday"))
    assert await watcher.refresh()
    assert list(learnt[1].entries) == ["night"]
    assert list(small.entries) == ["sunday", "night"]


async def test_a_program_that_starts_later_serves_it_from_the_first_turn(store: Store, small: Knowledge) -> None:
    await store.writer.transaction(withdrawing(small, "night"))
    learnt: list[Knowledge] = []
    assert await Curation(store, small, learnt.append).refresh()
    assert list(learnt[0].entries) == ["sunday"]


async def test_a_database_away_for_a_while_stops_nothing(
    store: Store, small: Knowledge, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    troubles: list[Exception] = [sa.exc.OperationalError("SELECT", {}, OSError("away")), ValueError("unforeseen")]
    newest = revisions.newest

    def failing(conn: sa.Connection) -> int:
        if troubles:
            raise troubles.pop(0)
        return newest(conn)

    monkeypatch.setattr("nhipcau.knowledge.revisions.newest", failing)
    monkeypatch.setattr("nhipcau.bot.curation.LOOK_EVERY", 0.01)
    await store.writer.transaction(lambda conn: None)
    learnt = asyncio.Event()
    watching = asyncio.create_task(Curation(store, small, lambda _: learnt.set()).watch())
    with caplog.at_level(logging.WARNING):
        while troubles:
            await asyncio.sleep(0.01)
    await store.writer.transaction(withdrawing(small, "night"))
    await asyncio.wait_for(learnt.wait(), PROMISED)
    watching.cancel()
    assert [record.levelname for record in caplog.records] == ["WARNING", "ERROR"]


# ---- a turn


@pytest.fixture
def room(store: Store, small: Knowledge) -> Room:
    return Room(store, small)


async def test_a_withdrawn_entry_answers_neither_words_nor_buttons(room: Room) -> None:
    assert "200%" in (await room.says(ASKED)).text
    buttons = [room.payload("Xem kỹ hơn"), room.payload("liên quan"), "pick:sunday:0"]
    room.router.learn(without_sunday(room.knowledge))
    for payload in buttons:
        assert WITHDRAWN in (await room.taps_payload(payload)).text
    assert "200%" not in (await room.says(ASKED)).text


async def test_a_reply_in_doubt_is_not_shown_again_once_its_entry_is_withdrawn(room: Room) -> None:
    await room.says(ASKED)
    again, shown = f"again:{tag(room.letters[0].id)}", room.text
    assert (await room.taps_payload(again)).text == shown
    room.router.learn(without_sunday(room.knowledge))
    assert WITHDRAWN in (await room.taps_payload(again)).text


async def test_a_word_in_a_conversation_is_judged_by_what_is_known_now(room: Room) -> None:
    assert room.router.is_question(ASKED)
    room.router.learn(without_sunday(room.knowledge))
    assert not room.router.is_question(ASKED)


async def test_who_reads_an_entry_that_is_due_is_told(room: Room) -> None:
    assert "rà soát" not in (await room.says(ASKED)).text
    late = entry(review_by=date(2026, 11, 1))
    room.router.learn(room.knowledge.revised([late], FIGURES, DOCUMENTS))
    assert "01/11/2026" in (await room.says(ASKED)).text


async def test_a_published_text_is_vietnamese_until_it_is_translated_again(room: Room, small: Knowledge) -> None:
    sunday = small.entries["sunday"]
    english = Translation(title="Work on Sunday", short="You get {rate.sunday}.", of=fingerprint(sunday))
    seed = Knowledge.of(small.entries.values(), FIGURES, DOCUMENTS, {"sunday": english})
    room.router.learn(seed)
    room.language = "en"
    await room.says(ASKED)
    assert "Work on Sunday\n\nYou get 200%." in room.last.text
    watcher = Curation(room.store, seed, room.router.learn)
    for text, shown in [(entry(short="Khác hẳn.", related=("night",)), "Khác hẳn."), (sunday, "You get 200%.")]:
        await room.store.writer.transaction(publishing(seed, text))
        await watcher.refresh()
        await room.says(ASKED)
        assert shown in room.last.text
        assert ("no translation has been checked yet" in room.last.text) == (text != sunday)


def without_sunday(knowledge: Knowledge) -> Knowledge:
    return knowledge.revised([knowledge.entries["night"]], FIGURES, DOCUMENTS)


# ---- the running program


@pytest.mark.parametrize("channel", ["web", "web on postgresql", "telegram polling", "telegram webhook on postgresql"])
async def test_published_and_withdrawn_without_a_restart(channel: str, tmp_path: Path, small: Knowledge) -> None:
    async with open_bridge(channel, tmp_path, small) as bridge:
        person = await bridge.person()
        assert "200% lương giờ." in (await person.asks(ASKED)).text
        await changed(bridge, publishing(small, entry(short="Được trả {rate.sunday}, sửa.", related=("night",))))
        await until(person, lambda said: "200%, sửa." in said)
        await changed(bridge, withdrawing(small, "sunday"))
        await until(person, lambda said: "200%" not in said)


async def changed(bridge: Bridge, job: Callable[[sa.Connection], None]) -> None:
    """A command beside the running program."""
    async with open_store(bridge.database, KEYRING) as store:
        await store.writer.transaction(job)


async def until(person: Any, right: Callable[[str], bool]) -> None:
    """Asks again and again; the answer must be right in the promised time."""
    began = time.monotonic()
    while not right((await person.asks(ASKED)).text):
        assert time.monotonic() - began < PROMISED
        await asyncio.sleep(0.5)
