"""The working sheet of one calculation: looks up figures, keeps their citations, collects the steps."""

from datetime import date
from decimal import Decimal
from fractions import Fraction

from nhipcau.knowledge.calc.result import Result, Step
from nhipcau.knowledge.entries import Citation
from nhipcau.knowledge.figures import Figures, FigureUnknown, grouped, written

HUNDRED = 100  # per cent
MONTHS_A_YEAR = 12
WEEKS_A_YEAR = 52
MINUTES_AN_HOUR = 60


class Sheet:
    """Write on it while computing; `result(...)` hands everything over.

    `on` is the day whose law applies.
    """

    def __init__(self, on: date, figures: Figures) -> None:
        self.on = on
        self._figures = figures
        self._steps: list[Step] = []
        self._citations: dict[Citation, None] = {}
        self._warnings: dict[str, None] = {}

    def figure(self, name: str, on: date | None = None) -> Fraction:
        """The figure in its own unit (150 for 150%), its citation noted. FigureUnknown where none is in force."""
        found = self._figures.at(name, on or self.on)
        self.cite(found.document, found.article, found.clause)
        return Fraction(found.value)

    def knows(self, name: str) -> bool:
        """Whether the figure has a value in force."""
        try:
            self._figures.at(name, self.on)
        except FigureUnknown:
            return False
        return True

    def rate(self, name: str) -> Fraction:
        """A percentage figure as a factor: 1.5 for 150%."""
        return self.figure(name) / HUNDRED

    def cite(self, document: str, article: str | None = None, clause: str | None = None) -> None:
        """Note a citation; the same one twice is kept once."""
        self._citations[Citation(document=document, article=article, clause=clause)] = None

    def money(self, label: str, value: Fraction | int, formula: str = "") -> int:
        """A step in VND; gives the amount rounded half-up to one dong."""
        amount = dong(value)
        self._steps.append(Step(label=label, formula=formula, value=amount, unit="VND"))
        return amount

    def step(self, label: str, value: Fraction | int, unit: str, formula: str = "") -> int | float:
        """A step in another unit; gives the number as `plain` does."""
        number = plain(value)
        self._steps.append(Step(label=label, formula=formula, value=number, unit=unit))
        return number

    def note(self, label: str, formula: str = "") -> None:
        """A step without a number."""
        self._steps.append(Step(label=label, formula=formula))

    def warn(self, message: str) -> None:
        """What the law leaves open or the asker should check."""
        self._warnings[message] = None

    def result(self, **amounts: object) -> Result:
        """Everything on the sheet, with these amounts; an amount that is None is left out."""
        return Result(
            amounts={name: value for name, value in amounts.items() if value is not None},
            steps=tuple(self._steps),
            citations=tuple(one for one in self._citations if one.clause or not self._told_closer(one)),
            warnings=tuple(self._warnings),
        )

    def _told_closer(self, broad: Citation) -> bool:
        """Whether another citation names a clause of the same article."""
        place = (broad.document, broad.article)
        return any(one.clause and (one.document, one.article) == place for one in self._citations)


def dong(value: Fraction | int) -> int:
    """Rounded half-up to one dong: 0.5 becomes 1."""
    return int((Fraction(value) * 2 + 1) // 2)


def plain(value: Fraction | int, places: int = 2) -> int | float:
    """A number for JSON: whole where it is whole, else half-up to `places` decimals."""
    scale: int = 10**places
    scaled = dong(Fraction(value) * scale)
    return scaled // scale if scaled % scale == 0 else scaled / scale


def vnd(value: Fraction | int) -> str:
    """An amount for a formula: `1.250.000`."""
    return grouped(_decimal(dong(value)))


def number(value: Fraction | int) -> str:
    """A number for a formula, as Vietnamese write it: `2,5`."""
    return grouped(_decimal(plain(value, 4)))


def percent(value: Fraction | int) -> str:
    """A percentage for a formula: `150%`."""
    return written(_decimal(plain(value, 4)), "percent")


def _decimal(value: float) -> Decimal:
    return Decimal(str(value))
