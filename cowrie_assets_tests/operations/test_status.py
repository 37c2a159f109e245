from dataclasses import replace
from datetime import date
from pathlib import Path

from cowrie_assets.ingest.load import load
from cowrie_assets.operations.dead_letters import REASONS, count_by_reason, iter_dead_letters
from cowrie_assets.operations.ingest import ingest
from cowrie_assets.operations.logs import find_logs
from cowrie_assets.operations.status import status
from cowrie_assets.settings import Settings
from cowrie_assets.warehouse.engine import Warehouse

_DAYS = (date(2026, 8, 30), date(2026, 8, 31), date(2026, 9, 1), date(2026, 9, 2), date(2026, 9, 3))
_HOSTILE = "hp \x00\ud800 'x'".encode("utf-8", "surrogatepass")


def test_an_empty_warehouse(database_url: str) -> None:
    with Warehouse.open(database_url) as warehouse:
        found = status(warehouse)
    assert (found.logs, found.events, found.sessions, found.days, found.span) == (0, 0, 0, 0, None)
    assert (found.sensors, found.pending_days, found.dead_letters, found.last_ingested_at) == ((), (), (), None)
    assert found.database_bytes > 0


def test_what_is_loaded_and_not_yet_summarised_is_pending(database_url: str, sample_settings: Settings) -> None:
    settings = replace(sample_settings, database_url=database_url)
    with Warehouse.open(database_url) as warehouse:
        load(warehouse, settings, logs=find_logs(settings).logs)
        loaded = status(warehouse)
        ingest(warehouse, settings)
        summarised = status(warehouse)
    assert loaded.pending_days == _DAYS
    assert (loaded.events, loaded.sessions) == (1300, 0)
    assert (summarised.pending_days, summarised.sessions, summarised.days) == ((), 181, 5)
    assert summarised.span == (date(2026, 8, 30), date(2026, 9, 3))
    assert [sensor.sensor for sensor in summarised.sensors] == ["hp-fra-01", "hp-nyc-02"]
    assert sum(sensor.lines for sensor in summarised.sensors) == 1300


def test_dead_letters_by_reason_and_one_by_one(database_url: str, sample_settings: Settings, tmp_path: Path) -> None:
    folder = tmp_path / "hp"
    folder.mkdir()
    lines = [b'{"eventid": "a"}', b"[1]", b'{"eventid": "", "timestamp": "2026-08-31T00:00:00Z"}', _HOSTILE * 100]
    (folder / "cowrie.json.2026-08-31").write_bytes(b"\n".join(lines) + b"\n")
    settings = replace(sample_settings, database_url=database_url, log_root=tmp_path / "hp")
    with Warehouse.open(database_url) as warehouse:
        ingest(warehouse, settings)
        with warehouse.read() as connection:
            counts = {each.reason: (each.total, each.unresolved) for each in count_by_reason(connection)}
            every = list(iter_dead_letters(connection))
            cut = list(iter_dead_letters(connection, characters=5, limit=1))
            only = list(iter_dead_letters(connection, reason="not_an_object"))
        assert {each.reason: each.total for each in status(warehouse).dead_letters} == {
            reason: total for reason, (total, _) in counts.items()
        }
    assert sum(total for total, _ in counts.values()) == len(every)
    assert all(total == unresolved for total, unresolved in counts.values())
    assert set(counts) <= set(REASONS)
    assert {letter.line_number for letter in every} == {1, 2, 3, 4}
    assert [(letter.content, letter.line_number) for letter in only] == [("[1]", 2)]
    assert len(cut) == 1
    assert len(cut[0].content) <= 5
    assert cut[0].content_bytes == len(_HOSTILE) * 100
    assert [letter.byte_offset for letter in sorted(every, key=lambda letter: letter.line_number)][:3] == [0, 17, 21]
