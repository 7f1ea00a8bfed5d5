"""Who joined by chat finds the row that an imported list has of them: by a proven phone, or by card and phone.

What the list says is shown only to whoever proved it, and nobody learns whether somebody else's number is on a list.
"""

from nhipcau.channels.message import Button
from nhipcau.handlers.i18n import _
from nhipcau.handlers.link_chats import one_unit
from nhipcau.handlers.member_talk import me_row, mine
from nhipcau.handlers.officer_words import reads
from nhipcau.handlers.one_person import Merging, merge
from nhipcau.handlers.router import menu_row
from nhipcau.handlers.talk import NotAnswered, Option, Talk, begin, conversation
from nhipcau.union import attempts, matching, members
from nhipcau.union.attempts import PROVING, Attempt
from nhipcau.union.members import Member


async def command(talk: Talk) -> None:
    """The button under the welcome."""
    await begin(talk, "prove")


async def shared(talk: Talk) -> None:
    """A phone number came, without being asked for."""
    if talk.event.payload and not talk.event.group and talk.contact.consent:
        return await begin(talk, "prove", phone=talk.event.payload)
    return talk.say(_("I do not keep phone numbers. Please type your question in a few words."), menu_row())


@conversation("prove")
async def prove(talk: Talk) -> None:
    member = await mine(talk)
    if member is None or not member.consent:
        join = [Button(label=_("Join my union"), payload="join")]
        return talk.say(_("Please join first; then I can look for you on the list."), [join])
    if member.import_id is not None:
        return talk.say(_("I have found you on the list already."), me_row())
    phone = talk.context.get("phone") or await _own_phone(talk)
    if phone:
        return await _by_phone(talk, member, members.phone_of(phone) or phone)
    return await _by_card(talk, member)


async def _own_phone(talk: Talk) -> str:
    """ "" where the person, or the platform, cannot hand it over."""
    if not talk.asks_phone:
        return ""
    ways = [Option("phone", _("Send my number")), Option("card", _("Card number and phone number"))]
    if await talk.choose("way", _("How shall I look for you on the union's list?"), ways) == "card":
        return ""
    asked = _("Tap the button below: it sends me your own number.")
    return await talk.own_phone("shared", asked, _("Send my number"))


async def _by_phone(talk: Talk, member: Member, phone: str) -> None:
    row = await reads(talk, lambda conn: matching.by_phone(conn, phone))
    if row is None:
        return talk.say(
            _("I did not find you on a list by this number. That changes nothing: you are welcome."), me_row()
        )
    return await _found(talk, member, row)


async def _by_card(talk: Talk, member: Member) -> None:
    key = talk.event.key
    if await reads(talk, lambda conn: attempts.used_up(conn, key, PROVING, talk.now)):
        return talk.say(
            _("That was wrong several times today. Please try again tomorrow, or ask your union."), me_row()
        )
    card = members.card_of(await talk.value("card", _("The number of your member's card?"), _card)) or ""
    phone = members.phone_of(await talk.value("phone", _("The phone number that your union has of you?"), _phone)) or ""
    row = await reads(talk, lambda conn: matching.by_card(conn, card, phone))
    if row is None:
        talk.change(attempts.note, Attempt(key, PROVING.what))
        return talk.say(_("These two numbers do not lead to a member's row. Please check both."), me_row())
    return await _found(talk, member, row)


def _card(text: str) -> None:
    if members.card_of(text) is None:
        raise NotAnswered(_("The card's number has letters and digits, at least four."))


def _phone(text: str) -> None:
    if members.phone_of(text) is None:
        raise NotAnswered(_("This is no phone number. For example: 0912 345 678"))


async def _found(talk: Talk, member: Member, row: int) -> None:
    listed = await reads(talk, lambda conn: members.by_id(conn, row))
    if listed is None:
        return talk.say(_("Please try again."), me_row())
    unit_id = await one_unit(talk, member, listed)
    talk.change(merge, Merging(row, member.id, unit_id))
    said = _('Found: your union\'s list has you. What it says stands under "My information"; correct what is wrong.')
    return talk.say(said, me_row())
