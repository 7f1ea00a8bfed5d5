"""Finds units by what a member types of their names. Never lists members.

Each word of an open unit's name is a row of `unit_word`; `unit_term` counts the units of a word, so that a rare word
leads to few candidates at once and a common one ("cong", "ty") is only a help in ranking. The same on both databases.
"""

import math
from collections import Counter
from collections.abc import Mapping, Sequence
from typing import NamedTuple

import sqlalchemy as sa
from rapidfuzz.distance import OSA

from nhipcau.store.tables import RowId, metadata, upsert
from nhipcau.union.unit_words import spelled
from nhipcau.union.units import BYTEWISE, Unit, by_code, by_ids

unit_word = sa.Table(
    "unit_word",
    metadata,
    sa.Column("word", BYTEWISE, primary_key=True),
    sa.Column("unit_id", RowId, primary_key=True, autoincrement=False, index=True),
    sqlite_with_rowid=False,
)

unit_term = sa.Table(
    "unit_term",
    metadata,
    sa.Column("word", BYTEWISE, primary_key=True),
    sa.Column("units", sa.Integer, nullable=False),  # in the names of how many open units it stands
    sqlite_with_rowid=False,
)

MOST_WORDS = 12  # of what was typed
CANDIDATES = 400  # units that are ranked
RARE = 2_000  # units of a word that still leads to candidates by itself
ALIKE = 6  # words tried in place of one that no name has
LEAST = 0.5  # of the weight of all words typed must be met


class Found(NamedTuple):
    """A unit that may be meant. `score`: 1 all that was typed stands in its name, the code or name itself above 1."""

    unit: Unit
    parent: str  # the name of the unit above, to tell namesakes apart; "" at the top
    score: float


def learn(conn: sa.Connection, names: Mapping[int, str]) -> None:
    """Makes units findable by their names."""
    words = {unit_id: set(spelled(name)) for unit_id, name in names.items()}
    rows = [{"word": word, "unit_id": unit_id} for unit_id, all_ in words.items() for word in sorted(all_)]
    if not rows:
        return
    conn.execute(sa.insert(unit_word), rows)
    _count(conn, Counter(row["word"] for row in rows))


def forget(conn: sa.Connection, unit_id: int) -> None:
    """Makes a unit unfindable, as a closed one is."""
    gone = sa.delete(unit_word).where(unit_word.c.unit_id == unit_id).returning(unit_word.c.word)
    words = conn.execute(gone).scalars().all()
    if words:
        _count(conn, dict.fromkeys(words, -1))


def _count(conn: sa.Connection, changes: Mapping[object, int]) -> None:
    statement = upsert(unit_term, conn)
    total = unit_term.c.units + statement.excluded.units
    statement = statement.on_conflict_do_update(index_elements=["word"], set_={"units": total})
    # Always in the same order, or two transactions could wait for each other's rows.
    conn.execute(statement, [{"word": word, "units": n} for word, n in sorted(changes.items(), key=str)])


class _Term(NamedTuple):
    """A word that was typed, as names may have it: word -> how far to trust it (1 as typed), and how rare they are."""

    trust: dict[str, float]
    units: int
    weight: float


def find(conn: sa.Connection, text: str, limit: int = 5) -> list[Found]:
    """The open units that a text most likely means, the best first; the unit of a code alone, if it is one."""
    exact = by_code(conn, text) if len(text) < 64 else None
    if exact is not None and exact.is_open:
        return _shown(conn, [(1.5, exact)])
    typed = spelled(text[:300])[:MOST_WORDS]
    terms = _terms(conn, typed)
    if not terms:
        return []
    ranked = [(_score(one.name, " ".join(typed), terms), one) for one in _candidates(conn, terms)]
    best = sorted((one for one in ranked if one[0] >= LEAST), key=lambda one: (-one[0], len(one[1].name), one[1].code))
    return _shown(conn, best[:limit])


def _shown(conn: sa.Connection, best: Sequence[tuple[float, Unit]]) -> list[Found]:
    above = by_ids(conn, {one.parent_id for _, one in best if one.parent_id is not None})
    return [Found(one, above[one.parent_id].name if one.parent_id in above else "", score) for score, one in best]


def _terms(conn: sa.Connection, typed: Sequence[str]) -> list[_Term]:
    total = conn.execute(sa.select(sa.func.coalesce(sa.func.max(unit_term.c.units), 1))).scalar_one()
    known = _counts(conn, unit_term.c.word.in_(set(typed)))
    terms = []
    for at, word in enumerate(typed):
        trust = {word: 1.0} if known.get(word) else {}
        if not trust or (at == len(typed) - 1 and len(word) < 4):
            trust |= _alike(conn, word, trust)
        units = sum(known.get(one, 0) or _counts(conn, unit_term.c.word == one).get(one, 0) for one in trust)
        terms.append(_Term(trust, units, math.log(2 + total / max(units, 1))))
    return terms


def _counts(conn: sa.Connection, condition: sa.ColumnElement[bool]) -> dict[str, int]:
    rows = conn.execute(sa.select(unit_term.c.word, unit_term.c.units).where(condition, unit_term.c.units > 0))
    return {row.word: row.units for row in rows}


def _alike(conn: sa.Connection, word: str, trust: Mapping[str, float]) -> dict[str, float]:
    """Words of names that begin so, or differ by a letter or two: the nearest, of those the most frequent."""
    near = _counts(conn, sa.and_(unit_term.c.word >= word[0], unit_term.c.word < chr(ord(word[0]) + 1)))
    most = 1 if len(word) < 6 else 2
    found: list[tuple[float, int, str]] = []
    for one, units in near.items():
        if one.startswith(word):
            found.append((0.9, units, one))
        elif not trust and len(word) > 2 and abs(len(one) - len(word)) <= most:
            distance = OSA.distance(word, one, score_cutoff=most)
            if distance <= most:
                found.append((0.9 - 0.2 * distance, units, one))
    return {one: value for value, _, one in sorted(found, reverse=True)[:ALIKE] if one not in trust}


def _candidates(conn: sa.Connection, terms: Sequence[_Term]) -> list[Unit]:
    """Units with the rarest words; where all words are common, those with all of them."""
    hits: Counter[int] = Counter()
    by_rarity = sorted((one for one in terms if one.units), key=lambda one: one.units)
    for term in by_rarity:
        if term.units > RARE:
            break
        for unit_id in conn.execute(sa.select(unit_word.c.unit_id).where(_has(unit_word, term))).scalars():
            hits[unit_id] += 1
    chosen = [unit_id for unit_id, _ in hits.most_common(CANDIDATES)]
    return list(by_ids(conn, chosen or _with_all(conn, by_rarity)).values())


def _with_all(conn: sa.Connection, by_rarity: Sequence[_Term]) -> list[int]:
    if not by_rarity:
        return []
    query = sa.select(unit_word.c.unit_id).where(_has(unit_word, by_rarity[0]))
    for term in by_rarity[1:]:
        other = unit_word.alias()
        query = query.where(sa.exists().where(other.c.unit_id == unit_word.c.unit_id, _has(other, term)))
    return list(conn.execute(query.limit(CANDIDATES)).scalars())


def _has(table: sa.FromClause, term: _Term) -> sa.ColumnElement[bool]:
    return table.c.word.in_(list(term.trust))


def _score(name: str, typed: str, terms: Sequence[_Term]) -> float:
    """The share of the typed words' weight that stands in the name; words in a row add a little."""
    words = spelled(name)
    there = set(words)
    met = sum(term.weight * max((v for w, v in term.trust.items() if w in there), default=0.0) for term in terms)
    score = met / sum(term.weight for term in terms)
    phrase = f" {' '.join(words)} "
    if f" {typed} " in phrase:
        score += 0.2 if phrase.startswith(f" {typed} ") else 0.1
    return score + 0.1 * len(terms) / max(len(words), len(terms))
