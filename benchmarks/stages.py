"""Where an event's time goes: CPU of each stage of a load, in one process: `python -m benchmarks.stages`.

The stages run one after another, a block or a batch at a time. A stage's figure is the sum of its least times over the
rounds, block by block, so that what else runs on the machine counts little.
"""

import argparse
import gc
import pickle
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from benchmarks.engines import add_engine_options, databases, engines_of
from benchmarks.generate import generated
from benchmarks.outcome import Outcome
from cowrie_assets.cowrie.event import Source
from cowrie_assets.cowrie.framing import Framer
from cowrie_assets.ingest.batch_builder import BatchBuilder
from cowrie_assets.ingest.framed_messages import packed
from cowrie_assets.ingest.resolving import Resolver
from cowrie_assets.warehouse.bulk_insert import insert_new_events
from cowrie_assets.warehouse.engine import Warehouse

_BLOCK = 1 << 17
_EVENTS = 20_000


@dataclass
class Watch:
    """Nanoseconds of CPU, each with the stage that they went to, in the order of the work."""

    laps: list[tuple[str, int]] = field(default_factory=list)
    began: int = 0

    def start(self) -> None:
        """What came before belongs to no stage."""
        self.began = time.process_time_ns()

    def lap(self, stage: str) -> None:
        """What came since the last look belongs to `stage`."""
        now = time.process_time_ns()
        self.laps.append((stage, now - self.began))
        self.began = time.process_time_ns()


def main() -> None:
    """The command line."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("--events", type=int, default=100_000)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--data", type=Path, help="where generated logs are kept, or a folder of real ones")
    add_engine_options(parser)
    given = parser.parse_args()
    data = given.data or Path(tempfile.gettempdir()) / f"cowrie-benchmark-{given.events}"
    if not given.data or not data.exists():
        generated(data, events=given.events)
    logs = sorted(data.glob("*/cowrie.json*"))
    gc.disable()  # as in a load
    outcome = Outcome(f"CPU of this process, least of {given.rounds} rounds, us an event")
    with databases() as made:
        for engine in engines_of(given.engine):
            rounds = []
            for _ in range(given.rounds):
                with made.new(engine) as database:
                    rounds.append(_load(logs, database.url))
            events = rounds[0][1]
            stages: dict[str, int] = {}
            for laps in zip(*(watch.laps for watch, _ in rounds), strict=True):
                stages[laps[0][0]] = stages.get(laps[0][0], 0) + min(taken for _, taken in laps)
            for stage, taken in stages.items():
                outcome.add(stage, engine, taken / 1000 / events, "us")
    sys.exit(outcome.finish(given.json))


def _load(logs: Sequence[Path], url: str) -> tuple[Watch, int]:
    watch, events = Watch(), 0
    with Warehouse.open(url) as warehouse:
        resolver = Resolver()
        for body in _read(logs, watch):
            watch.start()
            batch = pickle.loads(body)
            watch.lap("writer: unpickle")
            events += batch.events
            with warehouse.write() as connection:
                watch.start()
                groups = resolver.rows(connection, batch)
                watch.lap("writer: dictionaries, scores, rows")
                insert_new_events(connection, groups, {"log_id": 1, "ingested_at": 1})
                watch.lap("writer: insert")
            watch.lap("writer: commit")
    return watch, events


def _read(logs: Sequence[Path], watch: Watch) -> Iterator[bytes]:
    for log in logs:
        framer, builder = Framer(), BatchBuilder(Source(log.parent.name), 0)
        with log.open("rb", buffering=0) as content:
            watch.start()
            while block := content.read(_BLOCK):
                watch.lap("reader: read")
                items = framer.feed(block)
                watch.lap("reader: lines and JSON (framing)")
                builder.add(items)
                del items, block
                watch.lap("reader: events and columns (batch builder)")
                if builder.batch.events >= _EVENTS:
                    yield _packed(builder, framer, watch)
                    watch.start()
            yield _packed(builder, framer, watch)


def _packed(builder: BatchBuilder, framer: Framer, watch: Watch) -> bytes:
    watch.start()
    body = packed(builder.finish(framer.safe_offset, framer.safe_line))
    watch.lap("reader: pickle")
    return body


if __name__ == "__main__":
    main()
