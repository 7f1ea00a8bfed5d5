"""A new text of the consent is shown at the next contact, once a week until the member answers.

The bulletins go on meanwhile: what was agreed to holds for its purpose until it is withdrawn (Law 91/2025/QH15,
Article 9). Whatever a new text adds must wait for those who agreed to it.
"""

from datetime import timedelta

from nhipcau.channels.message import Kind
from nhipcau.handlers.i18n import _
from nhipcau.handlers.joining import offer_text
from nhipcau.handlers.member_talk import mine
from nhipcau.handlers.officer_words import reads
from nhipcau.handlers.talk import Talk
from nhipcau.union import consent
from nhipcau.union.members import Member

AGAIN = timedelta(days=7)


async def remind(talk: Talk) -> None:
    """Adds the question to an answer, outside any conversation."""
    talked = talk.event.kind in (Kind.TEXT, Kind.START) and talk.messages and talk.running is None
    outdated = talk.contact.consent not in ("", consent.current())
    if not talked or not outdated or talk.event.group:
        return
    member = await mine(talk)
    if member is not None and await _is_due(talk, member):
        asked = consent.Entry(member.id, consent.current(), "asked", talk.event.channel, talk.now)
        talk.change(consent.log, asked)
        offer_text(
            talk, None, _("The text about your information has a new version; the one you agreed to still holds.")
        )


async def _is_due(talk: Talk, member: Member) -> bool:
    """Not answered yet, and not asked within a week."""
    history = await reads(talk, lambda conn: consent.history(conn, member.id))
    about = [one for one in history if one.version == consent.current()]
    return not about or (about[-1].action == "asked" and talk.now - about[-1].at > AGAIN)
