import gzip
import json
import os
import shlex
import subprocess
from dataclasses import replace
from pathlib import Path

import pytest
from sqlalchemy import text

from cowrie_assets.enrichment.providers import VIRUSTOTAL
from cowrie_assets.enrichment.quota import book
from cowrie_assets.health.doctor import Finding, doctor
from cowrie_assets.operations.ingest import ingest
from cowrie_assets.operations.reporting import reporting
from cowrie_assets.reports.periods import parse_period
from cowrie_assets.sensor_registry import Sensor, SensorRegistry
from cowrie_assets.settings import Settings
from cowrie_assets.warehouse.engine import Warehouse
from cowrie_assets_tests import events, tables
from cowrie_assets_tests.loading import write_log


@pytest.fixture
def environment(sample_settings: Settings) -> dict[str, str]:
    """A sound environment; each test spoils a part of it."""
    return {
        "COWRIE_LOG_ROOT": str(sample_settings.log_root),
        "COWRIE_DATABASE_URL": sample_settings.database_url,
        "COWRIE_REPORT_DIR": str(sample_settings.report_dir),
    }


def _of(findings: list[Finding], subject: str) -> list[tuple[str, str]]:
    return [(finding.level, finding.message) for finding in findings if finding.subject == subject]


def _levels(findings: list[Finding]) -> set[str]:
    return {finding.level for finding in findings}


def test_a_sound_environment_before_and_after_the_first_ingest(
    environment: dict[str, str], sample_settings: Settings, tmp_path: Path
) -> None:
    before = doctor(environment)
    assert _levels(before) == {"ok"}
    assert not (tmp_path / "warehouse.db").exists()
    with Warehouse.open(sample_settings.database_url) as warehouse:
        ingest(warehouse, sample_settings)
    after = doctor(environment)
    assert _levels(after) == {"ok"}
    assert _of(after, "journal") == [("ok", "write-ahead log")]
    ((_, message),) = _of(after, "database")
    assert "1,300 events, 0 days to summarise" in message


def test_each_engine(environment: dict[str, str], empty_database_url: str) -> None:
    with Warehouse.connect(empty_database_url) as warehouse:
        assert warehouse.dialect
    ((level, message),) = _of(doctor(environment | {"COWRIE_DATABASE_URL": empty_database_url}), "database")
    assert level == "ok"
    assert "is empty" in message


def test_logs(environment: dict[str, str], tmp_path: Path) -> None:
    unset = {name: value for name, value in environment.items() if name != "COWRIE_LOG_ROOT"}
    assert _of(doctor(unset), "logs")[0][0] == "error"
    (tmp_path / "empty").mkdir()
    ((level, message),) = _of(doctor(environment | {"COWRIE_LOG_ROOT": str(tmp_path / "empty")}), "logs")
    assert (level, message) == ("error", f"no log was found below {tmp_path / 'empty'}")
    os.mkfifo(tmp_path / "empty" / "cowrie.json")
    findings = _of(doctor(environment | {"COWRIE_LOG_ROOT": str(tmp_path / "empty")}), "logs")
    assert [level for level, _ in findings] == ["error", "warning"]
    assert "named pipe" in findings[1][1]


def test_settings_and_sensors_file(environment: dict[str, str], tmp_path: Path) -> None:
    assert _of(doctor(environment | {"COWRIE_FIRST_DAY": "x"}), "settings")[0][0] == "error"
    file = tmp_path / "sensors.toml"
    assert _of(doctor(environment | {"COWRIE_SENSORS_FILE": str(file)}), "settings")[0][0] == "error"
    file.write_text('[[sensor]]\nname = "a"\nlogpath = "nowhere"\n')
    findings = doctor(environment | {"COWRIE_SENSORS_FILE": str(file)})
    told = [(each.level, each.message) for each in findings if "nowhere" in each.message]
    assert told == [("error", f"the folder '{tmp_path / 'nowhere'}' of sensor a does not exist")]


def test_beside_a_broken_sensors_file_everything_else_is_looked_at(
    environment: dict[str, str], sample_settings: Settings, tmp_path: Path
) -> None:
    with Warehouse.open(sample_settings.database_url) as warehouse:
        ingest(warehouse, sample_settings)
    file = tmp_path / "sensors.toml"
    file.write_text('[[sensor]]\nname = "hp-fra-01"\nclock_ofset = "+02:00"\n')
    sound, broken = doctor(environment), doctor(environment | {"COWRIE_SENSORS_FILE": str(file)})
    ((level, message),) = _of(broken, "settings")
    assert level == "error"
    assert "clock_ofset" in message
    for subject in ("logs", "database", "journal", "reports"):
        assert _of(broken, subject) == _of(sound, subject) != []
    assert {each.subject for each in sound} - {"sensors file"} == {each.subject for each in broken} - {"settings"}
    both = doctor(environment | {"COWRIE_SENSORS_FILE": str(file), "COWRIE_FIRST_DAY": "x"})
    assert [finding.level for finding in both if finding.subject == "settings"] == ["error"]


def test_a_database_that_cannot_serve(environment: dict[str, str], sample_settings: Settings, tmp_path: Path) -> None:
    nowhere = environment | {"COWRIE_DATABASE_URL": "postgresql+psycopg://cowrie:s3cret@127.0.0.1:1/cowrie"}
    ((level, message),) = _of(doctor(nowhere), "database")
    assert level == "error"
    assert "s3cret" not in message
    with Warehouse.open(sample_settings.database_url) as warehouse, warehouse.write() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    ((level, message),) = _of(doctor(environment), "database")
    assert level == "error"
    assert "9999" in message


def test_a_database_whose_folder_is_not_there(environment: dict[str, str], tmp_path: Path) -> None:
    """`ingest` makes the database, not its folder."""
    environment["COWRIE_DATABASE_URL"] = f"sqlite:///{tmp_path / 'nowhere' / 'w.db'}"
    told = f"the folder {tmp_path / 'nowhere'} of the database does not exist; create it first"
    assert _of(doctor(environment), "database") == [("error", told)]


def test_clocks(environment: dict[str, str], sample_settings: Settings, tmp_path: Path) -> None:
    log = tmp_path / "hp" / "cowrie.json"
    log.parent.mkdir()
    event = {"eventid": "cowrie.session.connect", "session": "a", "timestamp": "2999-01-01T00:00:00Z"}
    log.write_text(json.dumps(event) + "\n")
    os.utime(log, (4e9, 4e9))
    with Warehouse.open(sample_settings.database_url) as warehouse:
        ingest(warehouse, sample_settings, paths=[log.parent])
        with warehouse.write() as connection:
            book(connection, VIRUSTOTAL, int(4e15), values=1)
    findings = doctor(environment | {"COWRIE_LOG_ROOT": str(log.parent)})
    of_log, of_event, of_call = _of(findings, "clock")
    assert of_log[0] == of_event[0] == of_call[0] == "warning"
    assert "2096-10-02" in of_log[1]
    assert "2999-01-01" in of_event[1]
    assert "1 call to services is dated in the future, up to 2096-10-02" in of_call[1]


def test_what_could_not_be_read_is_told_with_a_command(
    environment: dict[str, str], sample_settings: Settings, tmp_path: Path
) -> None:
    folder = tmp_path / "logs" / "hp"
    folder.mkdir(parents=True)
    (folder / "cowrie.json.1").write_bytes(b"{broken\n{broken too\n")
    (folder / "cowrie.json.2.gz").write_bytes(gzip.compress(b"{}\n")[:-4])
    with Warehouse.open(sample_settings.database_url) as warehouse:
        ingest(warehouse, sample_settings, paths=[folder])
    damaged, dead = _of(doctor(environment), "dead letters")
    assert damaged[0] == dead[0] == "warning"
    assert damaged[1].startswith(f"1 log could not be read to the end, such as '{folder}/cowrie.json.2.gz': ")
    assert "`cowrie-assets dead-letters list --reason damaged_archive`" in damaged[1]
    assert dead[1].startswith("3 lines are no events: `cowrie-assets dead-letters list`")


def test_names_of_the_sensors_file_that_mean_no_event_are_told_with_the_nearest(
    environment: dict[str, str], sample_settings: Settings, tmp_path: Path
) -> None:
    uuid = "61b6c0de-8a5f-11ef-b1c4-0242ac120002"
    file = tmp_path / "sensors.toml"
    file.write_text(
        f'[[sensor]]\nname = "a"\naliases = ["hp-frA-1", "hp-fra-1", "hp"]\nuuids = ["{uuid.upper()}", "{uuid[:-1]}"]\n'
    )
    environment |= {"COWRIE_SENSORS_FILE": str(file), "COWRIE_LOG_ROOT": str(tmp_path / "logs")}
    assert _of(doctor(environment), "sensor names") == []
    write_log(tmp_path / "logs", [events.line(1, sensor="hp-fra-1", uuid=uuid)], sensor="hp")
    settings = Settings.from_environment(environment)
    with Warehouse.open(settings.database_url) as warehouse:
        ingest(warehouse, settings)
        assert {row["sensor"] for row in tables.rows(warehouse, "raw_events")} == {"a"}
    assert _of(doctor(environment), "sensor names") == [
        (
            "warning",
            "sensor 'a' of the sensors file: the alias 'hp-frA-1' occurs in no stored event; the nearest that does is "
            "'hp-fra-1'",
        ),
        (
            "warning",
            f"sensor 'a' of the sensors file: the uuid '{uuid[:-1]}' occurs in no stored event; the nearest that does "
            f"is '{uuid}'",
        ),
    ]


def test_a_uuid_is_one_in_upper_and_in_lower_case(sample_settings: Settings, tmp_path: Path) -> None:
    write_log(
        tmp_path / "logs", [events.line(1, sensor="3f2a", uuid="AbC-1"), events.line(2, sensor="4e", uuid="abc-1")]
    )
    named = replace(
        sample_settings, log_root=tmp_path / "logs", registry=SensorRegistry((Sensor("a", uuids=("aBC-1",)),))
    )
    with Warehouse.open(named.database_url) as warehouse:
        ingest(warehouse, named)
        assert {row["sensor"] for row in tables.rows(warehouse, "raw_events")} == {"a"}


def test_what_others_can_read_is_told_with_what_to_do(
    environment: dict[str, str], sample_settings: Settings, tmp_path: Path
) -> None:
    with Warehouse.open(sample_settings.database_url) as warehouse:
        ingest(warehouse, sample_settings)
        with reporting(warehouse, sample_settings) as write:
            write(parse_period("daily", "2026-08-31"))
        assert _of(doctor(environment), "modes") == []
        for name in ("warehouse.db", "warehouse.db-wal"):
            (tmp_path / name).chmod(0o644)
        report = sample_settings.report_dir / "daily" / "2026-08-31" / "aggregate.json"
        report.chmod(0o640)
        database, reports = _of(doctor(environment), "modes")
        commands = (
            f"chmod go= {tmp_path}/warehouse.db {tmp_path}/warehouse.db-wal",
            f"chmod -R go= {sample_settings.report_dir}",
        )
        for (level, message), command, mode in zip((database, reports), commands, ("644", "640"), strict=True):
            assert level == "warning"
            assert f"({mode})" in message and message.endswith(command)
            subprocess.run(shlex.split(command), check=True)
        assert _of(doctor(environment), "modes") == []


def test_a_folder_in_the_place_of_the_database_is_not_told_to_be_open_to_others(
    environment: dict[str, str], tmp_path: Path
) -> None:
    (tmp_path / "warehouse.db").mkdir(mode=0o755)
    found = doctor(environment)
    assert _of(found, "modes") == []
    ((level, message),) = _of(found, "database")
    assert level == "error"
    assert "is a folder" in message


def test_rules_of_the_users_own_are_told_where_they_are_broken_or_not_yet_the_databases(
    environment: dict[str, str], sample_settings: Settings, tmp_path: Path
) -> None:
    file = tmp_path / "rules.toml"
    rule = '[[rule]]\nid = "x"\nscore = 5\ndescription = "x"\nwhen = [{ programs = "x" }]\nmatches = ["x"]\n'
    file.write_text(rule + "regex = '(a+)+'\n")
    named = environment | {"COWRIE_RULES_FILE": str(file)}
    with Warehouse.open(sample_settings.database_url) as warehouse:
        assert _of(doctor(environment), "rules") == []
        found = doctor(named)
        assert _of(found, "rules") == []
        (broken,) = (finding for finding in found if finding.subject == "settings")
        assert (broken.level, broken.message) == (
            "error",
            f"COWRIE_RULES_FILE {file}, line 2: rule x: there is no regex; a rule has after, description, id, matches, "
            "score, spares, technique, when",
        )
        assert broken.lines[0].startswith("to mend: ")
        file.write_text(rule)
        ((level, message),) = _of(doctor(named), "rules")
        assert (level, "the next ingest here takes them in" in message) == ("warning", True)
        ingest(warehouse, replace(sample_settings, rules_file=file))
        message = f"COWRIE_RULES_FILE {file}: 1 rule of your own"
        assert _of(doctor(named), "rules") == [("ok", message)]
        ((level, message),) = _of(doctor(environment), "rules")
        assert (level, "the next ingest here drops them" in message) == ("warning", True)
        assert _of(doctor(environment | {"COWRIE_COLLECTOR": "a"}), "rules") == [], "it judges nothing"
