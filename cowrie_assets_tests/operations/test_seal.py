"""What a seal covers, what it refuses, what is found to differ from it, and what is told of it."""

import json
import shlex
import threading
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Connection, select, text

from cowrie_assets import clock
from cowrie_assets.cli.app import run as command_line
from cowrie_assets.clock import US_PER_HOUR, day_number
from cowrie_assets.health.doctor import doctor
from cowrie_assets.ingest.load import load
from cowrie_assets.operations import seal as seal_module
from cowrie_assets.operations.day_checks import check_seals
from cowrie_assets.operations.evidence import check_evidence
from cowrie_assets.operations.ingest import ingest
from cowrie_assets.operations.logs import find_logs
from cowrie_assets.operations.rebuild import rebuild
from cowrie_assets.operations.repair import repair
from cowrie_assets.operations.reparse import reparse
from cowrie_assets.operations.seal import SealError, put_back_raw_events, remove_raw_events, seal, unseal
from cowrie_assets.operations.status import status
from cowrie_assets.operations.validate import validate
from cowrie_assets.progress import Progress
from cowrie_assets.reports.document import build_report
from cowrie_assets.reports.periods import period_of
from cowrie_assets.sensor_registry import Sensor, SensorRegistry
from cowrie_assets.settings import Settings
from cowrie_assets.summaries.mending import commands, merged
from cowrie_assets.summaries.refresh import refresh
from cowrie_assets.warehouse import versions
from cowrie_assets.warehouse.engine import Warehouse
from cowrie_assets.warehouse.errors import WarehouseError
from cowrie_assets.warehouse.schema import events as raw
from cowrie_assets.warehouse.schema import sealed_identities, session_facts
from cowrie_assets_tests import events, tables
from cowrie_assets_tests.loading import wrong_rows

pytestmark = pytest.mark.sqlite_first  # test_seal_model.py goes through what a seal does on both

DAY, NEXT = date(2026, 8, 28), date(2026, 8, 29)
EVENTS = 44


@pytest.fixture
def settings(database_url: str, tmp_path: Path) -> Settings:
    """Settings that read a log whose sessions go over midnight, from `DAY` to `NEXT`."""
    log = tmp_path / "logs" / "hp-test" / "cowrie.json.1"
    log.parent.mkdir(parents=True)
    log.write_bytes(b"".join(events.line(number) + b"\n" for number in range(EVENTS)))
    return Settings(log_root=tmp_path / "logs", database_url=database_url, report_dir=tmp_path / "reports")


@pytest.fixture
def filled(warehouse: Warehouse, settings: Settings) -> Warehouse:
    ingest(warehouse, settings)
    return warehouse


def add(settings: Settings, name: str, *lines: bytes) -> None:
    (settings.log_root / "hp-test" / f"cowrie.json.{name}").write_bytes(b"".join(line + b"\n" for line in lines))


def failing(warehouse: Warehouse, settings: Settings) -> list[tuple[str, Any]]:
    return [(each.name, each.rows) for each in wrong_rows(warehouse, settings)]


def stored(warehouse: Warehouse) -> list[dict[str, Any]]:
    with warehouse.read() as connection:
        return [dict(row) for row in connection.execute(select(raw)).mappings()]


def execute(warehouse: Warehouse, sql: str) -> None:
    with warehouse.write() as connection:
        connection.execute(text(sql))


@pytest.mark.on_both_engines
def test_a_session_belongs_whole_to_the_seal_of_its_first_day(filled: Warehouse, settings: Settings) -> None:
    """Events 9 to 11 are a session that begins on `DAY`, at 23:59, and ends on `NEXT`."""
    assert seal(filled, DAY, DAY).events == 12
    (row,) = tables.rows(filled, "sealed_days")
    assert (row["day"], row["events"], row["sessions"]) == (str(DAY), 12, 4)
    hours = tables_of_hours(filled)
    assert remove_raw_events(filled, DAY) == 12
    assert len(stored(filled)) == EVENTS - 12
    rebuild(filled)
    assert tables_of_hours(filled) == hours
    assert failing(filled, settings) == []
    add(settings, "2", events.line(900, session=f"{3:012x}", timestamp="2026-08-29T05:00:00Z"))
    result = ingest(filled, settings).load
    assert (result.events, result.archived, result.late) == (0, 1, 1)
    (late,) = tables.rows(filled, "late_events")
    assert (late["sealed_day"], json.loads(late["payload"])["message"]) == (str(DAY), "event 900")
    assert (Path(late["path"]).name, late["byte_offset"]) == ("cowrie.json.2", 0)
    assert failing(filled, settings) == []


def tables_of_hours(warehouse: Warehouse) -> list[Any]:
    with warehouse.read() as connection:
        return sorted(tuple(row) for row in connection.execute(text("SELECT event_hour, sensor_id FROM active_hours")))


def test_identities_take_16_bytes_each(filled: Warehouse) -> None:
    seal(filled, DAY, NEXT)
    with filled.read() as connection:
        rows = connection.execute(select(sealed_identities)).all()
    assert sum(len(row.identities) for row in rows) == 16 * EVENTS
    assert len(rows) == 3, "one for each day of writing of each sealed day"


@pytest.mark.on_both_engines
def test_a_late_event_is_kept_once_and_taken_in_by_unsealing(filled: Warehouse, settings: Settings) -> None:
    seal(filled, DAY, DAY)
    late = events.line(901, session="neverseen", timestamp="2026-08-28T01:00:00Z")
    add(settings, "2", late, late)
    assert ingest(filled, settings).load.late == 1
    add(settings, "3", events.line(0), late)
    assert ingest(filled, settings).load.late == 0
    assert len(tables.rows(filled, "late_events")) == 1
    assert [log["archived"] for log in tables.rows(filled, "log_files")] == [0, 2, 1]
    assert status(filled).sealed.sentences() == [
        "1 day is sealed, 2026-08-28 to 2026-08-28",
        "1 event came too late for a sealed day: `cowrie-assets unseal 2026-08-28 2026-08-28` takes them in",
    ]
    told = [each for each in doctor({"COWRIE_DATABASE_URL": settings.database_url}) if each.subject == "sealed days"]
    assert [each.level for each in told] == ["warning"]
    assert unseal(filled, settings, DAY, DAY).late == 1
    assert (tables.rows(filled, "late_events"), len(stored(filled))) == ([], EVENTS + 1)
    assert failing(filled, settings) == []


def test_a_session_that_stands_on_an_open_day_is_not_moved_to_a_sealed_one(
    filled: Warehouse, settings: Settings
) -> None:
    seal(filled, DAY, DAY)
    of_next = f"{14 // 3 + 1:012x}"
    add(
        settings,
        "2",
        events.line(902, session=of_next, timestamp="2026-08-28T20:00:00Z"),
        events.line(903, session=of_next, timestamp="2026-08-29T00:30:00Z"),
    )
    result = ingest(filled, settings).load
    assert (result.events, result.late) == (1, 1)
    assert failing(filled, settings) == []


@pytest.mark.parametrize(
    ("part", "sql"),
    [
        ("session_summaries", "UPDATE session_facts SET command_count = 7 WHERE session_ref = 1"),
        ("command_stats", "UPDATE command_facts SET last_seen = last_seen + 1"),
        ("login_stats", "DELETE FROM login_facts"),
        ("files", "UPDATE file_facts SET downloads = downloads + 1"),
        ("raw_events", "DELETE FROM events WHERE id = 2"),
        ("sealed_identities", "DELETE FROM sealed_identities WHERE session_day = (SELECT MIN(session_day) FROM seals)"),
        ("sealed_identities", "UPDATE sealed_identities SET last_identity = first_identity"),
        ("sealed_identities", "UPDATE sealed_identities SET identities = SUBSTR(identities, 17)"),
        ("sealed_identities", "UPDATE sealed_identities SET written_day = written_day + 1"),
    ],
)
def test_what_is_not_as_it_was_sealed_is_found(filled: Warehouse, part: str, sql: str) -> None:
    seal(filled, DAY, NEXT)
    assert check_seals(filled).passed
    execute(filled, sql)
    result = check_seals(filled)
    assert (result.state, {part} <= set(result.rows[0]["differing"].split(", "))) == ("differs", True)
    opens = "--as-they-are 2026-08-2" if part == "raw_events" else "2026-08-2"
    assert result.mend is not None and result.mend.startswith(f"cowrie-assets unseal {opens}")


def test_identities_of_events_that_left_are_as_many_as_were_sealed(filled: Warehouse) -> None:
    seal(filled, DAY, NEXT)
    remove_raw_events(filled, DAY)
    assert check_seals(filled).passed
    execute(filled, "DELETE FROM sealed_identities")
    assert [row["differing"] for row in check_seals(filled).rows] == ["sealed_identities"] * 2


@pytest.mark.on_both_engines
@pytest.mark.parametrize("kind", [1, 2], ids=["passwords", "addresses"])
@pytest.mark.parametrize("way", [1, 2], ids=["hashed", "dropped"])
def test_a_day_that_is_said_to_be_treated_and_is_not_is_found_and_mended(
    filled: Warehouse, settings: Settings, kind: int, way: int
) -> None:
    seal(filled, DAY, NEXT)
    day = day_number(DAY)
    execute(filled, f"INSERT INTO treated_days VALUES ({day}, {kind}, {way}, NULL, 1, 0)")
    result = check_seals(filled)
    assert [(row["day"], row["differing"]) for row in result.rows] == [(str(DAY), "treated_days")]
    assert (result.days, result.mend) == ((DAY,), f"cowrie-assets unseal {DAY} {DAY} && cowrie-assets seal {DAY} {DAY}")
    assert repair(filled, settings, [result]).failed == []
    assert check_seals(filled).passed
    with filled.read() as connection:
        left = connection.execute(
            text("SELECT (SELECT COUNT(*) FROM treated_days), (SELECT COUNT(*) FROM seals)")
        ).one()
    assert tuple(left) == (0, 2)


@pytest.mark.on_both_engines
def test_raw_events_that_are_not_those_that_were_sealed_are_refused(filled: Warehouse, settings: Settings) -> None:
    seal(filled, DAY, DAY)
    rows = stored(filled)
    remove_raw_events(filled, DAY)
    with pytest.raises(SealError, match="are not in the warehouse: put them back first"):
        unseal(filled, settings, DAY, DAY)
    gone = {row["id"] for row in rows} - {row["id"] for row in stored(filled)}
    back = [row for row in rows if row["id"] in gone]
    changed = [{**back[0], "payload": back[0]["payload"] + " "}, *back[1:]]
    for wrong in (back[1:], changed, []):
        with pytest.raises(SealError, match="are not those that were sealed: 12 events then"):
            put_back_raw_events(filled, DAY, lambda _, rows=wrong: rows)
    assert len(stored(filled)) == EVENTS - 12
    with pytest.raises(WarehouseError, match="the raw events of 1 sealed days are not in the warehouse"):
        versions.downgrade(filled, "0011")
    assert put_back_raw_events(filled, DAY, lambda _: back) == 12
    with pytest.raises(SealError, match="are in the warehouse"):
        put_back_raw_events(filled, DAY, lambda _: back)
    execute(filled, f"UPDATE events SET payload = payload || ' ' WHERE byte_offset = {back[0]['byte_offset']}")
    with pytest.raises(SealError, match="12 events then, 12 now"):
        unseal(filled, settings, DAY, DAY)


def test_what_cannot_be_sealed_is_refused(filled: Warehouse) -> None:
    with pytest.raises(SealError, match="is not over"):
        seal(filled, None, clock.today())
    with pytest.raises(SealError, match="is not sealed"):
        remove_raw_events(filled, DAY)
    execute(filled, "UPDATE session_facts SET command_count = command_count + 7")
    with pytest.raises(SealError, match="run `cowrie-assets rebuild --from 2026-08-28 --to 2026-08-28` first"):
        seal(filled, DAY, DAY)
    rebuild(filled)
    assert seal(filled, DAY, DAY).days == [DAY]
    assert seal(filled, DAY, DAY).days == []


def test_reports_show_the_same_when_the_raw_events_are_away(filled: Warehouse, settings: Settings) -> None:
    seal(filled, DAY, NEXT)
    period = period_of("daily", NEXT)

    def document() -> dict[str, Any]:
        with filled.read() as connection:
            return dict(build_report(connection, period, None, now_us=0))

    before = document()
    assert before["tunnels"]["top_targets"]
    for day in (DAY, NEXT):
        remove_raw_events(filled, day)
    assert document() == before
    assert failing(filled, settings) == []


def test_new_rules_score_the_sessions_of_sealed_days(filled: Warehouse) -> None:
    seal(filled, DAY, NEXT)
    for day in (DAY, NEXT):
        remove_raw_events(filled, day)
    scores = select(session_facts.c.session_ref, session_facts.c.risk_score, session_facts.c.high_risk_commands)
    with filled.read() as connection:
        before = sorted(tuple(row) for row in connection.execute(scores))
    execute(filled, "UPDATE session_facts SET risk_score = 3, high_risk_commands = 9")
    execute(filled, "UPDATE commands SET ruleset = 0, risk_score = 1")
    refresh(filled)
    rebuild(filled)
    with filled.read() as connection:
        assert sorted(tuple(row) for row in connection.execute(scores)) == before
    assert check_seals(filled).passed


@pytest.mark.parametrize("mode", ["bulk", "reparse"])
def test_settings_that_change_later_move_nothing_into_a_sealed_day(
    filled: Warehouse, settings: Settings, mode: str
) -> None:
    """Under a clock offset given after the seal, sessions of `NEXT` would begin on `DAY`: they stay as they are."""
    seal(filled, DAY, DAY)
    before = stored(filled)
    moved = replace(
        settings, registry=SensorRegistry((Sensor("hp-test", aliases=("hp-old",), clock_offset_us=5 * US_PER_HOUR),))
    )
    if mode == "bulk":
        assert ingest(filled, moved, mode="bulk").load.late == 0
    else:
        reparse(filled, moved)
    assert failing(filled, moved) == []
    assert tables.rows(filled, "late_events") == []
    (log,) = tables.rows(filled, "log_files")
    assert (log["lines"], log["events"], log["duplicates"]) == (EVENTS, EVENTS, 0)
    of_day = {row["id"] for row in before if row["event_day"] == day_number(DAY)}
    assert [row for row in stored(filled) if row["id"] in of_day] == [row for row in before if row["id"] in of_day]
    told = check_evidence(filled, moved.registry).summary
    of_seals = "unseal 2026-08-28 2026-08-28 && cowrie-assets reparse && cowrie-assets seal 2026-08-28 2026-08-28`"
    assert told.endswith(of_seals), told
    assert unseal(filled, moved, DAY, DAY)
    reparse(filled, moved)
    assert failing(filled, moved) == []
    assert "reparse" not in check_evidence(filled, moved.registry).summary
    assert status(filled, moved.registry).outdated.sentences() == []


@pytest.mark.parametrize(
    ("of_open_day", "sensor"),
    [
        ({"session": "b", "sensor": "hp-test"}, Sensor("hp-test", clock_offset_us=14 * US_PER_HOUR)),
        ({"session": "a", "sensor": "other"}, Sensor("hp-test", aliases=("other",))),
    ],
    ids=["moves into the sealed day", "joins a sealed session"],
)
def test_what_would_come_to_a_sealed_day_waits_in_a_log_of_its_own(
    warehouse: Warehouse, settings: Settings, of_open_day: dict[str, str], sensor: Sensor
) -> None:
    """No event of the log is sealed, and yet `reparse` leaves some: no check takes these for damage."""
    add(settings, "1", events.line(0, session="a", timestamp="2026-08-28T10:00:00Z"))
    add(settings, "2", events.line(1, timestamp="2026-08-29T10:00:00Z", **of_open_day))
    ingest(warehouse, settings)
    seal(warehouse, DAY, DAY)
    later = replace(settings, registry=SensorRegistry((sensor,)))
    reparse(warehouse, later)
    assert failing(warehouse, later) == []
    of_seals = "; what would come to a sealed day stays as it is until that is unsealed"
    assert of_seals in check_evidence(warehouse, later.registry).summary
    (told,) = status(warehouse, later.registry).outdated.sentences()
    assert told.endswith("; what belongs to sealed days stays as it is until these are unsealed")
    unseal(warehouse, later, DAY, DAY)
    reparse(warehouse, later)
    assert failing(warehouse, later) == []
    assert status(warehouse, later.registry).outdated.sentences() == []


def test_a_load_beside_a_reparse_that_leaves_events_of_a_day_is_derived_anew_too(
    warehouse: Warehouse, settings: Settings
) -> None:
    """The ledger would say of the new log that its events are derived as today."""
    add(settings, "1", events.line(0, session="a", timestamp="2026-08-28T10:00:00Z"))
    add(settings, "2", events.line(1, session="b", timestamp="2026-08-29T10:00:00Z"))
    ingest(warehouse, settings)
    seal(warehouse, DAY, DAY)
    later = replace(settings, registry=SensorRegistry((Sensor("hp-test", clock_offset_us=14 * US_PER_HOUR),)))

    def beside(progress: Progress) -> None:
        if progress.phase == "derive anew" and progress.done == progress.total and not (root / "3").exists():
            add(settings, "3", events.line(2, session="c", timestamp="2026-08-29T20:00:00Z"))
            ingest(warehouse, settings)

    root = settings.log_root
    assert root is not None
    result = reparse(warehouse, later, progress=beside)
    assert result.changed_days == [date(2026, 8, 29)]
    assert failing(warehouse, later) == []


def test_a_renamed_folder_leaves_the_identities_of_sealed_events(warehouse: Warehouse, settings: Settings) -> None:
    """Events that name no sensor are identified by the name that their folder had."""
    old, new = settings.log_root / "hp-test", settings.log_root / "hp-new"
    (old / "cowrie.json.1").write_bytes(b"".join(events.line(number, sensor="") + b"\n" for number in range(EVENTS)))
    ingest(warehouse, settings)
    seal(warehouse, DAY, DAY)
    old.rename(new)
    ingest(warehouse, settings)
    assert reparse(warehouse, settings).renamed_logs == 0
    assert failing(warehouse, settings) == []
    assert ingest(warehouse, settings, mode="bulk").load.late == 0
    (told,) = status(warehouse, settings.registry).outdated.sentences()
    assert told.endswith("; what belongs to sealed days stays as it is until these are unsealed")
    unseal(warehouse, settings, DAY, DAY)
    assert reparse(warehouse, settings).renamed_logs == 1
    assert failing(warehouse, settings) == []
    assert {row["sensor"] for row in tables.rows(warehouse, "raw_events")} == {"hp-new"}


@pytest.mark.parametrize(
    "sql",
    [
        "UPDATE session_facts SET dst_port = dst_port + 1",
        "UPDATE command_facts SET occurrences = occurrences + 1",
        "UPDATE events SET src_port = src_port + 1",
        "UPDATE events SET payload = REPLACE(payload, 'event', 'tampered')",
        "DELETE FROM events WHERE id IN (2, 20)",
    ],
)
def test_the_printed_commands_mend_a_sealed_day_and_seal_it_again(
    filled: Warehouse, settings: Settings, sql: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COWRIE_LOG_ROOT", str(settings.log_root))
    monkeypatch.setenv("COWRIE_REPORT_DIR", str(settings.report_dir))
    monkeypatch.setenv("COWRIE_DATABASE_URL", settings.database_url)
    before = tables.contents(filled)
    seal(filled, DAY, DAY)
    execute(filled, sql)
    wrong = [result for result in validate(filled, settings) if not result.passed]
    assert all(result.mend for result in wrong)
    for command in commands(merged(result.work for result in wrong)):
        assert command_line(shlex.split(command)[1:]) == 0, command
    assert failing(filled, settings) == []
    assert [row["day"] for row in tables.rows(filled, "sealed_days")] == [str(DAY)]
    assert tables.contents(filled) == before


def test_an_unseal_that_fails_midway_says_which_days_are_open(filled: Warehouse, settings: Settings) -> None:
    seal(filled, DAY, NEXT)
    of_next = f"SELECT session_ref FROM session_facts WHERE session_day = {day_number(NEXT)}"
    execute(filled, f"UPDATE events SET payload = payload || ' ' WHERE session_ref IN ({of_next})")
    with pytest.raises(SealError, match=r"of 2026-08-29 .* Before that 1 day from 2026-08-28 to 2026-08-28 is open"):
        unseal(filled, settings, DAY, NEXT)
    assert [row["day"] for row in tables.rows(filled, "sealed_days")] == [str(NEXT)]
    execute(filled, f"UPDATE session_facts SET command_count = 7 WHERE session_day = {day_number(NEXT)}")
    unseal(filled, settings, NEXT, NEXT, as_they_are=True)
    execute(filled, f"UPDATE session_facts SET dst_port = 7 WHERE session_day = {day_number(NEXT)}")
    with pytest.raises(SealError, match=r"run `cowrie-assets rebuild .* Before that 1 day .* to 2026-08-28 is sealed"):
        seal(filled, DAY, NEXT)


def test_late_events_of_a_seal_that_is_gone_are_taken_in(filled: Warehouse, settings: Settings) -> None:
    seal(filled, DAY, DAY)
    add(settings, "2", events.line(904, timestamp="2026-08-28T01:00:00Z"))
    ingest(filled, settings)
    execute(filled, "DELETE FROM sealed_identities")
    execute(filled, "DELETE FROM seals")
    (told,) = status(filled).sealed.sentences()
    assert "`cowrie-assets unseal 2026-08-28 2026-08-28` takes them in" in told
    result = unseal(filled, settings, DAY, DAY)
    assert (result.days, result.late) == ([], 1)
    assert status(filled).sealed.sentences() == []
    assert failing(filled, settings) == []


@pytest.mark.parametrize("also_sealed", [False, True], ids=["no other seal", "another seal"])
def test_late_events_that_are_none_any_more_stay_where_they_are(
    filled: Warehouse, settings: Settings, also_sealed: bool
) -> None:
    seal(filled, DAY, NEXT if also_sealed else DAY)
    add(settings, "2", events.line(904, session="aaaaaaaaaaaa", timestamp="2026-08-28T01:00:00Z"))
    ingest(filled, settings)
    execute(filled, "UPDATE events_behind_seal SET payload = '[]'")
    result = unseal(filled, settings, DAY, DAY)
    assert (result.late, result.unreadable, len(result.days)) == (0, 1, 1)
    assert len(tables.rows(filled, "events_behind_seal")) == 1


@pytest.mark.on_both_engines
@pytest.mark.parametrize("committed", ["before", "behind"])
def test_a_load_beside_a_seal_is_sealed_or_late(
    filled: Warehouse, settings: Settings, committed: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The load ends once the summaries are brought up to date and before the day is sealed, or begins to write while
    the seal's transaction runs. Either way each event is there once."""
    add(settings, "2", events.line(905, session="aaaaaaaaaaaa", timestamp="2026-08-28T01:00:00Z"))
    with Warehouse.open(settings.database_url) as other:
        loading = threading.Thread(target=lambda: load(other, settings, logs=find_logs(settings).logs), daemon=True)
        writes = seal_module._seal_day

        def beside(connection: Connection, number: int) -> int | None:
            if committed == "behind" and loading.ident is None:
                sealed = writes(connection, number)
                loading.start()
                loading.join(0.5)
                assert loading.is_alive(), "it waits for the seal"
                return sealed
            return writes(connection, number)

        monkeypatch.setattr(seal_module, "_seal_day", beside)
        if committed == "before":
            refreshes = seal_module.refresh

            def load_behind(*given: Any, **named: Any) -> Any:
                done = refreshes(*given, **named)
                if loading.ident is None:
                    loading.start()
                    loading.join(120)
                return done

            monkeypatch.setattr(seal_module, "refresh", load_behind)
        sealed = seal(filled, DAY, DAY).events
        loading.join(120)
    late = tables.rows(filled, "late_events")
    assert (sealed, len(late)) == ((13, 0) if committed == "before" else (12, 1))
    assert failing(filled, settings) == []
    unseal(filled, settings, DAY, DAY)
    assert len(stored(filled)) == EVENTS + 1
    assert failing(filled, settings) == []
