"""First contact, help, and the menu."""

from nhipcau.channels.message import Button
from nhipcau.handlers.answer_text import title_button
from nhipcau.handlers.i18n import _
from nhipcau.handlers.talk import Talk

OFTEN_ASKED = (
    "minimum-wage-dak-lak",
    "overtime-rates-all",
    "wage-unpaid",
    "annual-leave-days",
    "resign-notice",
    "ui-conditions",
    "maternity-leave-length",
    "si-one-off",
)
"""What the menu opens with: one entry of each field that workers ask about most."""


async def start(talk: Talk) -> None:
    """The greeting. A deep link's parameter is accepted and changes nothing about who may ask."""
    greeting = _("Hello! This is the assistant of {union}.").format(union=talk.services.union.name)
    talk.say(f"{greeting}\n\n{_how()}\n\n{_privacy(talk)}", _choices(talk))


async def show_help(talk: Talk) -> None:
    """What the bot can do, and how to reach a person."""
    contact = _("To reach a person: {contact}").format(contact=talk.services.union.contact)
    words = _('At any time: "menu" shows the choices, "back" goes one step back, "cancel" stops.')
    talk.say(f"{_how()}\n\n{words}\n\n{contact}\n\n{_privacy(talk)}", _choices(talk))


async def menu(talk: Talk) -> None:
    """Questions that are asked often, and the way to the rest."""
    talk.say(_("Type your question, or choose one that is often asked:"), [*_often(talk), *_choices(talk)[1:]])


def _how() -> str:
    return _(
        "Type your question as you would in a chat, with or without tone marks, for example: "
        "tang ca chu nhat tinh sao. Every answer shows its legal basis and its date."
    )


def _privacy(talk: Talk) -> str:
    text = _(
        "You need not give your name. Messages are deleted after {days} days; "
        "the question alone is kept, without a name, so that answers get better."
    )
    return text.format(days=talk.services.union.keep_days)


def _often(talk: Talk) -> list[list[Button]]:
    entries = talk.services.knowledge.entries
    today = talk.services.today()
    return [
        [title_button(talk.services.knowledge.rendered(one, today).title, one, 0)]
        for one in OFTEN_ASKED
        if one in entries
    ]


def _choices(talk: Talk) -> list[list[Button]]:
    return [
        [Button(label=_("Often asked"), payload="menu")],
        [
            Button(label=_("Try the calculation"), payload="calc"),
            Button(label=_("Check a payslip"), payload="payslip"),
        ],
        [Button(label=_("Help"), payload="help"), Button(label="Tiếng Việt / English", payload="language")],
    ]
