"""Replaying dead letters: what can be read as an event today, or was edited to be one, is stored as one.

Replaying twice changes nothing: what became an event is resolved, and what is still dead stays as it is.
"""

from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field

import orjson
from sqlalchemy import Connection, select

from cowrie_assets.activity import phase
from cowrie_assets.errors import UserError
from cowrie_assets.ingest.dead_letters import Replayed
from cowrie_assets.ingest.replayed_letters import (
    EDITED,
    JOINED,
    REPLAYED,
    Letters,
    ReadLetters,
    StillDeadError,
    StoredLetter,
    stored_letters,
)
from cowrie_assets.ingest.sources import StoredSources
from cowrie_assets.ingest.step import StepWriter
from cowrie_assets.ingest.torn_events import torn_events
from cowrie_assets.progress import Progress, ProgressSink, silent
from cowrie_assets.settings import Settings
from cowrie_assets.summaries.refresh import refresh
from cowrie_assets.summaries.refresh_day import RefreshResult
from cowrie_assets.warehouse.chunks import MOST_BINDS, chunks
from cowrie_assets.warehouse.engine import Warehouse
from cowrie_assets.warehouse.schema import dead_letters
from cowrie_assets.warehouse.sql import statement

_CHARACTERS = 16 * 1024 * 1024
"""Of contents that are in memory at a time, but at least one letter."""


class EditedError(UserError):
    """A file of edited contents is not what `dead-letters export` writes."""


@dataclass(slots=True)
class ReplayResult:
    """What became of dead letters, or would in a dry run."""

    dry_run: bool = False
    replayed: int = 0
    """Letters that became an event by what they say."""
    edited: int = 0
    """Letters that became one as somebody edited them."""
    joined: int = 0
    """Letters that became one with the half before them."""
    new: int = 0
    """Of all these events those that were not known."""
    archived: int = 0
    """Of all these events those of sealed days."""
    left: Counter[str] = field(default_factory=Counter)
    """Why others stay dead letters, and how many of them."""
    refresh: RefreshResult | None = None

    @property
    def letters(self) -> int:
        """How many became an event."""
        return self.replayed + self.edited + self.joined


@phase("replay")
def replay(
    warehouse: Warehouse,
    settings: Settings,
    *,
    reason: str | None = None,
    ids: Collection[int] | None = None,
    edited: Mapping[int, str] | None = None,
    dry_run: bool = False,
    progress: ProgressSink = silent,
) -> ReplayResult:
    """Replay dead letters that nobody resolved: all, those of a `reason`, or those that `ids` names; and bring the
    summaries up to date.

    `edited` has contents in the place of those that are kept, by `dead_letters.id`: then these letters are meant, each
    as it reads there. Else halves of events that are torn over two logs are joined as well.
    """
    run = _Run(warehouse, settings, edited or {}, ReplayResult(dry_run))
    if edited is not None:
        ids = edited.keys()
    elif ids is None and reason in (None, "invalid_json"):
        run.join()
    if ids is None:
        run.replay_all(reason or "", progress)
    else:
        run.replay_some(sorted(ids))
    if run.result.letters and not dry_run:
        run.result.refresh = refresh(warehouse, progress=progress)
    return run.result


def edited_contents(lines: Iterable[bytes]) -> dict[int, str]:
    """The contents by `dead_letters.id` that lines such as `dead-letters export` writes hold. Raises EditedError."""
    found: dict[int, str] = {}
    for number, line in enumerate(lines, 1):
        if not line.strip():
            continue
        try:
            letter = orjson.loads(line)
        except orjson.JSONDecodeError:
            raise EditedError(f"line {number} is no JSON") from None
        if not isinstance(letter, dict) or type(letter.get("id")) is not int or type(letter.get("content")) is not str:
            raise EditedError(f'line {number} has not both a number "id" and a text "content"')
        if letter["id"] in found:
            raise EditedError(f"line {number} is the second one of dead letter {letter['id']}")
        found[letter["id"]] = letter["content"]
    return found


def join_torn_events(warehouse: Warehouse, settings: Settings) -> int:
    """Join the halves of events that are torn over two logs, and bring the summaries up to date; tell how many."""
    run = _Run(warehouse, settings, {}, ReplayResult())
    run.join()
    if run.result.joined:
        refresh(warehouse)
    return run.result.joined


class _Run:
    def __init__(
        self, warehouse: Warehouse, settings: Settings, edited: Mapping[int, str], result: ReplayResult
    ) -> None:
        self.result = result
        self._warehouse = warehouse
        self._limit = settings.max_line_bytes
        self._collector = settings.collector
        self._edited = edited
        self._joined: set[int] = set()
        """Letters that became an event with the half before them: in a dry run nothing else says so."""
        self._sources = StoredSources(settings.registry)
        configured = frozenset(sensor.name for sensor in settings.registry.sensors)
        self._writer = StepWriter(warehouse, configured, read_limit=self._limit, privacy_key=settings.privacy_key)

    def join(self) -> None:
        """Join halves of events."""
        for letter, content in torn_events(self._warehouse, self._collector, self._limit):
            if letter.id not in self._joined and self._write(letter.log_id, {letter.id: content}, JOINED):
                self._joined.add(letter.id)
                self.result.joined += 1

    def replay_all(self, reason: str, progress: ProgressSink) -> None:
        """Replay every letter that nobody resolved."""
        with self._warehouse.read() as connection:
            total = connection.execute(statement("ingest/count_letters"), {"reason": reason}).scalar_one()
        done, after = 0, 0
        while ids := self._next(reason, after):
            progress(Progress("replay", min(done, total), total, "dead letters"))
            self._replay(ids)
            done, after = done + len(ids), ids[-1]
        progress(Progress("replay", total, total, "dead letters"))

    def replay_some(self, ids: Sequence[int]) -> None:
        """Replay the letters of these numbers."""
        for some in chunks(ids):
            with self._warehouse.read() as connection:
                known = set(connection.execute(select(dead_letters.c.id).where(dead_letters.c.id.in_(some))).scalars())
            self.result.left["there is no dead letter of this number"] += len(some) - len(known)
            self.result.left["it is resolved"] += len(known) - self._replay(sorted(known))
        self.result.left = +self.result.left

    def _next(self, reason: str, after: int) -> list[int]:
        """The next letters behind number `after`: as many as may be in memory."""
        ids: list[int] = []
        characters = 0
        binds = {"reason": reason, "after": after, "limit": MOST_BINDS}
        with self._warehouse.read() as connection:
            for number, length in connection.execute(statement("ingest/letters_to_replay"), binds):
                characters += length
                if ids and characters > _CHARACTERS:
                    break
                ids.append(number)
        return ids

    def _replay(self, ids: Sequence[int]) -> int:
        """Replay those of the letters that nobody resolved; how many these are."""
        with self._warehouse.read() as connection:
            letters = stored_letters(connection, [number for number in ids if number not in self._joined])
            as_kept, as_edited = self._readable(connection, letters)
        for log_id, contents in as_kept.items():
            self.result.replayed += self._write(log_id, contents, REPLAYED)
        for log_id, contents in as_edited.items():
            self.result.edited += self._write(log_id, contents, EDITED)
        return len(letters)

    def _readable(
        self, connection: Connection, letters: Sequence[StoredLetter]
    ) -> tuple[dict[int, dict[int, bytes]], dict[int, dict[int, bytes]]]:
        """Those of the letters that read as an event, as they are kept and as they were edited: by log, by letter."""
        as_kept: dict[int, dict[int, bytes]] = {}
        as_edited: dict[int, dict[int, bytes]] = {}
        for letter in letters:
            try:
                other = self._edited.get(letter.id, letter.content)
                is_edited = other.strip() != letter.content.strip()
                content = other.encode("utf-8", "surrogatepass") if is_edited else letter.line
                Letters(self._sources.of(connection, letter.log_id), self._limit).add(letter, content)
            except StillDeadError as error:
                self.result.left[str(error)] += 1
            else:
                (as_edited if is_edited else as_kept).setdefault(letter.log_id, {})[letter.id] = content
        return as_kept, as_edited

    def _write(self, log_id: int, contents: Mapping[int, bytes], resolution: str) -> int:
        """Store letters of a log as what `contents` says of each; how many became an event."""
        if self.result.dry_run:
            with self._warehouse.read() as connection:
                return len(self._read(connection, log_id, contents).ids)
        done = self._writer.replay(log_id, lambda connection: self._read(connection, log_id, contents), resolution)
        self._count(done)
        return done.lines

    def _read(self, connection: Connection, log_id: int, contents: Mapping[int, bytes]) -> ReadLetters:
        """The letters that nobody resolved by now, as events."""
        letters = Letters(self._sources.of(connection, log_id), self._limit)
        for letter in stored_letters(connection, contents):
            try:
                letters.add(letter, contents[letter.id])
            except StillDeadError:  # the half that was tried is not this one's
                continue
        return letters.finish()

    def _count(self, done: Replayed) -> None:
        self.result.new += done.events
        self.result.archived += done.archived
