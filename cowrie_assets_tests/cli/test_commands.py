"""What each command does on the sample, measured by the independent count of it."""

import json
import re
from collections import Counter
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import text

from cowrie_assets.cli import status as status_command
from cowrie_assets.warehouse.engine import Warehouse
from cowrie_assets_tests.cli.conftest import Cowrie
from cowrie_assets_tests.loading import ALL_DAYS_WAIT

Truth = list[dict[str, Any]]
_REPORT_KEYS = {
    "total": "sessions",
    "closed": "closed",
    "login_successes": "login_successes",
    "login_failures": "login_failures",
    "file_downloads": "file_downloads",
    "file_uploads": "file_uploads",
}


def _sum(truth: Truth, **wanted: str) -> Counter[str]:
    total: Counter[str] = Counter()
    for row in truth:
        if all(str(row[key]).startswith(value) for key, value in wanted.items()):
            total.update({key: value for key, value in row.items() if isinstance(value, int)})
    return total


def _agrees(document: dict[str, Any], counted: Counter[str]) -> bool:
    sessions = document["sessions"]
    return {key: sessions[key] for key in _REPORT_KEYS} == {
        key: counted[name] for key, name in _REPORT_KEYS.items()
    } and (document["commands"]["total"] == counted["commands"])


def _change(tmp_path: Path, statement: str) -> None:
    with Warehouse.open(f"sqlite:///{tmp_path / 'warehouse.db'}") as warehouse, warehouse.write() as connection:
        assert connection.execute(text(statement)).rowcount


@pytest.mark.parametrize("mode", ["delta", "bulk"])
def test_ingest_stores_each_event_once(cowrie: Cowrie, truth: Truth, mode: str) -> None:
    events = _sum(truth)["events"]
    first = cowrie("ingest", "--mode", mode)
    assert (first.code, first.err) == (0, "")
    assert f"{events:,} lines of" in first.out
    assert f"events inserted {events:>14,}" in first.out
    assert "Summaries of 5 days brought up to date" in first.out

    again = cowrie("ingest", "--mode", mode)
    assert again.code == 0
    expected = "Nothing new: 9 logs are unchanged, 1 is empty.\n" if mode == "delta" else f"events inserted {0:>14}"
    assert expected in again.out
    assert "brought up to date" not in again.out


def test_ingest_takes_single_logs_and_folders(cowrie: Cowrie, sample_logs: Path) -> None:
    assert "lines of 1 log," in cowrie("ingest", sample_logs / "hp-fra-01" / "cowrie.json").out
    assert "lines of 4 logs (1 more is unchanged)" in cowrie("ingest", sample_logs / "hp-fra-01").out


@pytest.mark.parametrize("sensor", [None, "hp-fra-01", "hp-nyc-02"])
@pytest.mark.parametrize(
    ("report_type", "period", "days"),
    [
        ("daily", "2026-08-31", ["2026-08-31"]),
        ("daily", "2026-08-01", []),
        ("weekly", "2026-W35", ["2026-08-30"]),
        ("weekly", "2026-W36", ["2026-08-31", "2026-09"]),
        ("monthly", "2026-08", ["2026-08"]),
        ("monthly", "2026-09", ["2026-09"]),
    ],
)
def test_a_report_is_one_json_document_with_the_true_numbers(
    ingested: Cowrie, truth: Truth, report_type: str, period: str, days: list[str], sensor: str | None
) -> None:
    outcome = ingested("report", report_type, period, *(("--sensor", sensor) if sensor else ()))
    assert (outcome.code, outcome.err) == (0, "" if days else f"no events of {period}: nothing was loaded for it\n")
    document = outcome.json
    assert (document["report_type"], document["period"]) == (report_type, period)
    assert document["sensor"] == (sensor or "aggregate")
    counted: Counter[str] = Counter()
    for day in days:
        counted += _sum(truth, day=day, sensor=sensor or "")
    assert _agrees(document, counted)


def test_several_reports_are_one_json_array(ingested: Cowrie, truth: Truth) -> None:
    documents = ingested("report", "daily", "2026-08-29", "--to", "2026-09-04", "--all-sensors").json
    assert [(each["period"], each["sensor"]) for each in documents[:4]] == [
        ("2026-08-29", "aggregate"),
        ("2026-08-30", "aggregate"),
        ("2026-08-30", "hp-fra-01"),
        ("2026-08-30", "hp-nyc-02"),
    ]
    assert len(documents) == 1 + 6 * 3
    for document in documents:
        sensor = "" if document["sensor"] == "aggregate" else document["sensor"]
        assert _agrees(document, _sum(truth, day=document["period"], sensor=sensor))
    assert isinstance(ingested("report", "daily", "2026-08-31", "--to", "2026-08-31").json, list)


def test_a_report_as_text(ingested: Cowrie) -> None:
    outcome = ingested("report", "daily", "2026-08-31", "--format", "text", "--all-sensors", "--top", 3)
    assert outcome.code == 0
    assert outcome.out.count("  COWRIE  ") == 3
    assert max(map(len, outcome.out.splitlines())) <= 100


def test_the_length_of_the_top_lists_can_be_told(ingested: Cowrie) -> None:
    assert len(ingested("report", "monthly", "2026-08", "--top", 3).json["sources"]["top_ips"]) == 3


def test_reports_are_written_as_files(ingested: Cowrie, tmp_path: Path) -> None:
    folder = tmp_path / "made" / "here"
    outcome = ingested("report", "weekly", "2026-W35", "--to", "2026-W36", "--all-sensors", "--output", folder)
    assert outcome.code == 0
    assert outcome.out == f"18 files written below {folder}.\n"
    written = {str(file.relative_to(folder)) for file in folder.glob("*/*/*.*")}
    assert {
        "weekly/2026-W36/aggregate.json",
        "weekly/2026-W35/hp-nyc-02.txt",
        "weekly/2026-W36/hp-fra-01.html",
    } < written
    assert len(written) == 18
    only_text = tmp_path / "text"
    ingested("report", "daily", "2026-08-31", "--format", "text", "--output", only_text)
    assert [file.name for file in only_text.rglob("*.*")] == ["aggregate.txt"]


def test_validate_proves_a_sound_warehouse_and_finds_a_wrong_row(ingested: Cowrie, tmp_path: Path) -> None:
    sound = ingested("validate")
    assert sound.code == 0, sound.out
    assert "sessions_are_the_same_set" in sound.out
    assert all(line.startswith("ok ") for line in sound.out.splitlines())

    _change(tmp_path, "UPDATE session_facts SET command_count = command_count + 1 WHERE session_ref = 1")
    wrong = ingested("validate")
    assert wrong.code == 1
    assert "DIFFERS" in wrong.out
    assert "checks found differences: run the commands that stand last above" in wrong.err
    lines = wrong.out.splitlines()
    at = next(number for number, line in enumerate(lines) if "session_counts_equal_raw" in line)
    columns, row = (line.strip() for line in lines[at + 1 : at + 3])
    command = lines[lines.index("to mend all of it:") + 1].strip()
    assert columns.split()[:3] == ["day", "sensor", "session"]
    assert row.split()[1].startswith("hp-")
    day = row.split()[0]
    assert command == f"cowrie-assets rebuild --from {day} --to {day}"
    document = json.loads(ingested("validate", "--from", day, "--to", day, "--format", "json").out)
    (counts,) = (check for check in document["checks"] if check["name"] == "session_counts_equal_raw")
    assert counts["rows"][0]["day"] == day
    assert counts["to_mend"] == command

    _change(tmp_path, "UPDATE session_facts SET command_count = command_count + 1")
    many = ingested("validate").out
    assert f"{'':<11}and {181 - 10} more\n" in many, "one of each session"
    assert many.count("cowrie-assets rebuild") == 1


def test_validate_beside_a_load_says_what_is_late_and_exits_with_0(ingested: Cowrie, tmp_path: Path) -> None:
    of_a_day = ("validate", "--from", "2026-08-30", "--to", "2026-08-30")
    assert json.loads(ingested(*of_a_day, "--format", "json").out)["state"] == "ok"
    _change(tmp_path, ALL_DAYS_WAIT)
    beside = ingested(*of_a_day)
    assert beside.code == 0
    assert "late     every_day_is_summarised" in beside.out
    assert "waits for events that are loaded and not yet summarised" in beside.err
    document = json.loads(ingested("validate", "--format", "json").out)
    assert document["state"] == "late"
    (late,) = (check for check in document["checks"] if check["state"] != "ok")
    assert (late["name"], late["state"]) == ("every_day_is_summarised", "late")
    assert late["late"] == late["differences"] > 0

    _change(tmp_path, "UPDATE session_facts SET last_event_at = first_event_at - 1 WHERE session_ref = 1")
    wrong = ingested("validate", "--format", "json")
    assert (wrong.code, json.loads(wrong.out)["state"]) == (1, "differs")
    repaired = ingested("validate", "--repair", "--sample", 20)
    assert repaired.code == 0
    assert "repaired by: cowrie-assets rebuild --from 2026-" in repaired.out
    assert "ok       sampled_sessions_equal_a_second_count  sessions drawn" in repaired.out


def test_rebuild_puts_right_what_is_wrong(ingested: Cowrie, tmp_path: Path) -> None:
    assert "Nothing would change" in ingested("rebuild", "--dry-run").out
    _change(tmp_path, "UPDATE session_facts SET risk_score = 101 WHERE session_ref = 1")
    assert "1 row would be removed, 1 written" in ingested("rebuild", "--dry-run").out
    (row,) = ingested("rebuild", "--dry-run", "--rows").out.splitlines()
    assert re.match(r"2026-\d\d-\d\d session_summaries hp-\w+-\d+ \w+: risk_score is 101, not \d+$", row)
    assert ": 1 row removed, 1 written." in ingested("rebuild").out
    assert ingested("validate").code == 0
    assert ": 0 rows removed, 0 written." in ingested("rebuild", "--from", "2026-08-31", "--to", "2026-08-31").out


def test_backfill_loads_days_and_writes_their_reports(cowrie: Cowrie, tmp_path: Path) -> None:
    outcome = cowrie("backfill", "2026-08-31", "2026-09-01")
    assert outcome.code == 0, outcome.err
    assert "Reports of 5 days, weeks and months" in outcome.out
    periods = {
        str(folder.relative_to(tmp_path / "reports"))
        for folder in (tmp_path / "reports").glob("*/*")
        if folder.is_dir()
    }
    assert periods == {
        "daily/2026-08-31",
        "daily/2026-09-01",
        "weekly/2026-W36",
        "monthly/2026-08",
        "monthly/2026-09",
    }
    assert cowrie("report", "daily", "2026-09-01").json["sessions"]["total"] == 30
    assert "no events" not in outcome.out


def test_backfill_of_days_without_an_event_says_so(ingested: Cowrie, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COWRIE_FIRST_DAY", "2026-08-28")
    outcome = ingested("backfill", "2026-08-28", "2026-08-30")
    assert "2 days have no events, 2026-08-28 to 2026-08-29: nothing of them was found" in outcome.out
    assert "Reports of 5 days, weeks and months" in outcome.out
    outcome = ingested("backfill", "2020-02-01", "2020-02-29")
    assert (outcome.code, "No event of 2020-02-01 to 2020-02-29 was found: no summary was made" in outcome.out) == (
        0,
        True,
    )


def test_status_tells_where_it_stands(ingested: Cowrie, truth: Truth) -> None:
    total = _sum(truth)
    document = ingested("status", "--format", "json").json
    assert (document["events"], document["sessions"]) == (total["events"], total["sessions"])
    assert [sensor["sensor"] for sensor in document["sensors"]] == ["hp-fra-01", "hp-nyc-02"]
    assert document["pending_days"] == []
    assert (document["first_day"], document["last_day"]) == ("2026-08-30", "2026-09-03")
    for sensor in document["sensors"]:
        parts = ("events", "duplicates", "dead_letters", "blank")
        assert sensor["lines"] == sum(sensor[part] for part in parts)

    shown = ingested("status")
    assert shown.code == 0
    assert f"{total['events']:,} events of 5 days from 2026-08-30 to 2026-09-03" in shown.out
    assert "every day is summarised" in shown.out


def test_status_on_a_narrow_terminal_leaves_out_columns_and_cuts_none(
    ingested: Cowrie, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(status_command, "_WIDTH_OFF_TERMINAL", 80)
    heading, *sensors = [line for line in ingested("status").out.splitlines() if line.startswith(("sensor ", "hp-"))]
    assert heading.split() == ["sensor", "logs", "read", "events", "dead", "letters", "newest", "event", "(UTC)"]
    assert [line.split()[0] for line in sensors] == ["hp-fra-01", "hp-nyc-02"]
    assert all("…" not in line and line.rstrip().endswith("Z") for line in sensors)


def test_status_tells_of_runs(cowrie: Cowrie, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COWRIE_STATUS_DIR", str(tmp_path / "status"))
    assert cowrie("ingest").code == 0
    phases = cowrie("status", "--format", "json").json["phases"]
    assert {name: phase["state"] for name, phase in phases.items()} == {
        "delta_ingest": "finished",
        "refresh_summaries": "finished",
    }
    assert phases["delta_ingest"]["metrics"]["events_inserted"] == 1300
    shown = cowrie("status").out
    assert "5 of 5" in shown
    assert len([line for line in shown.splitlines() if line.startswith(("delta_ingest", "refresh_summaries"))]) == 2


def test_status_names_the_days_that_wait(ingested: Cowrie, tmp_path: Path) -> None:
    _change(tmp_path, "INSERT INTO waiting_sessions (event_day, session_ref, step) VALUES (20696, 0, 1)")
    assert "1 day waits for its summaries: 2026-08-31" in ingested("status").out


def test_dead_letters_are_listed_without_steering_the_terminal(cowrie: Cowrie, tmp_path: Path) -> None:
    log = tmp_path / "hp\x1b[2J" / "cowrie.json"
    log.parent.mkdir()
    log.write_bytes(b'{"torn": "\x1b]0;owned\x07\n[1]\n{"eventid": "x"}\n')
    assert "dead letters" in cowrie("ingest", log.parent).out

    shown = cowrie("dead-letters", "list")
    assert shown.code == 0
    assert shown.out.startswith("3 dead letters;")
    assert "\x1b" not in shown.out
    assert '{"torn": "\\x1b]0;owned\\x07' in shown.out
    only = cowrie("dead-letters", "list", "--reason", "not_an_object", "--format", "json")
    assert only.json["content"] == "[1]"
    assert only.json["sensor"] == "hp\x1b[2J"
    assert len(cowrie("dead-letters", "list", "--limit", 2, "--format", "json").out.splitlines()) == 2
    by_reason = cowrie("dead-letters", "list", "--by-reason", "--format", "json").json
    assert {row["reason"]: (row["unresolved"], row["logs"]) for row in by_reason} == dict.fromkeys(
        ("invalid_json", "not_an_object", "bad_timestamp"), (1, 1)
    )
    one = cowrie("dead-letters", "show", only.json["id"])
    assert (one.code, one.out.splitlines()[-1]) == (0, "[1]")
    assert "\x1b" not in one.out
    assert cowrie("dead-letters", "show", 99).code == 1


def test_dead_letters_are_exported_edited_and_replayed(cowrie: Cowrie, tmp_path: Path) -> None:
    log = tmp_path / "hp-1" / "cowrie.json.1"
    log.parent.mkdir()
    log.write_bytes(b'{"eventid": "cowrie.session.connect", "session": "a1", "timestamp": "never"}\n[1]\n')
    cowrie("ingest", log.parent)
    exported = tmp_path / "letters.jsonl"
    assert "2 dead letters written" in cowrie("dead-letters", "export", "--output", exported).out
    assert exported.stat().st_mode & 0o077 == 0
    assert cowrie("dead-letters", "export", "--output", exported).code == 1, "nothing is overwritten"
    assert cowrie("dead-letters", "export").out.encode() == exported.read_bytes()
    exported.write_bytes(exported.read_bytes().replace(b"never", b"2026-08-31T12:00:00Z"))
    edited = ("dead-letters", "replay", "--edited", exported)
    assert "1 dead letter would become events" in cowrie(*edited, "--dry-run").out
    done = cowrie(*edited, "--format", "json")
    assert done.json["edited"] == done.json["new"] == 1
    assert done.json["still_dead"] == {"not_an_object": 1}
    again = cowrie(*edited)
    assert again.out.startswith("0 dead letters became events")
    assert cowrie("validate").code == 0
    resolved = cowrie("dead-letters", "list", "--resolved", "--reason", "bad_timestamp")
    assert "replayed as edited" in resolved.out
    assert "never" in resolved.out
    assert cowrie("dead-letters", "replay", 1, "--reason", "bad_timestamp").code == 2
    absent = cowrie("dead-letters", "replay", 99_999)
    assert (absent.code, "there is no dead letter 99999" in absent.err) == (1, True)


def test_db_tells_and_makes_the_tables(cowrie: Cowrie, tmp_path: Path) -> None:
    assert "there is no database" in cowrie("db", "current").err
    made = cowrie("db", "upgrade")
    assert (made.code, "from no tables to revision" in made.out) == (0, True)
    assert "already" in cowrie("db", "upgrade").out
    assert "; this code works with 0" in cowrie("db", "current").out

    _change(tmp_path, "UPDATE alembic_version SET version_num = '9999'")
    assert "revision 9999" in cowrie("db", "current").out
    for command in (("ingest",), ("status",), ("db", "upgrade")):
        refused = cowrie(*command)
        assert refused.code == 1
        assert "newer than this code knows" in refused.err


def test_db_downgrade_tells_what_is_lost_and_asks(cowrie: Cowrie) -> None:
    newest = cowrie("db", "upgrade").out.split("revision ")[-1].strip(" .\n")
    refused = cowrie("db", "downgrade", "0001")
    assert refused.code == 1
    assert "0002: of logs: the folder in which each was first read" in refused.out
    assert "nothing was changed" in refused.err and "--yes" in refused.err
    assert f"revision {newest}" in cowrie("db", "current").out
    assert cowrie("db", "downgrade", "0003", "--yes").out.endswith("The tables are of revision 0003.\n")
    assert "back it up, then run `cowrie-assets db upgrade`" in cowrie("status").err
    assert "an earlier revision, one of 0001, 0002" in cowrie("db", "downgrade", "0003").err
    assert "an earlier revision" in cowrie("db", "downgrade", newest).err
    assert cowrie("db", "upgrade").code == 0
    assert cowrie("db", "downgrade", "elsewhere", "--yes").code == 1


def test_doctor(ingested: Cowrie, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    well = ingested("doctor")
    assert well.code == 0, well.out
    assert "10 logs of 2 sensors" in well.out
    monkeypatch.setenv("COWRIE_LOG_ROOT", str(tmp_path / "nowhere"))
    ill = ingested("doctor")
    assert ill.code == 1
    assert "nowhere' does not exist" in ill.out
