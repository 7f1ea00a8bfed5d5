"""A person asks that an officer replies to a question. Only now does an address stand beside the question."""

from collections.abc import Sequence

from nhipcau.handlers.answer_text import untag
from nhipcau.handlers.i18n import _
from nhipcau.handlers.router import menu_row
from nhipcau.handlers.talk import Talk, begin, conversation
from nhipcau.knowledge import desk


async def ask_for_reply(talk: Talk, arguments: Sequence[str]) -> None:
    """Only for a question that was logged: an address beside none would never be seen, nor deleted."""
    asked = arguments[0] if arguments else "0"
    async with talk.services.store.read() as conn:
        known = await desk.logged(conn, untag(asked))
    if not known:
        talk.say(_("This button is from an earlier message and no longer works. Please ask again."), menu_row())
        return
    await begin(talk, "call-back", question=asked)


@conversation("call-back")
async def call_back(talk: Talk) -> None:
    asked = _(
        "An officer will write to you here. For that, this chat's address is kept with your question "
        "until it is answered. Do you agree?"
    )
    if not await talk.confirm("agreed", asked):
        talk.say(_("Nothing was kept. Your question stays with the officers without your name."))
        return
    event = talk.event
    talk.change(desk.wish, desk.Wish(untag(talk.context["question"]), event.channel, event.account, event.chat))
    contact = _("If it is urgent: {contact}").format(contact=talk.services.union.contact)
    talk.say(_("Done. An officer will reply here.") + "\n" + contact)
