"""Being forgotten: two confirmations, then nothing is kept."""

from nhipcau.handlers import erasure
from nhipcau.handlers.erasure import Wish
from nhipcau.handlers.i18n import _
from nhipcau.handlers.member_talk import me_row
from nhipcau.handlers.officer_words import me
from nhipcau.handlers.talk import Option, Talk, begin, conversation


async def command(talk: Talk) -> None:
    """/erase, /xoa."""
    await begin(talk, "erase")


@conversation("erase")
async def erase(talk: Talk) -> None:
    parts = [_("Everything kept about you will be deleted: your information, your chats with me, what waits for you.")]
    if (await me(talk)).held:
        parts.append(_("You are an officer: your roles end, too."))
    parts.append(_("It cannot be undone. Do you want that?"))
    if not await talk.confirm("sure", " ".join(parts)):
        return talk.say(_("Nothing was deleted."), me_row())
    options = [Option("erase", _("Erase everything")), Option("keep", _("Keep it"))]
    if await talk.choose("really", _("Really? This is the last question."), options) != "erase":
        return talk.say(_("Nothing was deleted."), me_row())
    talk.change(erasure.begin, Wish(talk.event.key, talk.contact.member))
    talk.contact = talk.contact._replace(member=None, consent="")
    talk.subject = None
    gone = _("Done. What was kept of you is deleted; these messages follow within minutes.")
    app = _("In your own app they stay until you delete the chat there. You can come back at any time: just ask.")
    return talk.say(f"{gone}\n\n{app}")
