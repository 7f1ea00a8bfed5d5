"""What is not text still gets an answer: files, voice, stickers, places, and kinds nobody foresaw."""

from nhipcau.channels.message import Kind
from nhipcau.handlers.ask import ask
from nhipcau.handlers.i18n import _
from nhipcau.handlers.prove import shared
from nhipcau.handlers.router import Handler, menu_row
from nhipcau.handlers.talk import Talk


async def files(talk: Talk) -> None:
    """A picture with words is a question; without words we ask for some."""
    if talk.event.text.strip():
        await ask(talk)
    elif any(one.kind in ("voice", "audio") for one in talk.event.files):
        talk.say(_("I cannot listen to voice messages yet. Please type your question in a few words."), menu_row())
    else:
        talk.say(_("I cannot read pictures and files. Please type your question in a few words."), menu_row())


async def sticker(talk: Talk) -> None:
    talk.say(_("Nice! If you have a question about work, just type it."), menu_row())


async def location(talk: Talk) -> None:
    talk.say(
        _("I do not keep places. To find your wage region, type the name of your ward or commune."),
        menu_row(),
    )


async def other(talk: Talk) -> None:
    talk.say(_("I cannot read this kind of message. Please type your question in a few words."), menu_row())


async def returned(talk: Talk) -> None:
    """The person unblocked the bot; the greeting follows with their own /start, if they press it."""


KINDS: dict[Kind, Handler] = {
    Kind.FILES: files,
    Kind.STICKER: sticker,
    Kind.LOCATION: location,
    Kind.CONTACT: shared,
    Kind.OTHER: other,
    Kind.RETURNED: returned,
}
