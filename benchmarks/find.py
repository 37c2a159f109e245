"""How long a value is looked up: `python -m benchmarks.find`.

Loads a day of 1,000,000 events and looks up the value of each kind that most sessions have, and one that one session
has; then once more where twenty such days are stored (summaries only: a look-up reads no events). Exit code 1 where a
look-up takes a second or more.
"""

import argparse
import sys
import tempfile
import time
from dataclasses import replace
from datetime import date
from pathlib import Path
from urllib.parse import urlsplit

from sqlalchemy import text

from benchmarks.engines import add_engine_options, databases, engines_of
from benchmarks.generate import generated
from benchmarks.month import copy_day
from benchmarks.outcome import Outcome
from cowrie_assets.clock import day_number
from cowrie_assets.finding.find import find
from cowrie_assets.finding.readings import Kind
from cowrie_assets.operations.ingest import ingest
from cowrie_assets.settings import Settings
from cowrie_assets.summaries.networks import network_of
from cowrie_assets.warehouse.codec import decode_text
from cowrie_assets.warehouse.engine import Warehouse
from cowrie_assets_tests.cpu_time import slowness

MOST_SECONDS = 1.0
"""On the machine that the tests' bounds were set on."""
DAY = date(2026, 8, 1)
_ENDS = {"most sessions": "DESC", "one session": "ASC"}
_COLUMNS = {
    Kind.ADDRESS: ("session_facts", "src_ip_id"),
    Kind.HASSH: ("session_facts", "hassh_id"),
    Kind.FILE: ("file_facts", "shasum_id"),
    Kind.URL: ("file_facts", "url_id"),
    Kind.USERNAME: ("login_facts", "username_id"),
    Kind.PASSWORD: ("login_facts", "password_id"),
    Kind.COMMAND: ("command_facts", "command_id"),
}
_FREQUENT = """
SELECT MIN(texts.text) FROM {table} JOIN texts ON texts.id = {column}
GROUP BY {column} ORDER BY COUNT(*) {order} LIMIT 1
"""
_CREDENTIAL = """
SELECT MIN(u.text), MIN(p.text) FROM login_facts AS l
JOIN texts AS u ON u.id = l.username_id JOIN texts AS p ON p.id = l.password_id
GROUP BY u.id, p.id ORDER BY COUNT(*) {order} LIMIT 1
"""

_TECHNIQUE = """
SELECT MIN(texts.text) FROM technique_facts AS t
JOIN technique_rules AS r ON r.id = t.rule_number JOIN texts ON texts.id = r.technique_id
GROUP BY t.rule_number ORDER BY COUNT(*) {order} LIMIT 1
"""
_NORMAL_FORM = """
SELECT MIN(texts.text) FROM command_facts AS c
JOIN commands AS m ON m.command_id = c.command_id JOIN texts ON texts.id = m.normalized_id
WHERE NOT EXISTS (SELECT 1 FROM commands AS typed WHERE typed.command_id = m.normalized_id)
GROUP BY m.normalized_id ORDER BY COUNT(*) {order} LIMIT 1
"""
"""One that nobody typed as it is: else what was typed is found by the index."""


def main() -> None:
    """The command line."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("--events", type=int, default=1_000_000, help="of a day")
    parser.add_argument("--days", type=int, default=20)
    parser.add_argument("--data", type=Path, help="where generated logs are kept (default: in the temporary folder)")
    add_engine_options(parser)
    given = parser.parse_args()
    outcome = Outcome(f"values looked up in {given.events:,} events, and in the summaries of {given.days} such days")
    logs = given.data or Path(tempfile.gettempdir()) / f"cowrie-benchmark-{given.events}-1"
    generated(logs, events=given.events, start=DAY)
    with databases() as made:
        for engine in engines_of(given.engine):
            with made.new(engine) as database, Warehouse.open(database.url) as warehouse:
                ingest(warehouse, replace(Settings(), database_url=database.url), mode="bulk", paths=[logs])
                asked = _values(warehouse)
                _measure(warehouse, asked, f"{given.events:,} events", outcome)
                copy_day(warehouse, day_number(DAY), given.days)
                warehouse.checkpoint()
                _measure(warehouse, asked, f"{given.events * given.days:,}", outcome)
    sys.exit(outcome.finish(given.json))


def _values(warehouse: Warehouse) -> dict[tuple[Kind, str], str]:
    """`{(kind, how often): value}`."""
    asked: dict[tuple[Kind, str], str] = {}
    with warehouse.read() as connection:
        for often, order in _ENDS.items():
            for kind, (table, column) in _COLUMNS.items():
                sql = _FREQUENT.format(table=table, column=column, order=order)
                asked[kind, often] = decode_text(connection.execute(text(sql)).scalar_one())
            pair = connection.execute(text(_CREDENTIAL.format(order=order))).one()
            technique = connection.execute(text(_TECHNIQUE.format(order=order))).scalar_one()
            form = connection.execute(text(_NORMAL_FORM.format(order=order))).scalar() or ""
            asked[Kind.NORMAL_FORM, often] = decode_text(form)
            asked[Kind.TECHNIQUE, often] = decode_text(technique)
            asked[Kind.CREDENTIAL, often] = ":".join(map(decode_text, pair))
            asked[Kind.HOST, often] = urlsplit(asked[Kind.URL, often]).hostname or ""
            asked[Kind.NETWORK, often] = network_of(asked[Kind.ADDRESS, often]) or ""
    return asked


def _measure(warehouse: Warehouse, asked: dict[tuple[Kind, str], str], stored: str, outcome: Outcome) -> None:
    bound = MOST_SECONDS * max(1.0, slowness())
    for (kind, often), value in asked.items():
        if not value:
            continue
        start = time.perf_counter()
        with warehouse.read() as connection:
            found = find(connection, value)
        seconds = time.perf_counter() - start
        sessions = max((each.sessions.count for each in found if each.kind is kind), default=0)
        print(f"{warehouse.dialect}, {stored}: {kind} of {often} ({sessions:,}+): {seconds:.3f} s")
        outcome.add(f"{stored}: {kind} of {often}", warehouse.dialect, seconds, "s", bound=bound)


if __name__ == "__main__":
    main()
