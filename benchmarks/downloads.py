"""What examining the downloads' folder costs: `python -m benchmarks.downloads --files 50000`.

Writes so many small files, a third of them variants of a few, examines them all, and once more with nothing new; then
looks for the neighbours of 500. Exit code 1 where the second half of the files takes 1.5 times the first, or a look
for neighbours more than 50 ms.
"""

import argparse
import random
import statistics
import sys
import tempfile
import time
from collections.abc import Callable
from hashlib import sha256
from pathlib import Path

from sqlalchemy import text

from benchmarks.engines import Database, add_engine_options, databases, engines_of
from benchmarks.outcome import Outcome
from cowrie_assets.enrichment.downloads import examine_downloads
from cowrie_assets.progress import Progress
from cowrie_assets.summaries.similar_files import similar_files
from cowrie_assets.warehouse.engine import Warehouse

_BYTES = 4_096
_FAMILIES = 7
_LOOKS = 500
_MOST_GROWTH = 1.5
_MOST_SECONDS = 0.05


def main() -> None:
    """The command line."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("--files", type=int, default=50_000)
    add_engine_options(parser)
    given = parser.parse_args()
    outcome = Outcome(f"{given.files:,} files of {_BYTES:,} bytes")
    with tempfile.TemporaryDirectory() as folder, databases() as made:
        _write(Path(folder), given.files)
        for engine in engines_of(given.engine):
            with made.new(engine) as database, Warehouse.open(database.url) as warehouse:
                _measure(warehouse, database, Path(folder), outcome)
    sys.exit(outcome.finish(given.json, {}))


def _measure(warehouse: Warehouse, database: Database, folder: Path, outcome: Outcome) -> None:
    halves: list[float] = []

    def note(progress: Progress) -> None:
        if progress.total and progress.done * 2 // progress.total >= len(halves):
            halves.append(time.process_time())

    def add(name: str, value: float, unit: str = "s", bound: float | None = None) -> None:
        outcome.add(name, database.engine, value, unit, bound=bound)

    add("all files", _seconds(lambda: examine_downloads(warehouse, [folder], progress=note)))
    first, second = halves[1] - halves[0], halves[2] - halves[1]
    add("the second half against the first, processor time", second / first, "x", _MOST_GROWTH)
    add("nothing is new", _seconds(lambda: examine_downloads(warehouse, [folder])))
    with warehouse.read() as connection:
        some = connection.execute(
            text("SELECT shasum_id FROM downloaded_contents ORDER BY sha1 LIMIT :most"), {"most": _LOOKS}
        )
        each = [_seconds(lambda one=one: similar_files(connection, one)) for one in some.scalars().all()]
    add("neighbours of a file, median", statistics.median(each), bound=_MOST_SECONDS)


def _write(folder: Path, files: int) -> None:
    chance = random.Random(11)
    families = [bytearray(chance.randbytes(_BYTES)) for _ in range(_FAMILIES)]
    for number in range(files):
        content = bytearray(chance.randbytes(_BYTES))
        if number % 3 == 0:
            content = bytearray(families[number % _FAMILIES])
            place = chance.randrange(_BYTES - 40)
            content[place : place + 40] = chance.randbytes(40)
        (folder / sha256(content).hexdigest()).write_bytes(content)


def _seconds(work: Callable[[], object]) -> float:
    start = time.perf_counter()
    work()
    return time.perf_counter() - start


if __name__ == "__main__":
    main()
