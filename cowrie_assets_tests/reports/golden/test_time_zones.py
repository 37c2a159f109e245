"""The clocks of the host change, the documents do not: days are of UTC."""

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from cowrie_assets_tests.reports.golden import documents_in_a_time_zone
from cowrie_assets_tests.reports.golden.evidence import read_logs, session_of, write_logs
from cowrie_assets_tests.reports.golden.loaded import Corpus, without_words

ZONES = {
    "UTC": "UTC0",
    "New York": "EST5EDT,M3.2.0,M11.1.0",
    "Berlin": "CET-1CEST,M3.5.0,M10.5.0/3",
}
"""Spelled out: a machine without the time zone database has them too."""
CHANGES = ("2026-03-08", "2026-03-29", "2026-10-25", "2026-11-01")
"""When clocks change in New York, Berlin, Berlin, New York."""
PERIODS = [
    *(f"daily:{day}" for day in CHANGES),
    *("weekly:2026-W10", "weekly:2026-W13", "weekly:2026-W43", "weekly:2026-W44"),
    *("monthly:2026-03", "monthly:2026-10", "monthly:2026-11"),
]


def through_the_night() -> Iterator[dict[str, Any]]:
    """A session every half hour from two hours before each such day to two behind it, a microsecond off."""
    for day in CHANGES:
        begin = datetime.fromisoformat(day).replace(tzinfo=UTC) - timedelta(hours=2)
        for number in range(28 * 2):
            moment = begin + timedelta(minutes=30 * number)
            login = {"eventid": "cowrie.login.failed", "username": "root", "password": f"{number}"}
            yield from session_of(
                f"{moment:%Y-%m-%dT%H:%M:%S}", number % 3, [login], session=f"{moment:%m%d%H%M}{number:04}"
            )


def test_documents_are_the_same_wherever_the_host_is(tmp_path: Path) -> None:
    root = tmp_path / "logs"
    write_logs(root, through_the_night())
    running = {zone: _documents(root, tmp_path / f"{zone}.db", ZONES[zone]) for zone in ZONES}
    found = {zone: process.communicate()[0] for zone, process in running.items()}
    assert all(process.returncode == 0 for process in running.values())
    for zone in ZONES:
        assert found[zone] == found["UTC"], zone
    corpus = Corpus(root, read_logs(root))
    for period, line in zip(PERIODS, found["UTC"].splitlines(), strict=True):
        document = without_words(json.loads(line))
        expected = corpus.expected(*period.split(":"), None, documents_in_a_time_zone.NOW)
        assert {name: document[name] for name in expected} == expected


def _documents(root: Path, database: Path, zone: str) -> subprocess.Popen[bytes]:
    return subprocess.Popen(
        [sys.executable, "-m", documents_in_a_time_zone.__name__, root, f"sqlite:///{database}", *PERIODS],
        stdout=subprocess.PIPE,
        env=os.environ | {"TZ": zone},
    )
