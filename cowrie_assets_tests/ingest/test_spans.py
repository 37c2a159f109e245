"""Which days a log has events of, before it is read, after it was read, and after it grew."""

import gzip
import json
from datetime import date
from pathlib import Path

import pytest

from cowrie_assets.operations.ingest import changed_logs, load_days
from cowrie_assets.settings import Settings
from cowrie_assets.warehouse.engine import Warehouse


def line(day: str, number: int = 0) -> bytes:
    event = {"eventid": "cowrie.session.connect", "session": f"{number:012x}", "timestamp": f"{day}T12:00:00.000000Z"}
    return json.dumps(event).encode() + b"\n"


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    (tmp_path / "logs" / "hp-1").mkdir(parents=True)
    return Settings(log_root=tmp_path / "logs")


def spans(warehouse: Warehouse, settings: Settings, **how: float) -> list[tuple[str, str]]:
    return [(str(found.new[0]), str(found.new[1])) for found in changed_logs(warehouse, settings, **how) if found.new]


def put(settings: Settings, name: str, content: bytes) -> Path:
    assert settings.log_root is not None
    path = settings.log_root / "hp-1" / name
    path.write_bytes(content)
    return path


def test_an_unread_log_is_known_by_its_ends_and_a_grown_one_by_what_is_new(warehouse, settings) -> None:
    path = put(settings, "cowrie.json", line("2026-08-29") + b"no json\n" + line("2026-08-31"))
    assert spans(warehouse, settings) == [("2026-08-29", "2026-08-31")]
    assert load_days(warehouse, settings, days=[date(2026, 8, 30)]).events == 2
    assert spans(warehouse, settings) == []
    with path.open("ab") as log:
        log.write(line("2026-09-02") + line("2026-09-03"))
    assert spans(warehouse, settings) == [("2026-09-02", "2026-09-03")]
    assert load_days(warehouse, settings, days=[date(2026, 9, 1)]).events == 2


def test_a_read_log_still_holds_its_days_for_a_bulk_load(warehouse, settings) -> None:
    put(settings, "cowrie.json", line("2026-08-29") + line("2026-08-31"))
    load_days(warehouse, settings, days=[date(2026, 8, 31)])
    again = load_days(warehouse, settings, days=[date(2026, 8, 29)], mode="bulk")
    assert (again.lines, again.events, again.duplicates) == (2, 0, 2)


def test_what_has_no_usable_event_is_of_the_last_day_known_or_of_today(warehouse, settings, one_day) -> None:
    path = put(settings, "cowrie.json", line("2026-08-29"))
    put(settings, "cowrie.json.1", b"kernel: oops\n")
    put(settings, "cowrie.json.2", b"")
    today = str(one_day)
    assert sorted(spans(warehouse, settings)) == [("2026-08-29", "2026-08-29"), (today, today)]
    load_days(warehouse, settings, days=[date(2026, 8, 29), one_day])
    with path.open("ab") as log:
        log.write(b"kernel: oops\n")
    assert spans(warehouse, settings) == [("2026-08-29", "2026-08-29")]


def test_a_glance_at_a_large_archive_sees_its_beginning_and_a_load_its_end(warehouse, settings, monkeypatch) -> None:
    monkeypatch.setattr("cowrie_assets.ingest.spans._GLANCE_BYTES", 512 * 1024)
    blanks = b" " * 1023 + b"\n"
    put(settings, "cowrie.json.1.gz", gzip.compress(line("2026-08-29") + blanks * 1024 + line("2026-08-31"), 1))
    assert spans(warehouse, settings, patience=10.0) == [("2026-08-29", "2026-08-29")]
    assert spans(warehouse, settings) == [("2026-08-29", "2026-08-31")]
    assert load_days(warehouse, settings, days=[date(2026, 8, 31)]).events == 2


def test_without_patience_left_the_first_find_is_enough(warehouse, settings) -> None:
    for number in range(5):
        put(settings, f"cowrie.json.2026-08-0{number + 1}", line(f"2026-08-0{number + 1}", number))
    assert spans(warehouse, settings, patience=0.0, turn=0) == [("2026-08-01", "2026-08-01")]
    assert len(spans(warehouse, settings)) == 5
