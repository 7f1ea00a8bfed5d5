"""What is kept about me: to see, to take along, and the doors to changing it."""

import msgspec

from nhipcau.channels.message import Button
from nhipcau.handlers.i18n import _
from nhipcau.handlers.member_talk import me_row, mine
from nhipcau.handlers.own_data import as_data, bulletins_of, known, told
from nhipcau.handlers.talk import Talk, begin, conversation
from nhipcau.union import consent


async def show(talk: Talk) -> None:
    """/me, /toi."""
    found = await known(talk)
    head = _("This is what is kept about you:")
    if found.member is None:
        head = _("I do not know who you are. Only this is kept, so that I can answer:")
    talk.say(f"{head}\n{told(talk, found)}", _doors(known_member=found.member is not None))


def _doors(*, known_member: bool) -> list[list[Button]]:
    link = Button(label=_("Other chats of mine"), payload="link")
    data = Button(label=_("My data, erase"), payload="mydata")
    if not known_member:
        return [[Button(label=_("Join my union"), payload="join")], [link], [data]]
    return [
        [Button(label=_("Correct"), payload="correct"), Button(label=_("Change my unit"), payload="join")],
        [Button(label=_("Bulletins"), payload="bulletins"), link],
        [data],
    ]


async def bulletins(talk: Talk) -> None:
    """Whether bulletins come, about what, and when not."""
    member = await mine(talk)
    if member is None or not member.consent:
        join = [Button(label=_("Join my union"), payload="join")]
        return talk.say(_("No bulletins come to you: only members who agreed get them."), [join, *me_row()])
    on = member.stopped_at is None
    switch = Button(label=_("Stop bulletins"), payload="stop") if on else Button(label=_("Resume"), payload="resume")
    others = [Button(label=_("Topics"), payload="topics"), Button(label=_("Quiet hours"), payload="quiet")]
    said = _("Bulletins: {state}").format(state=bulletins_of(member))
    return talk.say(said, [[switch], others, [Button(label="Tiếng Việt / English", payload="language")]])


async def data(talk: Talk) -> None:
    """Taking it along, reading what was agreed to, withdrawing, erasing."""
    rows = [[Button(label=_("Give me my data"), payload="export")]]
    rows.append([Button(label=_("Erase me"), payload="erase")])
    if talk.contact.consent:
        rows.insert(1, [Button(label=_("What I agreed to"), payload="terms")])
        rows.insert(2, [Button(label=_("Withdraw my consent"), payload="withdraw")])
    talk.say(_("Your data are yours. What shall I do?"), rows)


async def export(talk: Talk) -> None:
    """All of it, twice: to read, and for a program."""
    found = await known(talk)
    whole = msgspec.json.format(msgspec.json.encode(as_data(talk, found)), indent=1).decode()
    note = _("Your messages stand in this chat itself. The same for a computer (JSON) comes next.")
    talk.say(f"{_('This is what is kept about you:')}\n{told(talk, found)}\n\n{note}")
    talk.say(whole, me_row())


async def withdraw(talk: Talk) -> None:
    await begin(talk, "withdraw")


@conversation("withdraw")
async def withdrawing(talk: Talk) -> None:
    member = await mine(talk)
    if member is None or not member.consent:
        return talk.say(_("There is no consent to withdraw. Nothing is sent to you."), me_row())
    asked = _("Withdraw your consent? Bulletins end at once, and what is kept is used for nothing any more.")
    if not await talk.confirm("sure", asked):
        return talk.say(_("Nothing was changed."), me_row())
    entry = consent.Entry(member.id, member.consent, "withdrawn", talk.event.channel, talk.now)
    talk.change(consent.withdraw, entry)
    talk.contact = talk.contact._replace(consent="")
    erase = [Button(label=_("Erase me"), payload="erase")]
    return talk.say(_("Withdrawn. You can still ask anything. Shall what is kept be deleted, too?"), [erase, *me_row()])
