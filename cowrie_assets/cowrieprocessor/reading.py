"""A table of cowrieprocessor, read as what one load step after the other writes: here, or in a process of its own."""

from collections.abc import Callable, Generator, Mapping
from dataclasses import dataclass, field
from hashlib import blake2b
from pathlib import Path
from typing import NamedTuple

from sqlalchemy.engine import URL

from cowrie_assets.cowrie.event import Source as EventSource
from cowrie_assets.cowrieprocessor.contents import Content, contents
from cowrie_assets.cowrieprocessor.source import Source, SourceRow, Stretch
from cowrie_assets.ingest.batch import Batch
from cowrie_assets.ingest.batch_builder import BatchBuilder
from cowrie_assets.ingest.sources import Sources
from cowrie_assets.sensor_registry import SensorRegistry

_MOST_BYTES = 16 * 1024 * 1024
"""Of the payloads of the rows of a step."""


class Made(NamedTuple):
    """What some rows of the logs of a folder are. Its batch begins at 0: only who writes it knows where it does."""

    folder: str
    rows: int
    restored: int
    """Events that the loader had changed, as Cowrie wrote them."""
    batch: Batch


@dataclass(frozen=True, slots=True)
class ImportTask:
    """Which rows to read, and how."""

    url: URL
    """Of the database; it may hold a secret."""
    stretch: Stretch
    after: int
    """The number that they lie behind."""
    most: int
    """Rows that a step writes."""
    max_line_bytes: int
    registry: SensorRegistry
    names: Mapping[str, str] = field(default_factory=dict)
    """Of folders, the name that events bear which name no sensor, where the ledger has another than the folder's."""

    def read(self, _ask: Callable[[], None]) -> Generator[list[Made]]:
        """The steps, from a connection of their own. Raises SourceError."""
        with Source.at(self.url) as source:
            yield from steps(source, self)


def steps(source: Source, task: ImportTask) -> Generator[list[Made]]:
    """What the rows are, by the folders of their logs, as many at a time as one step writes. Raises SourceError."""
    known_as = Sources(task.registry)
    sources: dict[str, EventSource] = {}
    after = task.after
    while rows := source.rows(task.stretch, after, task.most, _MOST_BYTES):
        after = rows[-1].id
        made = []
        for folder, content in contents(task.stretch, rows, task.max_line_bytes).items():
            if folder not in sources:
                lies_in = Path(folder)
                sources[folder] = known_as.of(task.names.get(folder, lies_in.name or "/"), lies_in)
            made.append(Made(folder, content.rows, content.restored, _batch(content, sources[folder])))
        yield made


def checkpoint(row: SourceRow) -> bytes:
    """What tells whether the row that was read last is still the same."""
    digest = blake2b(row.source.encode("utf-8", "surrogatepass") + b"\0", digest_size=16)
    digest.update(row.payload)
    return digest.digest()


def _batch(content: Content, source: EventSource) -> Batch:
    assert content.last is not None  # noqa: S101  (for mypy: a content has rows)
    builder = BatchBuilder(source, 0)
    builder.add(content.items)
    builder.batch.dead_letters += content.letters
    batch = builder.finish(content.last.id + 1, 0)
    batch.checkpoint = checkpoint(content.last)
    return batch
