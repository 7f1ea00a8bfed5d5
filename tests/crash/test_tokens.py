"""kill -9 around the renewal of tokens: never two at once, and no pair is lost in silence."""

from pathlib import Path

import pytest

from tests.crash.tokens import run_series

KILLS = 15  # the full series has 500: python -m tests.crash.tokens


@pytest.mark.slow
@pytest.mark.timeout(300)
async def test_killed_processes_lose_no_token_in_silence(database_url: str, tmp_path: Path) -> None:
    figures = await run_series(database_url, tmp_path, kills=KILLS, seed=7)
    assert figures.good, figures
    assert figures.renewed and figures.kills_with_a_mark
