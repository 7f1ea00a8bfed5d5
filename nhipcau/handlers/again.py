"""A reply whose fate is unknown is never repeated blindly: the person is told, and may ask for it again."""

from collections.abc import Sequence

import msgspec

from nhipcau.channels.message import Button, Outgoing
from nhipcau.handlers.answer_text import tag, untag
from nhipcau.handlers.i18n import _, catalogue
from nhipcau.handlers.router import menu_row
from nhipcau.handlers.talk import Talk
from nhipcau.store import outbox


def notice(letter: int, code: str) -> Outgoing:
    """The short message that tells of a reply in doubt, in the person's language."""
    text = catalogue(code).gettext(
        "There was a short interruption. If my last answer did not reach you, you can see it again."
    )
    label = catalogue(code).gettext("Show the last answer")
    return Outgoing(text=text, buttons=((Button(label=label, payload=f"again:{tag(letter)}"),),))


def apology(code: str) -> Outgoing:
    """What a person reads when a message could not be handled because of a fault of ours."""
    text = catalogue(code).gettext(
        "Sorry, something went wrong on our side. It has been noted. Please try again, or type menu."
    )
    return Outgoing(text=text)


async def again(talk: Talk, arguments: Sequence[str]) -> None:
    """Sends the reply once more, if it was written to this very chat; the last one, if none is named."""
    event = talk.event
    address = event.channel, event.account, event.chat
    async with talk.services.store.read() as conn:
        named = outbox.letter(conn, untag(arguments[0])) if arguments else outbox.last_reply(conn, address)
        letter = await named
    if letter is None or letter.address != address:
        talk.say(_("This button is from an earlier message and no longer works. Please ask again."), menu_row())
        return
    message = msgspec.json.decode(letter.body, type=Outgoing)
    if _entries(message) <= talk.services.knowledge.entries.keys():
        talk.messages.append(message)
    else:
        talk.say(_("This answer has been withdrawn or replaced. Please ask again."), menu_row())


def _entries(message: Outgoing) -> set[str]:
    """The entries whose answer the message is, as its choices tell."""
    buttons = [*message.choices, *(button for row in message.buttons for button in row)]
    payloads = (button.payload.split(":") for button in buttons)
    return {parts[1] for parts in payloads if parts[0] in ("deep", "rel", "try") and len(parts) > 1}
