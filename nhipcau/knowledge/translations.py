"""English answers: title, short and steps of entries, each checked against one Vietnamese text."""

import hashlib
from collections.abc import Mapping
from datetime import date
from pathlib import Path

import msgspec

from nhipcau.knowledge.entries import REFERENCE, Entry, EntryError, Rendered, filled, parse
from nhipcau.knowledge.figures import Figures

ENGLISH = Path(__file__).parent / "english"
LANGUAGE = "en"


class Translation(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """An entry's title, short and steps in English, with the same figures.

    `of` is the fingerprint of the Vietnamese text it was checked against; "" while nobody has checked it.
    """

    title: str
    short: str = ""
    steps: tuple[str, ...] = ()
    of: str = ""

    def fits(self, entry: Entry) -> bool:
        """Whether the entry still says what was translated. `deep`, phrasings and citations do not matter."""
        return self.of == fingerprint(entry)

    def laid_over(self, rendered: Rendered, figures: Figures, on: date) -> Rendered:
        """The entry as read on `on`, in English as far as it is translated."""
        return msgspec.structs.replace(
            rendered,
            language=LANGUAGE,
            title=filled(self.title, figures, on, LANGUAGE),
            short=filled(self.short, figures, on, LANGUAGE),
            steps=tuple(filled(step, figures, on, LANGUAGE) for step in self.steps),
        )


def fingerprint(entry: Entry) -> str:
    """16 hex digits that change with the title, short or steps, but not with the value of a figure."""
    return hashlib.sha256(msgspec.json.encode((entry.title, entry.short, entry.steps))).hexdigest()[:16]


def references(text: Entry | Translation) -> frozenset[str]:
    """The figures that title, short and steps name."""
    return frozenset(REFERENCE.findall("\n".join((text.title, text.short, *text.steps))))


def translation_files(folder: Path = ENGLISH) -> dict[str, Path]:
    """The files of a folder by the id of their entry, in a stable order. The folder is flat."""
    return {path.stem: path for path in sorted(folder.glob("*.md"))}


def load_translations(folder: Path = ENGLISH) -> dict[str, Translation]:
    """Every translation of a folder by its entry's id. EntryError names the first file which cannot be read."""
    return {entry_id: read_translation(path) for entry_id, path in translation_files(folder).items()}


def read_translation(path: Path) -> Translation:
    """One file: its name is the entry's id."""
    try:
        return parse(path.read_text(encoding="utf-8"), path.stem, Translation)
    except UnicodeDecodeError as error:
        raise EntryError(f"{path.stem}: the file is not UTF-8: {error}") from error


def standing(translations: Mapping[str, Translation], entries: Mapping[str, Entry]) -> dict[str, Translation]:
    """Those that may be read: of entries which still say what was translated."""
    return {one: text for one, text in translations.items() if one in entries and text.fits(entries[one])}


def stamp(path: Path, entry: Entry) -> bool:
    """Writes into the file that it was checked against the entry as it is now. False where it said so already."""
    if read_translation(path).fits(entry):
        return False
    start, head, body = path.read_text(encoding="utf-8").split("+++\n", 2)
    kept = [line for line in head.splitlines() if not line.startswith("of =")]
    head = "\n".join([*kept, f'of = "{fingerprint(entry)}"', ""])
    path.write_text("+++\n".join([start, head, body]), encoding="utf-8")
    return True
