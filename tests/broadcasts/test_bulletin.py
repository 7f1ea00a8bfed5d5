"""The life of a bulletin: what may follow what."""

from datetime import timedelta

import msgspec
import pytest

from nhipcau.broadcasts.bulletin import Bulletin, NotNow, Stage, moved
from tests.broadcasts.room import BULLETIN, NOW

LATER = NOW + timedelta(hours=1)
AUTHOR, SPEAKER = BULLETIN.author, 501
DRAFT = msgspec.structs.replace(BULLETIN, stage=Stage.DRAFT)


def after(*actions: str) -> Bulletin:
    one = DRAFT
    for action in actions:
        one = moved(one, action, SPEAKER if action in ("approve", "refuse") else AUTHOR, LATER)
    return one


LIVES = [
    (("submit",), Stage.SUBMITTED),
    (("submit", "refuse"), Stage.DRAFT),
    (("submit", "approve"), Stage.APPROVED),
    (("submit", "approve", "edit"), Stage.DRAFT),
    (("submit", "approve", "send", "pause", "resume", "finish"), Stage.SENT),
    (("submit", "approve", "send", "cancel", "recall"), Stage.RECALLED),
]


@pytest.mark.parametrize(("actions", "stage"), LIVES)
def test_one_step_follows_another(actions: tuple[str, ...], stage: Stage) -> None:
    assert after(*actions).stage is stage


@pytest.mark.parametrize("actions", [("approve",), ("send",), ("submit", "send"), ("submit", "approve", "finish")])
def test_no_step_is_left_out(actions: tuple[str, ...]) -> None:
    with pytest.raises(NotNow, match="cannot be changed"):
        after(*actions)


def test_nobody_approves_their_own() -> None:
    with pytest.raises(NotNow, match="another speaker"):
        moved(after("submit"), "approve", AUTHOR, LATER)


def test_an_edit_takes_the_approval_away_and_is_a_new_version() -> None:
    approved = after("submit", "approve")
    edited = moved(approved, "edit", AUTHOR, LATER)
    assert (approved.approved_by, edited.approved_by) == (SPEAKER, None)
    assert edited.version == approved.version + 1
