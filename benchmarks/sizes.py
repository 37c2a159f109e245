"""What each table and index takes of the database: `python -m benchmarks.sizes --logs FOLDER`.

The logs, real or generated, are loaded into each engine; figures are bytes an event, and the whole against the logs.
"""

import argparse
import re
import sys
import tempfile
from collections import Counter
from dataclasses import replace
from pathlib import Path

from sqlalchemy import Connection, text

from benchmarks.engines import add_engine_options, databases, engines_of
from benchmarks.generate import generated
from benchmarks.outcome import Outcome
from cowrie_assets.operations.ingest import ingest
from cowrie_assets.settings import Settings
from cowrie_assets.warehouse.engine import Warehouse

MAX_SIZE = 1.5
_BYTES = {
    "sqlite": "SELECT name, SUM(pgsize) FROM dbstat GROUP BY name",
    "postgresql": """
SELECT
  relation.relname,
  pg_relation_size(relation.oid) + COALESCE(pg_total_relation_size(NULLIF(relation.reltoastrelid, 0)), 0)
FROM pg_class AS relation
JOIN pg_namespace ON pg_namespace.oid = relation.relnamespace AND pg_namespace.nspname = 'public'
WHERE relation.relkind IN ('r', 'i', 'S')
""",
}
_PARTITION = re.compile(r"^events_\d{4}_\d\d(_on)?")
_KEPT_NAMES = {
    "event_hash_idx": "events_identity",
    "session_ref_counts_as_idx": "events_session",
    "event_day_id_idx": "events_day",
    "session_ref_tunnel_target_id_idx": "events_tunnel",
}


def main() -> None:
    """The command line."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("--events", type=int, default=100_000)
    parser.add_argument("--logs", type=Path, help="a folder of plain logs to load instead of generated ones")
    parser.add_argument("--least", type=float, default=0.5, help="bytes an event below which a line is left out")
    add_engine_options(parser)
    given = parser.parse_args()
    logs = given.logs or Path(tempfile.gettempdir()) / f"cowrie-benchmark-{given.events}"
    if given.logs is None:
        generated(logs, events=given.events)
    size = sum(path.stat().st_size for path in logs.rglob("cowrie.json*"))
    outcome = Outcome(f"bytes an event of {logs}, {size / 2**20:,.1f} MiB")
    with databases() as made:
        for engine in engines_of(given.engine):
            with made.new(engine) as database:
                settings = replace(Settings(), database_url=database.url)
                with Warehouse.open(database.url) as warehouse:
                    ingest(warehouse, settings, mode="bulk", paths=[logs])
                    with warehouse.read() as connection:
                        events = connection.execute(text("SELECT COUNT(*) FROM events")).scalar_one()
                        found = bytes_by_name(connection)
                whole = database.size_bytes
            outcome.add("the logs", engine, size / events)
            for name, taken in found.most_common():
                if taken / events >= given.least:
                    outcome.add(name, engine, taken / events)
            outcome.add("all of these", engine, sum(found.values()) / events)
            outcome.add("database / logs", engine, whole / size, bound=MAX_SIZE)
    sys.exit(outcome.finish(given.json))


def bytes_by_name(connection: Connection) -> Counter[str]:
    """The partitions of `events` and their indexes stand together under the names of the whole."""
    found: Counter[str] = Counter()
    for name, taken in connection.execute(text(_BYTES[connection.dialect.name])):
        of_partition = _PARTITION.match(name)
        rest = name[of_partition.end() :].lstrip("_") if of_partition else name
        found[(_KEPT_NAMES.get(rest, rest) or "events") if of_partition else name] += taken
    return found


if __name__ == "__main__":
    main()
