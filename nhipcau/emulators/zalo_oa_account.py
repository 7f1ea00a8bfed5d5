"""The Official Account: who it is, whom it knows, what was sent, what the client under test did wrong."""

import asyncio
import random
import secrets
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from urllib.parse import urlsplit

import aiohttp

from nhipcau.emulators.zalo_bot_clock import VIETNAM, Clock
from nhipcau.emulators.zalo_oa_chat import FROM_OA, Seen
from nhipcau.emulators.zalo_oa_messages import Dialect
from nhipcau.emulators.zalo_oa_people import Person, new_message_id, new_uid
from nhipcau.emulators.zalo_oa_places import Group, Visitor
from nhipcau.emulators.zalo_oa_postman import Postman, signature
from nhipcau.emulators.zalo_oa_stock import Article, Asset, Template
from nhipcau.emulators.zalo_oa_tokens import Refresh, Tokens
from nhipcau.emulators.zalo_oa_trouble import Trouble
from nhipcau.emulators.zalo_oa_uploads import Uploads

Json = dict[str, Any]

ECHOES = ("text", "image", "gif", "list", "file", "sticker")


@dataclass
class Request:
    """One call of the client, whatever became of it. `error`: the answer's number; None: it got no such answer."""

    method: str
    path: str
    fields: Json = field(repr=False)
    status: int
    error: int | None
    at: float


@dataclass(frozen=True)
class Identity:
    """What an operator copies into the configuration. By default everything is new each time."""

    oa_id: str = field(default_factory=new_uid)
    app_id: str = field(default_factory=new_uid)
    app_secret: str = field(default_factory=lambda: secrets.token_urlsafe(15))
    oa_secret: str = field(default_factory=lambda: secrets.token_urlsafe(15))


class Account:
    """Public attributes may be changed while it runs; where the sources disagree, there is one for each way."""

    def __init__(self, clock: Clock | None = None, identity: Identity | None = None) -> None:
        self.clock = clock or Clock()
        who = identity or Identity()
        self.oa_id, self.app_id = who.oa_id, who.app_id
        self.app_secret, self.oa_secret = who.app_secret, who.oa_secret
        self.name = "Nhịp Cầu"
        self.api_url = self.oauth_url = self.zbs_url = ""
        self.tokens = Tokens(self.clock, self.app_id, self.app_secret)
        self.violations = self.tokens.violations
        self.postman = Postman(self.clock, self.notify, self._sign)
        self.dialect = Dialect()
        self.people: dict[str, Person] = {}
        self.groups: dict[str, Group] = {}
        self.visitors: dict[str, Visitor] = {}
        self.uploads = Uploads(self.clock)
        self.articles: dict[str, Article] = {}
        self.article_polls = 1  # how often verify says "still processing"
        self.broadcasts: list[tuple[str, float]] = []  # who got one, when
        self.broadcasts_a_month = 4  # for one follower; old packages: 1, 4, 6
        self.templates: dict[str, Template] = {}
        self.templates_sent: Counter[str] = Counter()  # by day
        self.templates_a_day = 5000
        self.zca_connected = True  # the account that pays for templates
        self.zca_messages = 100_000  # so many it can pay
        self.assets: dict[str, Asset] = {}
        self.requests: list[Request] = []
        self.with_quota = False  # the `quota` object in answers; it disappeared in March 2026
        self.error_as_text = False  # "error": "0" instead of 0
        self.closed_window_code = -230  # or -232
        self.proof_required = False  # the header appsecret_proof
        self.requests_per_minute = 4000  # of the app; the package's own is `oa_requests_per_minute`, 0: none
        self.oa_requests_per_minute = 0
        self.package_messages = 500  # consultation messages a month after the first 48 hours
        self.counted_messages = 0
        self.minute = self.in_minute = 0
        self.in_flight = 0
        self.closing = False
        self._troubles: list[Trouble] = []
        self._changed = asyncio.Event()

    # ---- people's side

    def person(self, **profile: Any) -> Person:
        """Somebody new, whom the OA has not met: who neither follows nor has written."""
        person = Person(self, **profile)
        self.people[person.id] = person
        return person

    def visitor(self) -> Visitor:
        """Somebody without a name, in the widget of a website."""
        visitor = Visitor(self)
        self.visitors[visitor.id] = visitor
        return visitor

    def group(self, *members: Person, name: str = "group") -> Group:
        """A group that exists already."""
        group = Group(self, name, list(members))
        self.groups[group.id] = group
        return group

    def asset(self, product_type: str = "gmf100") -> Asset:
        """The right to make one group: gmf10, gmf50, gmf100, gmf1000."""
        asset = Asset(product_type)
        self.assets[asset.id] = asset
        return asset

    def template(self, id: str, *parameters: str, **more: Any) -> Template:  # noqa: A002
        """A template that was approved."""
        template = Template(id, frozenset(parameters), **more)
        self.templates[id] = template
        return template

    def trouble(self, kind: int | str, endpoint: str | None = None, times: int = 1) -> None:
        """The next `times` calls of `endpoint` (None: those that send) meet this trouble: see zalo_oa_trouble."""
        self._troubles.append(Trouble(kind, endpoint, times))

    def heal(self) -> None:
        """Takes back all troubles."""
        self._troubles.clear()

    def emit(self, event_name: str, *, headers: dict[str, str] | None = None, **fields: Any) -> Json:
        """Sends any event to the webhook; gives it as sent."""
        event = {"app_id": self.app_id, **fields, "event_name": event_name, "timestamp": str(self.clock.milliseconds())}
        self.postman.put(event, headers)
        return event

    def write_by_hand(self, person: Person, text: str, admin_id: str = "4829104729104729107") -> Json:
        """One of the OA's people answers in the console, beside the program. Its toggle must be on."""
        seen = Seen(new_message_id(), FROM_OA, text, self.clock.now())
        person.chat.append(seen)
        sides: Json = {"sender": {"id": self.oa_id, "admin_id": admin_id}, "recipient": {"id": person.id}}
        return self.emit("oa_send_text", **sides, message={"msg_id": seen.message_id, "text": text})

    async def verifies_domain(self, code: str) -> bool:
        """Whether the webhook's server proves that its domain is ours, by the file zalo_verifier<code>.html."""
        address = f"{urlsplit(self.webhook_url)._replace(path='', query='').geturl()}/zalo_verifier{code}.html"
        async with aiohttp.ClientSession() as session, session.get(address) as response:
            return response.status == 200 and code in await response.text()

    async def probe(self, body: bytes = b"") -> int:
        """Asks the webhook without signature: an empty probe, or the console's test. Gives its status."""
        async with aiohttp.ClientSession() as session:
            return await self.postman.post(session, body, {})

    def duplicate_webhooks(self, copies: int) -> None:
        """From now on each event comes this many times more. 0 ends it."""
        self.postman.copies = copies

    def shuffle_webhooks(self, seed: int | None) -> None:
        """From now on events come in any order. None ends it."""
        self.postman.shuffler = None if seed is None else random.Random(seed)

    def subscribe(self) -> None:
        """Switches the webhook on again by hand, after the ladder's last step switched it off."""
        self.postman.subscribed = True
        self.notify()

    async def settled(self, timeout: float = 10) -> None:  # noqa: ASYNC109 - a test's patience
        """Waits until no event is due and no request is being answered. Raises TimeoutError."""
        await self.until(lambda: self.postman.settled and not self.in_flight, timeout)

    async def until(self, condition: Callable[[], Any], timeout: float = 5) -> None:  # noqa: ASYNC109
        """Waits until something in here makes `condition()` true. Raises TimeoutError."""
        async with asyncio.timeout(timeout):
            while not condition():
                self._changed.clear()
                await self._changed.wait()

    def notify(self) -> None:
        """Something changed: whoever waits looks again."""
        self._changed.set()
        self.postman.changed.set()

    def close(self) -> None:
        """Ends the calls that are kept waiting."""
        self.closing = True
        self.notify()

    # ---- what a test or an operator needs to know

    @property
    def access_token(self) -> str:
        """The one that holds now."""
        return self.tokens.access_token

    @property
    def refresh_token(self) -> str:
        """The one that holds now."""
        return self.tokens.refresh_token

    @property
    def refreshes(self) -> list[Refresh]:
        return self.tokens.refreshes

    @property
    def webhook_url(self) -> str:
        return self.postman.url

    @webhook_url.setter
    def webhook_url(self, url: str) -> None:
        self.postman.url = url
        self.notify()

    def today(self) -> str:
        """The day in Vietnam."""
        return f"{datetime.fromtimestamp(self.clock.now(), VIETNAM):%Y-%m-%d}"

    # ---- the client's side

    def breach(self, sentence: str) -> None:
        """Notes what a sound client never does."""
        self.violations.append(sentence)

    def meets(self, path: str) -> Trouble | None:
        """The trouble this call runs into, if any."""
        found = next((one for one in self._troubles if one.concerns(path)), None)
        if found:
            found.times -= 1
        return found

    def deliver(self, person: Person, **content: Any) -> Seen:
        """Puts a message onto a person's phone."""
        seen = Seen(new_message_id(), FROM_OA, content.pop("text", ""), self.clock.now(), **content)
        person.chat.append(seen)
        told: Json = {"msg_id": seen.message_id, "text": seen.text}
        sides: Json = {"sender": {"id": self.oa_id}, "recipient": {"id": person.id}, "user_id_by_app": person.id_by_app}
        self.emit(f"oa_send_{seen.kind if seen.kind in ECHOES else 'template'}", **sides, message=told)
        self.emit("user_received_message", **sides, message={"msg_id": seen.message_id})
        self.notify()
        return seen

    def _sign(self, body: bytes, timestamp: str) -> str:
        return signature(self.app_id, body, timestamp, self.oa_secret)
