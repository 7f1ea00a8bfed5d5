"""kill -9 at random instants loses nothing, repeats nothing, and keeps every chat in order."""

from pathlib import Path

import pytest

from tests.crash.series import run_series

KILLS = 12  # the full series has 200: python -m tests.crash


@pytest.mark.slow
@pytest.mark.timeout(300)
async def test_a_killed_process_loses_and_doubles_nothing(database_url: str, tmp_path: Path) -> None:
    figures = await run_series(database_url, tmp_path, kills=KILLS, seed=7)
    assert figures.good, figures.faults
    assert figures.answered == figures.questions > 0
    assert figures.kills_with_open_events and figures.kills_with_half_sent_letters
