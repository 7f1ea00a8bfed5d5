"""Who may do what: every cell of the table, and attempts to see across branches."""

from datetime import UTC, datetime, timedelta
from itertools import product
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nhipcau.union.permissions import WHOLE, Action, Grant, Relation, Role, may, relation
from nhipcau.union.units import path_of

NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)
PROVINCE = "1/"
MINE = "1/k3/"
PLACES = {Relation.SAME: MINE, Relation.BELOW: "1/k3/9f/", Relation.ABOVE: PROVINCE, Relation.OTHER: "1/k30/"}
ALLOWED = """
    author          bulletin.read      same, below
    author          bulletin.write     same, below
    speaker         bulletin.read      same, below
    speaker         bulletin.approve   same, below
    speaker         bulletin.steer     same, below
    speaker         figures.read       same, below
    case_officer    case.list          same, below
    case_officer    case.read          same
    case_officer    case.answer        same
    case_officer    export.cases       same
    curator         knowledge.gaps     same, above
    curator         knowledge.edit     same, above
    curator         knowledge.review   same
    curator         knowledge.publish  same
    analyst         figures.read       same, below
    analyst         export.figures     same, below
    administrator   member.read        same, below
    administrator   member.import      same, below
    administrator   figures.read       same, below
    administrator   unit.create        same, below
    administrator   unit.change        below
    administrator   unit.amend         same, below
    administrator   officer.read       same, below
    administrator   officer.invite     same, below
    administrator   officer.remove     same, below
    administrator   export.figures     same, below
    administrator   export.members     same, below
    administrator   audit.read         same, below
"""
LINES = [line.split(maxsplit=2) for line in ALLOWED.strip().splitlines()]
EXPECTED = {
    (Role(role), Action(action), Relation(one)) for role, action, where in LINES for one in where.strip().split(", ")
}
CELLS = list(product(Role, Action, Relation))


@pytest.mark.parametrize(("role", "action", "where"), CELLS, ids=lambda value: str(value))
def test_each_cell(role: Role, action: Action, where: Relation) -> None:
    assert may([Grant(role, MINE)], action, PLACES[where], NOW) is ((role, action, where) in EXPECTED)


def test_the_documentation_shows_the_same_table() -> None:
    text = (Path(__file__).parents[2] / "docs" / "union.md").read_text(encoding="utf-8")
    shown = {tuple(cell.strip(" `") for cell in line.split("|")[1:4]) for line in text.splitlines() if line[:1] == "|"}
    assert {(role, action, where.strip()) for role, action, where in LINES} <= shown
    roles = {role.value for role in Role}
    assert sum(row[0] in roles and "." in row[1] for row in shown) == len(LINES)


def test_nothing_is_allowed_in_another_branch() -> None:
    assert not [cell for cell in EXPECTED if cell[2] is Relation.OTHER]


READS = [one for one in Action if one.value.partition(".")[0] in ("case", "member") or one is Action.EXPORT_CASES]


@pytest.mark.parametrize("action", READS)
def test_the_analyst_sees_figures_only(action: Action) -> None:
    assert not any(may([Grant(Role.ANALYST, MINE)], action, path, NOW) for path in (*PLACES.values(), WHOLE))


@pytest.mark.parametrize("action", [Action.CASE_LIST, Action.CASE_READ, Action.CASE_ANSWER, Action.EXPORT_CASES])
def test_the_administrator_does_not_read_cases(action: Action) -> None:
    assert not any(may([Grant(Role.ADMINISTRATOR, MINE)], action, path, NOW) for path in (*PLACES.values(), WHOLE))


def test_a_case_is_read_where_it_lies_and_above_only_once_handed_up() -> None:
    above, below = [Grant(Role.CASE_OFFICER, PROVINCE)], [Grant(Role.CASE_OFFICER, MINE)]
    assert may(below, Action.CASE_READ, MINE, NOW) and not may(above, Action.CASE_READ, MINE, NOW)
    assert may(above, Action.CASE_READ, PROVINCE, NOW) and not may(below, Action.CASE_READ, PROVINCE, NOW)


def test_answers_belong_to_the_whole_union() -> None:
    top, mine = [Grant(Role.CURATOR, PROVINCE)], [Grant(Role.CURATOR, MINE)]
    assert may(top, Action.KNOWLEDGE_PUBLISH, WHOLE, NOW) and may(mine, Action.KNOWLEDGE_EDIT, WHOLE, NOW)
    assert not may(mine, Action.KNOWLEDGE_PUBLISH, WHOLE, NOW)


def test_a_deputys_role_ends_with_its_day() -> None:
    grants = [Grant(Role.AUTHOR, MINE, NOW + timedelta(seconds=1))]
    assert may(grants, Action.BULLETIN_WRITE, MINE, NOW)
    assert not may(grants, Action.BULLETIN_WRITE, MINE, NOW + timedelta(seconds=1))


def test_nobody_without_a_role_may_anything() -> None:
    assert not any(may([], action, path, NOW) for action, path in product(Action, (*PLACES.values(), WHOLE)))


@pytest.mark.parametrize(
    ("own", "other", "where"),
    [
        ("1/", "1/", Relation.SAME),
        ("1/", WHOLE, Relation.SAME),
        ("1/k3/", WHOLE, Relation.ABOVE),
        ("1/k3/", "1/k3/9f/", Relation.BELOW),
        ("1/k3/", "1/", Relation.ABOVE),
        ("1/k3/", "1/k30/", Relation.OTHER),
        ("1/k3/", "1/k30/k3/", Relation.OTHER),
        ("1/k3/", "2/", Relation.OTHER),
        ("1/", "1k/", Relation.OTHER),
    ],
)
def test_where_a_unit_stands(own: str, other: str, where: Relation) -> None:
    assert relation(own, other) is where


# ---- across branches: random trees, moves and grants, against a walk over the parents


class Tree:
    """Units by number; unit n was founded below one of those before it."""

    def __init__(self, parents: list[int]) -> None:
        self.parents: list[int | None] = [None, *(parent % (number + 1) for number, parent in enumerate(parents))]

    def above(self, unit: int | None) -> list[int]:
        """The unit itself and all above it."""
        found: list[int] = []
        while unit is not None:
            found.append(unit)
            unit = self.parents[unit]
        return found

    def move(self, unit: int, below: int) -> None:
        if unit not in self.above(below):
            self.parents[unit] = below

    def path(self, unit: int) -> str:
        path = ""
        for one in reversed(self.above(unit)):
            path = path_of(one + 30, path)  # so that ids share beginnings: "u", "10", "100"
        return path


NUMBERS = st.integers(0, 10_000)
TREES = st.lists(NUMBERS, min_size=1, max_size=60).map(Tree)
MOVES = st.lists(st.tuples(NUMBERS, NUMBERS), max_size=20)
GRANTS = st.lists(st.tuples(st.sampled_from(Role), NUMBERS), min_size=1, max_size=4)


@given(TREES, MOVES, GRANTS)
def test_nobody_sees_across_branches(tree: Tree, moves: list[tuple[int, int]], held: list[tuple[Role, int]]) -> None:
    size = len(tree.parents)
    for unit, below in moves:
        tree.move(unit % size, below % size)
    paths = [tree.path(unit) for unit in range(size)]
    grants = [Grant(role, paths[unit % size]) for role, unit in held]
    mine = {unit % size for _, unit in held}
    for unit, path in enumerate(paths):
        below_mine, above_mine = mine & set(tree.above(unit)), any(unit in tree.above(one) for one in mine)
        allowed = {action for action in Action if may(grants, action, path, NOW)}
        if not below_mine:
            assert allowed <= ({Action.KNOWLEDGE_EDIT, Action.KNOWLEDGE_GAPS} if above_mine else set())
        if unit not in mine:
            assert not allowed & {Action.CASE_READ, Action.CASE_ANSWER, Action.EXPORT_CASES}
