"""A member corrects what is kept: name, sex, year of birth, phone."""

from nhipcau.handlers.i18n import _, translated
from nhipcau.handlers.member_talk import correct, me_row, mine
from nhipcau.handlers.own_data import SEXES
from nhipcau.handlers.talk import NotAnswered, Option, Talk, begin, conversation
from nhipcau.union import members
from nhipcau.union.members import Member

LONGEST_NAME = 80  # characters
YOUNGEST, OLDEST = 13, 100  # years: light work is allowed from 13 (45/2019/QH14, Article 143)


async def command(talk: Talk) -> None:
    """/correct."""
    await begin(talk, "correct")


@conversation("correct")
async def change(talk: Talk) -> None:
    member = await mine(talk)
    if member is None:
        return talk.say(_("Nothing of that kind is kept about you, so there is nothing to correct."), me_row())
    which = await talk.choose("which", _("What shall be corrected?"), _fields())
    await _CHANGES[which](talk, member)
    return talk.say(_("Corrected."), me_row())


def _fields() -> list[Option]:
    return [
        Option("name", _("Name")),
        Option("sex", _("Sex")),
        Option("born", _("Year of birth")),
        Option("phone", _("Phone")),
    ]


async def _name(talk: Talk, member: Member) -> None:
    name = await talk.value("name", _("What is your full name? Type 0 to have it deleted."), _named)
    correct(talk, member, name=None if name == "0" else " ".join(name.split()))


def _named(text: str) -> None:
    said = text.strip()
    if said != "0" and not (2 <= len(said) <= LONGEST_NAME and any(map(str.isalpha, said))):
        raise NotAnswered(_("A name has 2 to 80 letters."))


async def _sex(talk: Talk, member: Member) -> None:
    options = [Option(code, translated(name).capitalize()) for code, name in SEXES.items()]
    sex = await talk.choose("sex", _("Your sex?"), [*options, Option("none", _("I do not tell"))])
    correct(talk, member, sex="" if sex == "none" else sex)


async def _born(talk: Talk, member: Member) -> None:
    this_year = talk.services.today().year

    def read(text: str) -> None:
        said = text.strip()
        if said != "0" and not (said.isascii() and said.isdigit() and YOUNGEST <= this_year - int(said[:9]) <= OLDEST):
            raise NotAnswered(_("Please type the year in four digits, for example 1990."))

    year = int(await talk.value("born", _("In which year were you born? Type 0 to have it deleted."), read))
    correct(talk, member, birth_year=year or None)


async def _phone(talk: Talk, member: Member) -> None:
    if talk.asks_phone:
        options = [Option("mine", _("Send my number")), Option("none", _("Delete the number"))]
        if member.phone and await talk.choose("number", _("What shall be corrected?"), options) == "none":
            return correct(talk, member, phone=None, phone_proven=False)
        asked = _("Tap the button below: it sends me your own number.")
        digits = await talk.own_phone("shared", asked, _("Send my number"))
        return correct(talk, member, phone=members.phone_of(digits) or digits, phone_proven=True)
    typed = await talk.value("phone", _("Your phone number? Type 0 to have it deleted."), _number)
    phone = None if typed == "0" else members.phone_of(typed)
    return correct(talk, member, phone=phone, phone_proven=False)


def _number(text: str) -> None:
    if text.strip() != "0" and members.phone_of(text) is None:
        raise NotAnswered(_("This is no phone number. For example: 0912 345 678"))


_CHANGES = {"name": _name, "sex": _sex, "born": _born, "phone": _phone}
