"""First contact, help, and the menu."""

from nhipcau.channels.message import Button
from nhipcau.handlers import joining, officer_join
from nhipcau.handlers.answer_text import title_button
from nhipcau.handlers.i18n import _, language
from nhipcau.handlers.member_talk import door
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
    """The greeting; by the link of a unit with its question. Neither changes anything about who may ask."""
    if officer_join.is_invitation(talk):
        return await officer_join.opened(talk)
    greeting = _("Hello! This is the assistant of {union}.").format(union=talk.services.union.name)
    if unit := await joining.linked(talk):
        return await joining.offer(talk, unit, greeting)
    return talk.say(f"{greeting}\n\n{_how()}\n\n{_privacy(talk)}", [*_choices(), [door(talk)], [_language()]])


async def show_help(talk: Talk) -> None:
    """What the bot can do, and how to reach a person."""
    contact = _("To reach a person: {contact}").format(contact=talk.services.union.contact)
    words = _('At any time: "menu" shows the choices, "back" goes one step back, "cancel" stops.')
    rows = [*_choices(), [door(talk)], [_language()]]
    talk.say(f"{_how()}\n\n{words}\n{_mine()}\n\n{contact}\n\n{_privacy(talk)}", rows)


async def menu(talk: Talk) -> None:
    """Questions that are asked often, and the way to the rest."""
    rows = [*_often(talk), _calculations(), [door(talk), Button(label=_("Help"), payload="help")]]
    talk.say(_("Type your question, or choose one that is often asked:"), rows)


def _how() -> str:
    return _(
        "Type your question as you would in a chat, with or without tone marks, for example: "
        "tang ca chu nhat tinh sao. Every answer shows its legal basis and its date."
    )


def _mine() -> str:
    return _('"my data" shows what is kept about you and how to erase it, "stop" ends the bulletins.')


def _privacy(talk: Talk) -> str:
    text = _(
        "You need not give your name. Messages are deleted after {days} days; "
        "the question alone is kept, without a name, so that answers get better."
    )
    return text.format(days=talk.services.union.keep_days)


def _often(talk: Talk) -> list[list[Button]]:
    knowledge, today = talk.services.knowledge, talk.services.today()
    return [
        [title_button(knowledge.rendered(one, today, language.get()).title, one, 0)]
        for one in OFTEN_ASKED
        if one in knowledge.entries
    ]


def _choices() -> list[list[Button]]:
    return [[Button(label=_("Often asked"), payload="menu")], _calculations()]


def _calculations() -> list[Button]:
    return [
        Button(label=_("Try the calculation"), payload="calc"),
        Button(label=_("Check a payslip"), payload="payslip"),
    ]


def _language() -> Button:
    return Button(label="Tiếng Việt / English", payload="language")
