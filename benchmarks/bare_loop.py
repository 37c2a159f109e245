"""The measure of bulk loading: decode each line, insert it into one SQLite table with a unique and a session index.

Nothing is left out that a loader needs and nothing is added: WAL, `synchronous=NORMAL`, 10,000 rows a transaction. The
unique index is the cheapest there is, over file number and offset, which rise with every row.
"""

import sqlite3
import sys
import time
from collections.abc import Iterator, Sequence
from pathlib import Path

import orjson

_TABLE = """
CREATE TABLE events (
  sensor TEXT, session TEXT, eventid TEXT, timestamp TEXT, payload TEXT, file INTEGER, offset INTEGER,
  UNIQUE (file, offset)
);
CREATE INDEX events_session ON events (session);
"""
_INSERT = "INSERT INTO events VALUES (?, ?, ?, ?, ?, ?, ?)"
_ROWS = 10_000


def bare_loop(paths: Sequence[Path], database: Path) -> float:
    """Load the logs at `paths` into a new SQLite file at `database`; the seconds that it took."""
    start = time.perf_counter()
    connection = sqlite3.connect(database)
    connection.execute("PRAGMA journal_mode = WAL")
    connection.execute("PRAGMA synchronous = NORMAL")
    connection.executescript(_TABLE)
    rows = []
    for row in _rows(paths):
        rows.append(row)
        if len(rows) == _ROWS:
            with connection:
                connection.executemany(_INSERT, rows)
            rows.clear()
    with connection:
        connection.executemany(_INSERT, rows)
    connection.close()
    return time.perf_counter() - start


def _rows(paths: Sequence[Path]) -> Iterator[tuple[str, str, str, str, str, int, int]]:
    for number, path in enumerate(paths):
        offset = 0
        with path.open("rb") as log:
            for line in log:
                event = orjson.loads(line)
                payload = line.decode()
                yield event["sensor"], event["session"], event["eventid"], event["timestamp"], payload, number, offset
                offset += len(line)


if __name__ == "__main__":
    print(f"{bare_loop([Path(name) for name in sys.argv[2:]], Path(sys.argv[1])):.2f} s")
