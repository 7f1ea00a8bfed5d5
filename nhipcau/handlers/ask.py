"""A free question: answered, or narrowed down, or honestly not known."""

from collections.abc import Sequence
from datetime import date, datetime, timedelta

from nhipcau.channels.message import Button
from nhipcau.handlers.answer_text import (
    answer_buttons,
    answer_text,
    deep_buttons,
    deep_text,
    related,
    tag,
    title_button,
    untag,
    vietnamese_date,
)
from nhipcau.handlers.i18n import _, language
from nhipcau.handlers.router import menu_row
from nhipcau.handlers.session import Subject
from nhipcau.handlers.talk import Talk
from nhipcau.knowledge import desk
from nhipcau.knowledge.answer import Answer, Context, Knowledge
from nhipcau.knowledge.entries import Entry
from nhipcau.knowledge.figures import FigureUnknown

LONGEST = 1500  # characters; a longer text is a story, not a question
SUBJECT_LASTS = timedelta(minutes=30)


async def ask(talk: Talk) -> None:
    """Answers free text."""
    text = talk.event.text.strip()
    if not text:
        talk.say(_("I received an empty message. Please type your question in a few words."), menu_row())
    elif len(text) > LONGEST:
        talk.say(_("That is a long text. Please put your question in one or two sentences."), menu_row())
    else:
        asked = talk.services.knowledge.ask(text, talk.services.today(), _context(talk), language.get())
        _answer(talk, text, asked)


def _context(talk: Talk) -> Context | None:
    subject = talk.subject
    if subject is None or talk.now - subject.at > SUBJECT_LASTS:
        return None
    return Context(question=subject.question, entry=subject.entry)


def _answer(talk: Talk, text: str, answer: Answer) -> None:
    question = desk.new_id()
    if answer.outcome == "answer":
        _show(talk, answer, question)
    elif answer.outcome == "choose":
        _offer(talk, answer, question)
    else:
        _unknown(talk, answer, question)
    if answer.why not in ("small_talk", "empty"):
        talk.change(desk.log, _logged(talk, text, answer, question))


def _logged(talk: Talk, text: str, answer: Answer, question: int) -> desk.Asked:
    first = answer.choices[0].entry if answer.choices else answer.stale
    return desk.Asked(
        id=question,
        asked_on=talk.services.today(),
        channel=talk.event.channel,
        language=talk.contact.language,
        text=text,
        outcome=answer.outcome,
        entry=answer.entry or first,
        confidence=answer.confidence,
    )


def _show(talk: Talk, answer: Answer, question: int) -> None:
    knowledge = talk.services.knowledge
    entry, rendered = knowledge.entries[answer.entry or ""], answer.rendered
    if rendered is None:
        return _unknown(talk, answer, question)
    if answer.context is not None:
        talk.subject = _subject(answer.context, talk.now)
    text = answer_text(entry, rendered, answer.as_of)
    talk.say(text, answer_buttons(knowledge, entry, question, answer.as_of))
    return None


def _subject(context: Context, now: datetime) -> Subject:
    return Subject(question=context.question, entry=context.entry, at=now)


def _offer(talk: Talk, answer: Answer, question: int) -> None:
    rows = [[title_button(choice.title, choice.entry, question)] for choice in answer.choices]
    none = Button(label=_("None of these"), payload=f"none:{tag(question)}")
    talk.say(_("Which of these do you mean?"), [*rows, [none]])


def _unknown(talk: Talk, answer: Answer, question: int) -> None:
    if answer.why == "small_talk":
        talk.say(_("Hello! Ask me about wages, working hours, contracts, insurance or your union."), menu_row())
    elif answer.why in ("figure_unknown", "not_yet_valid", "expired"):
        day = vietnamese_date(answer.as_of)
        talk.say(_("I have no checked answer for {day}.").format(day=day) + "\n\n" + _next(talk), _ways(question))
    else:
        talk.say(_("I do not have a sure answer to this question.") + "\n\n" + _next(talk), _ways(question))


def _next(talk: Talk) -> str:
    kept = _("Your question was passed to the union's officers without your name, so that an answer is written.")
    urgent = _("If it is urgent: {contact}").format(contact=talk.services.union.contact)
    return f"{kept}\n{urgent}"


def _ways(question: int) -> list[list[Button]]:
    return [[Button(label=_("Ask an officer to reply"), payload=f"call:{tag(question)}")], *menu_row()]


async def none_of_these(talk: Talk, arguments: Sequence[str]) -> None:
    """None of the offered titles was meant: the question goes to the officers."""
    question = untag(arguments[0]) if arguments else 0
    talk.change(desk.judge, desk.Verdict(question, helpful=False, reason="none"))
    talk.say(_("Then I do not have a sure answer.") + "\n\n" + _next(talk), _ways(question))


async def pick(talk: Talk, arguments: Sequence[str]) -> None:
    """A title was tapped: shows its answer, and notes which entry the question meant."""
    entry = talk.services.knowledge.entries.get(arguments[0] if arguments else "")
    question = untag(arguments[1]) if len(arguments) > 1 else 0
    if entry is None:
        return _withdrawn(talk)
    if question:
        talk.change(desk.choose, desk.Choice(question, entry.id))
    return _open(talk, entry, question, talk.services.today())


def _open(talk: Talk, entry: Entry, question: int, day: date) -> None:
    knowledge = talk.services.knowledge
    try:
        title = knowledge.rendered(entry.id, day).title
    except FigureUnknown:
        talk.say(_("I have no checked answer for {day}.").format(day=vietnamese_date(day)), menu_row())
        return
    # What was asked is kept in the language that is searched.
    talk.subject = Subject(question=title, entry=entry.id, at=talk.now)
    question = question or _tapped(talk, entry, title, day)
    text = answer_text(entry, knowledge.rendered(entry.id, day, language.get()), day)
    talk.say(text, answer_buttons(knowledge, entry, question, day))


def _tapped(talk: Talk, entry: Entry, title: str, day: date) -> int:
    """A title of the menu is a question too: its thumbs, and a wish for a reply, need one to belong to."""
    answer = Answer(outcome="answer", as_of=day, entry=entry.id, confidence=1.0)
    question = desk.new_id()
    talk.change(desk.log, _logged(talk, title, answer, question))
    return question


async def deep(talk: Talk, arguments: Sequence[str]) -> None:
    """More of the answer: exceptions and examples, as of the day the answer was given for."""
    found = _found(talk, arguments)
    if found is None or not found[0].deep:
        return _withdrawn(talk)
    entry, question, day = found
    rendered = talk.services.knowledge.rendered(entry.id, day, language.get())
    buttons = deep_buttons(talk.services.knowledge, entry, question, day)
    return talk.say(deep_text(entry, rendered, day), [*buttons, *menu_row()])


async def show_related(talk: Talk, arguments: Sequence[str]) -> None:
    """Titles of related entries, as of today: that is the day their answers will be given for."""
    found = _found(talk, arguments)
    if found is None:
        return _withdrawn(talk)
    knowledge, today = talk.services.knowledge, talk.services.today()
    titles = ((one, _title(knowledge, one, today)) for one in related(knowledge, found[0]))
    rows = [[title_button(title, one.id, 0)] for one, title in titles if title]
    return talk.say(_("Related questions"), [*rows, *menu_row()])


def _title(knowledge: Knowledge, entry: Entry, day: date) -> str:
    """The title, or "" where the entry has no figures for that day."""
    try:
        return knowledge.rendered(entry.id, day, language.get()).title
    except FigureUnknown:
        return ""


def _found(talk: Talk, arguments: Sequence[str]) -> tuple[Entry, int, date] | None:
    """What a button of an answer carries: entry, question, day. None where it was made up or withdrawn."""
    if len(arguments) != 3:
        return None
    try:
        day = datetime.strptime(arguments[2], "%Y%m%d").date()  # noqa: DTZ007
        talk.services.knowledge.rendered(arguments[0], day)
    except (ValueError, KeyError, FigureUnknown):
        return None
    return talk.services.knowledge.entries[arguments[0]], untag(arguments[1]), day


def _withdrawn(talk: Talk) -> None:
    talk.say(_("This answer has been withdrawn or replaced. Please ask again."), menu_row())


async def helpful(talk: Talk, arguments: Sequence[str]) -> None:
    """A thumb up."""
    talk.change(desk.judge, desk.Verdict(untag(arguments[0]) if arguments else 0, helpful=True))
    talk.say(_("Thank you, noted."))
