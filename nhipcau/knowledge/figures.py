"""Statutory figures: each number of the law lives once, as a dated series with its citation."""

import tomllib
from collections.abc import Iterable, Iterator, Mapping
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any, Literal

import msgspec

LAW = Path(__file__).parent / "law"
DOCUMENTS_FILE = "documents.toml"

Confidence = Literal["V1", "V2"]


class FigureUnknown(LookupError):
    """There is no such figure, or it has no value in force on the date asked for."""

    def __init__(self, name: str, on: date | None) -> None:
        self.name = name
        self.on = on
        super().__init__(f"figure {name!r} has no value in force on {on}" if on else f"no figure named {name!r}")


class FigureError(ValueError):
    """A figure file cannot be read: the message names the file, the figure and the fault."""


class Value(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, rename={"since": "from"}):
    """One value and the time it holds: from `since` up to the next value, or up to and including `to`."""

    since: date
    value: Decimal
    document: str = ""
    article: str | None = None
    clause: str | None = None
    confidence: Confidence | None = None
    to: date | None = None


class Figure(msgspec.Struct, frozen=True, kw_only=True):
    """A named number of the law. `unit` is VND, percent, or a noun such as days, hours, months, years."""

    name: str
    title: str
    unit: str
    series: tuple[Value, ...]
    file: str = ""

    def at(self, on: date) -> Value:
        """The value in force on the day `on`, or FigureUnknown."""
        for value in reversed(self.series):
            if value.since <= on:
                if value.to is not None and value.to < on:
                    break
                return value
        raise FigureUnknown(self.name, on)


class Figures(Mapping[str, Figure]):
    """All figures by dotted name, such as `minimum_wage.monthly.III`."""

    def __init__(self, figures: Iterable[Figure]) -> None:
        self._by_name = {figure.name: figure for figure in figures}

    @classmethod
    def load(cls, folder: Path = LAW) -> "Figures":
        """Read every figure file of a folder. FigureError says which file and figure is at fault."""
        files = sorted(path for path in folder.glob("*.toml") if path.name != DOCUMENTS_FILE)
        found: dict[str, Figure] = {}
        for path in files:
            for figure in _read(path):
                if figure.name in found:
                    raise FigureError(f"{path.name}: {figure.name} stands already in {found[figure.name].file}")
                found[figure.name] = figure
        return cls(found.values())

    def __getitem__(self, name: str) -> Figure:
        try:
            return self._by_name[name]
        except KeyError:
            raise FigureUnknown(name, None) from None

    def __contains__(self, name: object) -> bool:
        return name in self._by_name

    def __iter__(self) -> Iterator[str]:
        return iter(self._by_name)

    def __len__(self) -> int:
        return len(self._by_name)

    def at(self, name: str, on: date) -> Value:
        """The value of a figure in force on `on`, with its citation and confidence."""
        return self[name].at(on)

    def value(self, name: str, on: date) -> Decimal:
        """The bare number in force on `on`, in the figure's own unit (150 for 150 %)."""
        return self.at(name, on).value

    def render(self, name: str, on: date, language: str = "vi") -> str:
        """The number as a reader writes it: `4.140.000 đồng`, `10,5%`, `12`; in English `4,140,000 VND`, `10.5%`."""
        figure = self[name]
        return written(figure.at(on).value, figure.unit, language)


def written(value: Decimal, unit: str, language: str = "vi") -> str:
    """A number in the writing of a language, with the sign of its unit where it has one."""
    number = grouped(value, language)
    if unit == "VND":
        return f"{number} đồng" if language == "vi" else f"{number} VND"
    return f"{number}%" if unit == "percent" else number


def grouped(value: Decimal, language: str = "vi") -> str:
    """Thousands by points, decimals by a comma, no idle zeros: 4140000 -> 4.140.000; 10.50 -> 10,5. English: 10.5."""
    text = f"{value:,f}"
    if "." in text:
        text = text.rstrip("0").rstrip(".")
    return text.translate(str.maketrans(",.", ".,")) if language == "vi" else text


def _read(path: Path) -> Iterator[Figure]:
    try:
        tables = tomllib.loads(path.read_text(encoding="utf-8"), parse_float=Decimal)
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise FigureError(f"{path.name}: {error}") from error
    for name, table in _leaves(tables, ""):
        yield _figure(path.name, name, table)


def _leaves(tables: Mapping[str, Any], prefix: str) -> Iterator[tuple[str, dict[str, Any]]]:
    for key, table in tables.items():
        name = f"{prefix}{key}"
        if isinstance(table, dict) and "series" in table:
            yield name, table
        elif isinstance(table, dict):
            yield from _leaves(table, f"{name}.")


def _figure(file: str, name: str, table: dict[str, Any]) -> Figure:
    try:
        series = msgspec.convert(table["series"], tuple[Value, ...])
        return Figure(name=name, title=table["name"], unit=table["unit"], series=series, file=file)
    except msgspec.ValidationError as error:
        raise FigureError(f"{file}: {name}: {error}") from error
    except KeyError as error:
        raise FigureError(f"{file}: {name}: {error} is missing") from error
