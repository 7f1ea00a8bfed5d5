"""Changing the language the bot speaks."""

from nhipcau.handlers.i18n import LANGUAGES, _, language
from nhipcau.handlers.member_talk import correct, mine
from nhipcau.handlers.talk import Option, Talk, begin, conversation


async def command(talk: Talk) -> None:
    await begin(talk, "language")


@conversation("language")
async def choose_language(talk: Talk) -> None:
    options = [Option(code, name) for code, name in LANGUAGES.items()]
    chosen = await talk.choose("language", _("Which language shall I speak?"), options)
    language.set(chosen)
    talk.contact = talk.contact._replace(language=chosen)
    member = await mine(talk)
    if member is not None:
        correct(talk, member, language=chosen)  # bulletins come in it, too
    talk.say(_("I will speak English from now on."))
