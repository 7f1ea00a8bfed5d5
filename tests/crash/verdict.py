"""Was anything lost, doubled or misplaced? Three witnesses: what people did, what they heard, the database."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence

from nhipcau.handlers.answer_text import tag, untag
from nhipcau.store.outbox import State
from tests.crash.ledger import Ledger, Letter
from tests.crash.people import Look, Said, carried, look
from tests.emulators.telegram_people import Sent


class Chat:
    """One chat's evidence. `replies[k]` is the letter that answers `said[k]`."""

    def __init__(self, said: Sequence[Said], heard: Sequence[Sent], letters: Sequence[Letter]) -> None:
        self.said = said
        self.replies = [letter for letter in letters if letter.about is None]
        self.notices = {letter.about: letter for letter in letters if letter.about is not None}
        self.arrivals: Counter[int] = Counter()
        self.order: list[int] = []
        self.strangers: list[str] = []  # messages that no letter accounts for
        for message in heard:
            self._account_for(message, letters)

    def _account_for(self, message: Sent, letters: Sequence[Letter]) -> None:
        """Finds a message's letter: by the receipt, else it is one whose receipt the bot did not live to keep."""
        known = [one for one in letters if one.receipt == str(message.message_id)]
        possible = known or [one for one in letters if self._may_be(one, look(message))]
        if not possible or possible[0].look != look(message):
            self.strangers.append(message.text)
            return
        letter = possible[0]
        self.arrivals[letter.id] += 1
        if letter.about is None and len(possible) == 1:
            self.order.append(letter.id)

    def _may_be(self, letter: Letter, seen: Look) -> bool:
        """A reply leaves unseen at most once; a notice as often as it was tried, for it does nothing by itself."""
        if letter.look != seen:
            return False
        if letter.about is not None:
            return self.arrivals[letter.id] < letter.attempts
        return letter.state == State.IN_DOUBT and not self.arrivals[letter.id]

    @property
    def doubtful(self) -> list[Letter]:
        return [letter for letter in self.replies if letter.state == State.IN_DOUBT]

    @property
    def answered(self) -> int:
        """Questions whose answer its reader has."""
        return sum(said.kind == "question" and self.fulfilled(reply) for said, reply in self._turns())

    def fulfilled(self, letter: Letter) -> bool:
        """Whether its reader has it: at once, or by asking for it again."""
        if self.arrivals[letter.id]:
            return True
        copies = [copy for said, copy in self._turns() if said.what == f"again:{tag(letter.id)}"]
        return any(copy.look == letter.look and copy.id > letter.id and self.fulfilled(copy) for copy in copies)

    def lost(self) -> Iterator[str]:
        """What was done and led to nothing."""
        yield from (f"no reply to {said}" for said in self.said[len(self.replies) :])
        yield from (f"never arrived, for {said}" for said, reply in self._turns() if not self.fulfilled(reply))

    def doubled(self) -> Iterator[str]:
        """What came more often than it was asked for."""
        yield from (f"from nowhere: {text}" for text in self.strangers)
        yield from (f"an extra reply: {letter.look}" for letter in self.replies[len(self.said) :])
        yield from (f"twice: {letter.look}" for letter in self.replies if self.arrivals[letter.id] > 1)

    def misplaced(self, events: Sequence[str], texts: Mapping[int, str]) -> Iterator[str]:
        """What was stored, answered or delivered in another order than it was said."""
        if list(events) != [said.event_id for said in self.said]:
            yield "stored in another order"
        if self.order != sorted(self.order):
            yield "delivered in another order"
        for said, reply in self._turns():
            if not _fits(said, reply.look, texts, {one.id: one.look for one in self.replies}):
                yield f"{said} was answered with {reply.look}"

    def not_told(self) -> Iterator[str]:
        """Letters in doubt whose reader was not told so."""
        for letter in self.doubtful:
            notice = self.notices.get(letter.id)
            if notice is None or not self.arrivals[notice.id]:
                yield f"nobody told of {letter.look}"

    def _turns(self) -> Iterator[tuple[Said, Letter]]:
        return zip(self.said, self.replies, strict=False)


def _fits(said: Said, reply: Look, texts: Mapping[int, str], earlier: Mapping[int, Look]) -> bool:
    """Whether this reply belongs to what was said."""
    payloads = reply[1]
    if said.kind == "question":
        return texts.get(_about(payloads)) == said.what
    name, _, rest = said.what.partition(":")
    if name == "again":
        return earlier.get(untag(rest)) == reply
    if name == "c" and rest.endswith(":wrong"):
        return bool(carried(payloads, "call"))
    if name in ("down", "call", "/language"):
        value = {"down": "wrong", "call": "yes", "/language": "en"}[name]
        return carried(payloads, "c").endswith(f":{value}") or any(one.endswith(f":{value}") for one in payloads)
    return not payloads


def _about(payloads: tuple[str, ...]) -> int:
    return untag(carried(payloads, "up", "call", "none").partition(":")[2])


def wrong_effects(people: Mapping[int, Sequence[Said]], ledger: Ledger) -> Iterator[str]:
    """Effects that are missing, repeated, or of another kind than people asked for."""
    everything = [said for one in people.values() for said in one]
    asked = Counter(said.what for said in everything if said.kind == "question")
    if asked != Counter(row.text for row in ledger.questions):
        yield "the log of questions differs from what was asked"
    thumbs = {untag(said.what.partition(":")[2]): said.what for said in everything if said.what[:3] in ("up:", "dow")}
    for row in ledger.questions:
        verdict = thumbs.get(row.id, "").partition(":")[0]
        if (row.helpful, row.reason) != {"up": (True, None), "down": (False, "wrong"), "": (None, None)}[verdict]:
            yield f"{row.text}: {verdict!r} became {row.helpful}, {row.reason}"
    if Counter(_wishes(people)) != Counter((int(row.chat), row.question) for row in ledger.callbacks):
        yield "the wishes to be called back differ from what was agreed to"
    for chat, said in people.items():
        chosen = [one.what[-2:] for one in said if one.what[-3:] in (":vi", ":en")]
        if chosen and ledger.languages.get(chat) != chosen[-1]:
            yield f"{chat} chose {chosen[-1]} and is spoken to in {ledger.languages.get(chat)}"


def _wishes(people: Mapping[int, Sequence[Said]]) -> Iterator[tuple[int, int]]:
    for chat, said in people.items():
        called = 0
        for one in said:
            if one.what.startswith("call:"):
                called = untag(one.what.partition(":")[2])
            elif one.what.startswith("c:") and one.what.endswith(":yes"):
                yield chat, called
