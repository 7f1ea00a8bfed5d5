"""One person on several channels: a six-digit code from one chat, typed in the other. Then one copy of everything."""

from collections.abc import Sequence

from nhipcau.channels.message import Button
from nhipcau.handlers.answer_text import tag, untag
from nhipcau.handlers.i18n import _
from nhipcau.handlers.member_talk import me_row, mine
from nhipcau.handlers.member_words import link_code
from nhipcau.handlers.officer_words import channel_name, reads, write_to
from nhipcau.handlers.one_person import Linking, link
from nhipcau.handlers.router import menu_row, old_button
from nhipcau.handlers.talk import NotAnswered, Option, Talk, begin, conversation
from nhipcau.union import attempts, contacts, linking, members, units
from nhipcau.union.attempts import LINKING, Attempt
from nhipcau.union.contacts import Belonging
from nhipcau.union.members import Member


async def command(talk: Talk) -> None:
    """/link, /noi; with the code behind it, at once."""
    code = link_code(talk.event.text)
    if code:
        return await begin(talk, "link", code=code)
    new = Button(label=_("Give me a code"), payload="link-code")
    have = Button(label=_("I have a code"), payload="link-have")
    text = _("If you use Telegram, Zalo and the web page, link them: then you get everything once only.")
    return talk.say(text, [[new], [have], *me_row()])


async def give_code(talk: Talk) -> None:
    """A new code of the member who asks."""
    member = await mine(talk)
    if member is None:
        join = [Button(label=_("Join my union"), payload="join")]
        return talk.say(_("I know you only after you have joined. Join here first, or take the code there."), [join])
    code = await reads(talk, lambda conn: linking.new_code(conn, member.id, talk.now))
    talk.change(linking.issue, code)
    text = _("Open the other chat and type there: link {code}").format(code=code.code)
    rule = _("The code works once, within 10 minutes. Show it to nobody.")
    return talk.say(f"{text}\n{rule}", menu_row())


async def have_code(talk: Talk) -> None:
    await begin(talk, "link")


@conversation("link")
async def enter(talk: Talk) -> None:
    key = talk.event.key
    if await reads(talk, lambda conn: attempts.used_up(conn, key, LINKING, talk.now)):
        return talk.say(_("Too many codes were wrong. Please try again in an hour."), me_row())
    asked = _("Type the six digits that the other chat shows.")
    code = talk.context.get("code") or link_code(await talk.value("code", asked, _six_digits))
    whose = await reads(talk, lambda conn: linking.owner(conn, code, talk.now))
    theirs = await reads(talk, lambda conn: members.by_id(conn, whose)) if whose is not None else None
    if theirs is None or theirs.id == talk.contact.member:
        talk.change(attempts.note, Attempt(key, LINKING.what))
        return talk.say(_("This code does not work. Please get a new one in the other chat."), me_row())
    own = await mine(talk)
    unit_id = await one_unit(talk, own, theirs)
    talk.change(link, Linking(code, key, own.id if own else None, unit_id))
    await _tell_the_others(talk, theirs)
    return talk.say(_("Linked. From now on both chats are yours, and everything comes once only."), me_row())


def _six_digits(text: str) -> None:
    if not link_code(text):
        raise NotAnswered(_("A code has six digits."))


async def one_unit(talk: Talk, own: Member | None, other: Member) -> int | None:
    """The unit of two rows that become one; asked for where they differ."""
    choices = [one.unit_id for one in (own, other) if one is not None and one.unit_id is not None]
    if len(set(choices)) < 2:
        return choices[0] if choices else None
    found = await reads(talk, lambda conn: units.by_ids(conn, choices))
    options = [Option(tag(one), found[one].name) for one in choices if one in found]
    return untag(await talk.choose("unit", _("Which unit are you in?"), options))


async def _tell_the_others(talk: Talk, theirs: Member) -> None:
    """Whoever guessed or saw a code is noticed by its owner, who parts the chats again by one tap."""
    there = await reads(talk, lambda conn: contacts.newest_of(conn, theirs.id))
    if there is None or there.key == talk.event.key:
        return
    channel = channel_name(talk.event.key)

    def told() -> str:
        return _("A chat over {channel} was linked with this one just now. Was it not you? Tap below.").format(
            channel=channel
        )

    write_to(talk, there, told, Button(label=_("It was not me"), payload="unlink"))


async def unlink(talk: Talk, _arguments: Sequence[str]) -> None:
    """All other chats of the member are strangers again."""
    who = talk.contact.member
    if who is None or talk.event.group:
        return await old_button(talk, ())
    chats = await reads(talk, lambda conn: contacts.of_member(conn, who))
    for other in chats:
        if other.key != talk.event.key:
            talk.change(contacts.belong, Belonging(other.key, None))
    return talk.say(_("Parted: only this chat is yours now."), me_row())
