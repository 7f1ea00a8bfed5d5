"""What a poster says."""

from collections.abc import Sequence

from nhipcau.handlers.i18n import _


def headline() -> str:
    return _("Ask your union, right on your phone")


def benefits() -> Sequence[str]:
    """What the bot does, in three lines."""
    return (
        _("Wages, leave, insurance: an answer at once, with the article of law."),
        _("Works out overtime and maternity pay; checks your payslip."),
        _("Ask at any hour. You need not give your name."),
    )


def scan() -> str:
    return _("Open your phone's camera and scan:")


def web_page() -> str:
    """As a web chat is called under its code."""
    return _("Web page")


def then_write(channel: str, text: str) -> str:
    """For a code that opens a chat and can carry nothing into it."""
    return _("On {channel}, then write: {text}").format(channel=channel, text=text)


def unit_code(code: str) -> str:
    return _("Unit code: {code}").format(code=code)
