"""`nhipcau doctor`: what is well, what is not, and what to do about it."""

import asyncio
import shutil
import time
from collections.abc import Awaitable, Callable, Sequence
from datetime import date
from pathlib import Path

import msgspec
import sqlalchemy as sa

from nhipcau import clock
from nhipcau.bot.config import Config, ConfigError, Secrets, load_config, load_secrets
from nhipcau.bot.keys import fault_of_key_file
from nhipcau.channels.failures import SendFailure
from nhipcau.knowledge import revisions
from nhipcau.knowledge.answer import Knowledge
from nhipcau.knowledge.effective import Seed, conflicts, effective
from nhipcau.knowledge.lint import lint_base
from nhipcau.store import outbox
from nhipcau.store.engine import driver_url, is_sqlite
from nhipcau.store.errors import BadDatabaseUrl, NotRotated, StoreError, WrongKey
from nhipcau.store.store import Store, open_store
from nhipcau.union import audit_trail, unit_counts

FREE_BYTES = 1_000_000_000
NETWORK_FILE_SYSTEMS = {"nfs", "nfs4", "cifs", "smb3", "fuse.sshfs", "9p", "vboxsf"}
RELEASED = date(2026, 11, 1)  # a clock that shows an earlier day is wrong
DRIFT = 5.0  # seconds between our clock and the database server's


class Finding(msgspec.Struct, frozen=True, kw_only=True):
    """One thing that was examined."""

    what: str
    well: bool
    sentence: str

    def line(self) -> str:
        return f"{'ok  ' if self.well else 'MEND'} {self.what}: {self.sentence}"


async def examine(path: Path) -> list[Finding]:
    """All findings; an unreadable configuration ends the examination."""
    try:
        config = load_config(path)
        secrets = load_secrets(config)
    except ConfigError as error:
        return [Finding(what="configuration", well=False, sentence=str(error))]
    findings = [
        Finding(what="configuration", well=True, sentence=f"{path} is understood."),
        _clock(),
        _knowledge(),
        *_disk(config),
        *_key(config),
    ]
    return [*findings, *await _database(config, secrets)]


def _key(config: Config) -> list[Finding]:
    try:
        fault = fault_of_key_file(config)
    except BadDatabaseUrl:
        return []  # the database's own finding says so
    return [Finding(what="key", well=not fault, sentence=fault or "members' data are sealed; keep a copy of the key.")]


def _clock() -> Finding:
    today = clock.today()
    return Finding(
        what="clock",
        well=today >= RELEASED,
        sentence=f"it is {today} in Vietnam; answers are given for this day. If it is wrong, set the clock.",
    )


def _knowledge() -> Finding:
    knowledge, findings = Knowledge.load(), lint_base()
    overdue = [one.id for one in knowledge.entries.values() if one.review_by and one.review_by < clock.today()]
    if findings:
        return Finding(what="knowledge", well=False, sentence=f"{len(findings)} findings; run: nhipcau knowledge lint.")
    if overdue:
        return Finding(
            what="knowledge",
            well=False,
            sentence=f"{len(overdue)} entries are past their review, first {overdue[0]}; members are told so.",
        )
    return Finding(what="knowledge", well=True, sentence=f"{len(knowledge.entries)} entries, none past its review.")


def _disk(config: Config) -> list[Finding]:
    try:
        url = driver_url(config.database.url)
    except BadDatabaseUrl:
        return []  # the database's own finding says so
    if not is_sqlite(url):
        return []
    folder = Path(str(url.database)).resolve().parent
    while not folder.exists():
        folder = folder.parent
    free = shutil.disk_usage(folder).free
    findings = [
        Finding(
            what="disk",
            well=free > FREE_BYTES,
            sentence=f"{free / 1e9:.1f} GB free at {folder}; keep at least {FREE_BYTES / 1e9:.0f} GB.",
        )
    ]
    if _file_system(folder) in NETWORK_FILE_SYSTEMS:
        what = "the database lies on a network folder, where SQLite loses data; use a local disk or PostgreSQL."
        findings.append(Finding(what="disk", well=False, sentence=what))
    return findings


def _file_system(folder: Path) -> str:
    """The kind of file system a folder lies on; "" where the system does not tell."""
    try:
        mounts = [line.split() for line in Path("/proc/mounts").read_text(encoding="utf-8").splitlines()]
    except OSError:
        return ""
    under = [(mount[1], mount[2]) for mount in mounts if folder.is_relative_to(mount[1])]
    return max(under, key=lambda mount: len(mount[0]), default=("", ""))[1]


async def _database(config: Config, secrets: Secrets) -> list[Finding]:
    try:
        async with open_store(config.database.url, secrets.keyring) as store:
            found = [await _state(store), *await _drift(store), await _curation(store), await _units(store)]
            return [*found, await _audit(store), *await _channels(config, secrets, store)]
    except (WrongKey, NotRotated) as error:
        return [Finding(what="key", well=False, sentence=str(error))]
    except (StoreError, OSError, sa.exc.SQLAlchemyError) as error:
        what = f"it cannot be opened ({type(error).__name__}: {str(error).splitlines()[0]}); check database.url."
        return [Finding(what="database", well=False, sentence=what)]


async def _state(store: Store) -> Finding:
    async with store.read() as conn:
        states = await outbox.count_by_state(conn)
    doubtful = states.get("failed", 0)
    counted = ", ".join(f"{count} {state}" for state, count in sorted(states.items())) or "no messages yet"
    return Finding(
        what="database",
        well=True,
        sentence=f"open and up to date; outbox: {counted}." + (" See the log for failures." if doubtful else ""),
    )


async def _curation(store: Store) -> Finding:
    """What officers changed in the database."""
    seed = Seed.load()
    async with store.read() as conn:
        served, waiting = await conn.run_sync(lambda sync: (revisions.served(sync), len(revisions.drafts(sync))))
    now, clashes = effective(seed, served), conflicts(seed, served)
    sentence = f"{len(served.entries)} entries changed by officers, {waiting} drafts wait."
    if now.due:
        sentence += f" {len(now.due)} entries rest on a changed figure; run: nhipcau knowledge due."
    if clashes:
        sentence += f" {len(clashes)} entries changed here and in the release; run: nhipcau knowledge conflicts."
    if now.unreadable:
        sentence += f" Not served, for this release cannot read them: {', '.join(now.unreadable)}; edit them again."
    return Finding(what="curation", well=not (now.due or clashes or now.unreadable), sentence=sentence)


async def _units(store: Store) -> Finding:
    """The counters of members against the members themselves."""
    async with store.read() as conn:
        wrong = await conn.run_sync(unit_counts.differing)
    sentence = "the counted members are the members there are."
    if wrong:
        sentence = f"{len(wrong)} units count other members than there are; run: nhipcau units recount."
    return Finding(what="units", well=not wrong, sentence=sentence)


async def _audit(store: Store) -> Finding:
    """The chain; what it cannot show by itself is found by the hashes kept elsewhere."""
    async with store.read() as conn:
        head, broken = await conn.run_sync(audit_trail.verify)
    sentence = f"{head.id} lines, none changed; the last hash is {head.hash or '-'}: keep it elsewhere."
    if broken:
        sentence = f"line {broken[0]} {broken[1]}; find out who can write to the database."
    return Finding(what="audit", well=not broken, sentence=sentence)


async def _drift(store: Store) -> list[Finding]:
    """The server's clock against ours, where the database is a server."""
    if store.reading.dialect.name == "sqlite":
        return []
    async with store.read() as conn:
        theirs = float((await conn.execute(sa.text("SELECT extract(epoch FROM clock_timestamp())"))).scalar_one())
    drift = abs(time.time() - theirs)
    what = f"differs by {drift:.1f} s from the database server's; above {DRIFT:.0f} s set both by NTP."
    return [Finding(what="clock", well=drift < DRIFT, sentence=what)]


async def _channels(config: Config, secrets: Secrets, store: Store) -> list[Finding]:
    from nhipcau.bot.program import build_channels

    try:
        channels = build_channels(config, secrets, store)
    except SendFailure as failure:
        return [Finding(what="channels", well=False, sentence=str(failure))]
    findings: list[Finding] = []
    for channel in channels:
        findings += await _check(channel.name, channel.check)
        await channel.stop()
    return findings


async def _check(name: str, check: Callable[[], Awaitable[Sequence[tuple[bool, str]]]]) -> list[Finding]:
    try:
        found = await asyncio.wait_for(check(), 30)
    except Exception as error:
        return [Finding(what=name, well=False, sentence=f"the check itself failed: {type(error).__name__}.")]
    return [Finding(what=name, well=well, sentence=sentence) for well, sentence in found]
