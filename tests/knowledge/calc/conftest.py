"""Fixtures for calculators: the shipped figures, and a short way to run one."""

from collections.abc import Callable
from datetime import date
from typing import Any

import pytest

from nhipcau.knowledge.calc.registry import run
from nhipcau.knowledge.figures import Figures

TODAY = date(2026, 11, 22)

Compute = Callable[..., dict[str, Any]]


@pytest.fixture(scope="session")
def figures() -> Figures:
    return Figures.load()


@pytest.fixture(scope="session")
def compute(figures: Figures) -> Compute:
    """The amounts of a calculator: compute("severance", avg_wage_6_months=..., on=date(...))."""

    def amounts(name: str, on: date | None = TODAY, **inputs: Any) -> dict[str, Any]:
        return run(name, inputs, on, figures).amounts

    return amounts
