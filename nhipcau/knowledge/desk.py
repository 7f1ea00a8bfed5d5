"""The curators' desk: what was asked, how it was answered, and who wishes to hear back.

The log of questions names nobody: no chat, no hour, and a random id, so that it cannot be joined with the
messages. Only a person who asks to be called back leaves an address, in a table of its own.
"""

import re
import secrets
from collections import Counter
from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta
from typing import Any, NamedTuple

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from nhipcau.store.sealed import Digest, SealedText
from nhipcau.store.tables import Moment, RowId, metadata

question = sa.Table(
    "question",
    metadata,
    sa.Column("id", RowId, primary_key=True, autoincrement=False),
    sa.Column("asked_on", sa.Text, nullable=False),
    sa.Column("channel", sa.Text, nullable=False),
    sa.Column("language", sa.Text, nullable=False),
    sa.Column("text", sa.Text, nullable=False),
    sa.Column("outcome", sa.Text, nullable=False),
    sa.Column("entry", sa.Text),
    sa.Column("chosen", sa.Text),  # the entry taken where several were offered
    sa.Column("confidence", sa.Float, nullable=False),
    sa.Column("helpful", sa.Boolean),
    sa.Column("reason", sa.Text),
    sa.Column("settled_at", Moment),
    sa.Index("ix_question_asked_on", "asked_on"),
)

callback = sa.Table(
    "callback",
    metadata,
    sa.Column("id", RowId, primary_key=True, autoincrement=False),
    sa.Column("question", sa.BigInteger, nullable=False),
    sa.Column("channel", sa.Text, nullable=False),
    sa.Column("account", sa.Text, nullable=False),
    sa.Column("chat", SealedText("callback.chat"), nullable=False),
    sa.Column("chat_digest", Digest("callback.chat"), nullable=False),
    sa.Column("asked_at", Moment, nullable=False),
)

LONGEST_TEXT = 500  # characters of a question that the log keeps


class Asked(NamedTuple):
    """A question as logged. `entry` is the one shown, or for a choice the first offered."""

    id: int
    asked_on: date
    channel: str
    language: str
    text: str
    outcome: str
    entry: str | None
    confidence: float


class Verdict(NamedTuple):
    """The asker's thumb on an answer, with the reason where one was given."""

    question: int
    helpful: bool
    reason: str | None = None


class Choice(NamedTuple):
    """The entry a person took for the question when several were offered."""

    question: int
    entry: str


class Wish(NamedTuple):
    """A person's wish to be called back about a question."""

    question: int
    channel: str
    account: str
    chat: str


def new_id() -> int:
    """A random id below 2**53: it tells nothing of the time, and a browser reads it exactly."""
    return secrets.randbits(53)


def mask(text: str) -> str:
    """The question without what could name a person: e-mail, links, long numbers, account names."""
    for pattern, word in _MASKS:
        text = pattern.sub(word, text)
    return text[:LONGEST_TEXT]


# Repetitions are bounded: unbounded ones took 90 s for "a@a@a@..." of 4,000 characters, on the writer's thread.
_MASKS = (
    (re.compile(r"[^\s@]{1,64}@[^\s@.]{1,63}(?:\.[^\s@.]{1,63}){1,8}"), "[email]"),
    (re.compile(r"https?://\S+|www\.\S+", re.IGNORECASE), "[link]"),
    (re.compile(r"\b(?:[\w-]{1,63}\.){1,5}(?:com|vn|me|net|org|ly|gl|info)/\S+", re.IGNORECASE), "[link]"),
    (re.compile(r"@\w{4,}"), "[account]"),
    # A phone, identity or bank number: nine digits or more. Amounts such as 1.250.000.000đ stay readable; only
    # what begins with 0 is a number even with dots.
    (re.compile(r"(?<![\d.,])(?:\(?0\d(?:[ .()-]{0,2}\d){7,}|\+?\d(?:[ -]?\d){8,})"), "[number]"),
)


def log(conn: sa.Connection, asked: Sequence[Asked]) -> None:
    """Keeps questions, masked."""
    conn.execute(sa.insert(question), [_log_row(one) for one in asked])


def _log_row(one: Asked) -> dict[str, Any]:
    return dict(one._asdict(), asked_on=one.asked_on.isoformat(), text=mask(one.text))


_JUDGE = (
    sa.update(question)
    .where(question.c.id == sa.bindparam("row"))
    .values(helpful=sa.bindparam("thumb"), reason=sa.bindparam("why"))
)


def judge(conn: sa.Connection, verdicts: Sequence[Verdict]) -> None:
    """Keeps thumbs; the last one counts."""
    conn.execute(_JUDGE, [{"row": v.question, "thumb": v.helpful, "why": v.reason} for v in verdicts])


_CHOOSE = sa.update(question).where(question.c.id == sa.bindparam("row")).values(chosen=sa.bindparam("taken"))


def choose(conn: sa.Connection, choices: Sequence[Choice]) -> None:
    """Keeps which of the offered entries was taken: evidence of what the words meant."""
    conn.execute(_CHOOSE, [{"row": one.question, "taken": one.entry} for one in choices])


_UNWISH = sa.delete(callback).where(
    callback.c.question == sa.bindparam("of_question"),
    callback.c.channel == sa.bindparam("of_channel"),
    callback.c.account == sa.bindparam("of_account"),
    callback.c.chat_digest == sa.bindparam("of_chat"),
)


def wish(conn: sa.Connection, wishes: Sequence[Wish]) -> None:
    """Keeps wishes to be called back; who wishes the same twice is called once."""
    now = datetime.now(UTC)
    conn.execute(_UNWISH, [{f"of_{name}": value for name, value in one._asdict().items()} for one in wishes])
    conn.execute(sa.insert(callback), [_wish_row(one, now) for one in wishes])


def _wish_row(one: Wish, now: datetime) -> dict[str, Any]:
    return dict(one._asdict(), chat_digest=one.chat, id=new_id(), asked_at=now)


class Gap(NamedTuple):
    """One unanswered or badly answered question, for the curators' list."""

    id: int
    asked_on: date
    text: str
    outcome: str
    entry: str | None
    wishes: int


async def gaps(conn: AsyncConnection, since: date) -> list[Gap]:
    """Questions since a day that got no answer or a thumb down and are not settled, newest first.

    One whose asker waits is always among them: a button under an old answer still takes a wish.
    """
    waiting = sa.select(sa.func.count()).where(callback.c.question == question.c.id).scalar_subquery()
    bad = sa.or_(question.c.outcome == "unknown", question.c.helpful.is_(False))
    unsettled = sa.and_(question.c.asked_on >= since.isoformat(), question.c.settled_at.is_(None), bad)
    statement = (
        sa.select(
            question.c.id,
            question.c.asked_on,
            question.c.text,
            question.c.outcome,
            question.c.entry,
            waiting,
        )
        .where(sa.or_(unsettled, waiting > 0))
        .order_by(question.c.asked_on.desc())
    )
    rows = await conn.execute(statement)
    return [Gap(row[0], date.fromisoformat(row[1]), *row[2:]) for row in rows]


class GapCount(NamedTuple):
    """`open`: questions without a good answer; `waiting`: those of any day whose asker waits for a reply."""

    open: int
    waiting: int


def count_gaps(conn: sa.Connection, since: date) -> GapCount:
    """How many gaps there are, by the index of days: for a page that is opened often."""
    bad = sa.or_(question.c.outcome == "unknown", question.c.helpful.is_(False))
    recent = question.c.asked_on >= since.isoformat(), question.c.settled_at.is_(None), bad
    unanswered = conn.execute(sa.select(sa.func.count()).select_from(question).where(*recent)).scalar_one()
    waiting = conn.execute(sa.select(sa.func.count(callback.c.question.distinct()))).scalar_one()
    return GapCount(int(unanswered), int(waiting))


async def counts(conn: AsyncConnection) -> dict[str, int]:
    """How many questions ended in each outcome."""
    rows = await conn.execute(sa.select(question.c.outcome, sa.func.count()).group_by(question.c.outcome))
    return {str(outcome): int(n) for outcome, n in rows}


async def logged(conn: AsyncConnection, question_id: int) -> bool:
    """Whether a question with this number is in the log."""
    found = await conn.execute(sa.select(question.c.id).where(question.c.id == question_id))
    return found.first() is not None


async def waiting(conn: AsyncConnection, questions: Sequence[int]) -> list[Wish]:
    """Who waits for a reply to one of these questions; who waits for several of them stands here once."""
    columns = (callback.c.question, callback.c.channel, callback.c.account, callback.c.chat)
    found = sa.select(*columns).where(callback.c.question.in_(list(questions))).order_by(callback.c.question.desc())
    return list({row[1:]: Wish(*row) for row in await conn.execute(found)}.values())


Address = tuple[str, str, str]
"""Channel, account and chat."""


def _theirs(chats: Sequence[Address]) -> sa.ColumnElement[bool]:
    mine = (
        sa.and_(callback.c.channel == channel, callback.c.account == account, callback.c.chat_digest == chat)
        for channel, account, chat in chats
    )
    return sa.or_(sa.false(), *mine)


def count_wishes(conn: sa.Connection, chats: Sequence[Address]) -> int:
    """How many replies these chats wait for."""
    return int(conn.execute(sa.select(sa.func.count()).select_from(callback).where(_theirs(chats))).scalar_one())


def unwish(conn: sa.Connection, chats: Sequence[Address]) -> None:
    """Deletes the addresses of these chats."""
    conn.execute(sa.delete(callback).where(_theirs(chats)))


class Said(NamedTuple):
    """A message of somebody who is to be forgotten."""

    day: date
    channel: str
    text: str


def unlog(conn: sa.Connection, said: Sequence[Said]) -> None:
    """Deletes from the log one question for each of these messages, asked in its words or judged in them.

    The log does not tell whose a question was; of equal ones of a day any will do. One whose asker waits for a reply
    stays.
    """
    asked = Counter((one.channel, mask(one.text), one.day.isoformat()) for one in said)
    judged = Counter((one.channel, mask(one.text)) for one in said)
    days = {(one.day + late).isoformat() for one in said for late in (timedelta(0), _MIDNIGHT)}
    columns = (question.c.id, question.c.channel, question.c.text, question.c.asked_on, question.c.reason)
    theirs = sa.or_(question.c.asked_on.in_(days), question.c.reason.is_not(None))
    free = question.c.channel.in_({one.channel for one in said}), question.c.id.not_in(sa.select(callback.c.question))
    # Those judged in their words first: an equal question of somebody else must not go in their place.
    rows = conn.execute(sa.select(*columns).where(theirs, *free).order_by(question.c.reason.is_(None)))
    gone = [row.id for row in rows if _meant(row, asked, judged)]
    conn.execute(sa.delete(question).where(question.c.id.in_(gone)))


_MIDNIGHT = timedelta(days=1)  # what is received before it may be logged after it


def _meant(row: Any, asked: Counter[tuple[str, str, str]], judged: Counter[tuple[str, str]]) -> bool:
    """Whether messages are left that this question and its reason can be of; they are used up."""
    day = date.fromisoformat(row.asked_on)
    keys = [(row.channel, row.text, one.isoformat()) for one in (day, day - _MIDNIGHT)]
    reason = row.channel, (row.reason or "").partition(": ")[2]
    met = next((key for key in keys if asked[key] > 0), None)
    if met:
        asked[met] -= 1
    judged[reason] -= 1
    return met is not None or judged[reason] >= 0


def settle(conn: sa.Connection, questions: Sequence[int]) -> None:
    """Closes questions: their wishes are fulfilled, and the addresses are deleted."""
    now = datetime.now(UTC)
    conn.execute(sa.delete(callback).where(callback.c.question.in_(list(questions))))
    conn.execute(sa.update(question).where(question.c.id.in_(list(questions))).values(settled_at=now))
