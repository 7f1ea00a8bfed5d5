"""A thumb down: what was wrong with the answer?"""

from collections.abc import Sequence

from nhipcau.channels.message import Button
from nhipcau.handlers.answer_text import tag, untag
from nhipcau.handlers.i18n import _
from nhipcau.handlers.talk import Option, Talk, begin, conversation
from nhipcau.knowledge import desk


async def not_helpful(talk: Talk, arguments: Sequence[str]) -> None:
    """The thumb counts at once; the reason is asked for afterwards and may be left out."""
    question = untag(arguments[0]) if arguments else 0
    talk.change(desk.judge, desk.Verdict(question, helpful=False))
    await begin(talk, "unhelpful", question=str(question))


@conversation("unhelpful")
async def unhelpful(talk: Talk) -> None:
    reason = await talk.choose("reason", _("Noted. What was wrong with it?"), _reasons())
    words = ""
    if reason == "other":
        words = (await talk.collect("words", _("Please tell in a few words what you were looking for."), 500)).text
    question = int(talk.context["question"])
    told = f"{reason}: {desk.mask(words)}" if words else reason
    talk.change(desk.judge, desk.Verdict(question, helpful=False, reason=told))
    talk.say(_("Thank you. The officers will look at this answer."), [[_officer(question)]])


def _reasons() -> list[Option]:
    return [
        Option("not-my-question", _("It answers another question")),
        Option("wrong", _("It is wrong or out of date")),
        Option("unclear", _("I do not understand it")),
        Option("other", _("Something else")),
    ]


def _officer(question: int) -> Button:
    return Button(label=_("Ask an officer to reply"), payload=f"call:{tag(question)}")
