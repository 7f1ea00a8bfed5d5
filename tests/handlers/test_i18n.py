"""Every sentence for people is in both catalogues, and the catalogues hold nothing else."""

import ast
import re
from pathlib import Path

import pytest
from babel.messages.catalog import Catalog
from babel.messages.extract import extract_from_dir
from babel.messages.pofile import read_po

import nhipcau.handlers
import nhipcau.knowledge.calc
from nhipcau.handlers.i18n import DEFAULT, LANGUAGES, LOCALE, catalogue, known

HANDLERS = Path(nhipcau.handlers.__file__).parent
CALCULATORS = Path(nhipcau.knowledge.calc.__file__).parent
PLACE = re.compile(r"\{(\w*)\}")


def used() -> set[str]:
    rooms = (HANDLERS, CALCULATORS)
    return {found[2] for room in rooms for found in extract_from_dir(room, method_map=[("**.py", "python")])}  # type: ignore[misc]


def shipped(code: str) -> Catalog:
    with (LOCALE / code / "LC_MESSAGES" / "nhipcau.po").open("rb") as file:
        return read_po(file, locale=code, abort_invalid=True)


@pytest.mark.parametrize("code", LANGUAGES)
def test_the_catalogue_is_complete_and_has_nothing_unused(code: str) -> None:
    assert {message.id for message in shipped(code) if message.id} == used()
    assert not shipped(code).obsolete


@pytest.mark.parametrize("code", LANGUAGES)
def test_every_sentence_is_translated_with_the_same_places(code: str) -> None:
    for message in shipped(code):
        if message.id:
            assert str(message.string).strip(), message.id
            assert not message.fuzzy, message.id
            assert sorted(PLACE.findall(str(message.string))) == sorted(PLACE.findall(str(message.id))), message.id


def test_english_says_what_the_code_says() -> None:
    assert all(message.id == message.string for message in shipped("en") if message.id)


def test_vietnamese_is_vietnamese_and_polite() -> None:
    for message in shipped("vi"):
        if message.id and message.id != "Menu":
            assert message.string != message.id
            assert not re.search(r"\b(bạn|mày|quý khách)\b", str(message.string).lower()), message.id


def test_no_sentence_is_built_before_it_is_translated() -> None:
    """_(f"...") would never be found in a catalogue."""
    for file in HANDLERS.glob("*.py"):
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and getattr(node.func, "id", "") == "_":
                assert isinstance(node.args[0], ast.Constant), f"{file.name}:{node.lineno}"


def test_no_vietnamese_stands_in_the_code() -> None:
    allowed = {"Tiếng Việt", "Tiếng Việt / English", "đ"}
    for file in HANDLERS.glob("*.py"):
        tree = ast.parse(file.read_text(encoding="utf-8"))
        docstrings = {id(node.value) for node in ast.walk(tree) if isinstance(node, ast.Expr)}
        texts = {node.value for node in ast.walk(tree) if isinstance(node, ast.Constant) and id(node) not in docstrings}
        assert not {text for text in texts if isinstance(text, str) and re.search("[à-ỹđ]", text)} - allowed, file.name


@pytest.mark.parametrize("code", ["vi", "en"])
def test_catalogues_compile(code: str) -> None:
    assert catalogue(code).gettext("Yes") == {"vi": "Đồng ý", "en": "Yes"}[code]


def test_an_unknown_language_is_vietnamese() -> None:
    assert known("fr") == known("") == DEFAULT
