"""Every sentence for people goes through here. Message ids are English; `vi` and `en` are complete catalogues."""

import gettext
from contextvars import ContextVar
from functools import cache
from io import BytesIO
from pathlib import Path

from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po

LANGUAGES = {"vi": "Tiếng Việt", "en": "English"}
DEFAULT = "vi"
LOCALE = Path(__file__).parent.parent / "locale"

language: ContextVar[str] = ContextVar("language", default=DEFAULT)
"""The language of the person whose message is being handled."""


def _(message: str) -> str:
    """The sentence in the person's language."""
    return catalogue(language.get()).gettext(message)


def translated(message: str) -> str:
    """As `_`, for a message id that was marked with N_ where it is written down."""
    return catalogue(language.get()).gettext(message)


def known(code: str) -> str:
    """The language we speak for a platform's language code: "en-GB" is "en", anything else Vietnamese."""
    return code[:2] if code[:2] in LANGUAGES else DEFAULT


@cache
def catalogue(code: str) -> gettext.NullTranslations:
    """The compiled catalogue; compiled in memory, so that no build step can be forgotten."""
    with (LOCALE / code / "LC_MESSAGES" / "nhipcau.po").open("rb") as source:
        catalog = read_po(source, locale=code)
    compiled = BytesIO()
    write_mo(compiled, catalog)
    compiled.seek(0)
    return gettext.GNUTranslations(compiled)
