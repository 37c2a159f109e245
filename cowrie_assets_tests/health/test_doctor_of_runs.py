"""What `doctor` tells of runs, of what goes out, of rights and of Dagster's services: each with what to do."""

import json
import os
from pathlib import Path

import dagster as dg
import pytest
from dagster._daemon.types import DaemonHeartbeat
from sqlalchemy import text

from cowrie_assets.activity import stage, subscribed
from cowrie_assets.cli.app import run
from cowrie_assets.clock import US_PER_DAY, iso_us, now_us
from cowrie_assets.health.doctor import doctor
from cowrie_assets.health.finding import Finding
from cowrie_assets.operations.modes import shut_metrics
from cowrie_assets.settings import Settings
from cowrie_assets.telemetry.status_files import StatusFiles
from cowrie_assets.warehouse.engine import Warehouse

_NOTHING = "INSERT INTO notifications (channel, subject, waiting, attempts, error, next_attempt_at)"
_FAILURES = {
    "digests": f"{_NOTHING} VALUES ('slack', 'run:ingest', 1, 3, 'it answers 500\x1b[2J', 1)",
    "services": "INSERT INTO service_calls (provider_id, booked_at, ended_at, asked, outcome, error) "
    "SELECT id, 1, 2, 1, 3, 'the key was refused' FROM verdict_providers WHERE name = 'dshield'",
}


@pytest.fixture
def environment(sample_settings: Settings) -> dict[str, str]:
    """A sound environment."""
    return {
        "COWRIE_LOG_ROOT": str(sample_settings.log_root),
        "COWRIE_DATABASE_URL": sample_settings.database_url,
        "COWRIE_REPORT_DIR": str(sample_settings.report_dir),
    }


def _of(findings: list[Finding], subject: str) -> list[Finding]:
    return [finding for finding in findings if finding.subject == subject]


def test_a_run_that_failed_is_told_with_what_goes_on_from_it(environment: dict[str, str], tmp_path: Path) -> None:
    folder = tmp_path / "status"
    given = environment | {"COWRIE_STATUS_DIR": str(folder)}
    with subscribed(StatusFiles(folder)), stage("reporting"):
        (runs,) = _of(doctor(given), "runs")
        assert (runs.level, runs.message) == ("ok", f"1 phase in {folder}; reporting in work")
    with subscribed(StatusFiles(folder)), pytest.raises(OSError), stage("delta_ingest"):
        raise OSError(28, "No space left on device", str(tmp_path / "x"))
    (runs,) = _of(doctor(given), "runs")
    assert runs.level == "warning"
    assert "No space left on device" in runs.message
    assert runs.lines == ("to mend: cowrie-assets ingest",)
    file = folder / "delta_ingest.json"
    long_ago = json.loads(file.read_text()) | {"last_updated": iso_us(now_us() - 8 * US_PER_DAY)}
    file.write_text(json.dumps(long_ago))
    assert [finding.level for finding in _of(doctor(given), "runs")] == ["ok"]


def test_files_that_others_may_read(environment: dict[str, str], tmp_path: Path) -> None:
    given = dict(environment)
    for name in ("COWRIE_STATUS_DIR", "COWRIE_BACKUP_DIR", "COWRIE_ARCHIVE_URL"):
        folder = tmp_path / name.lower()
        folder.mkdir(0o700)
        (folder / "file").touch(0o600)
        (folder / "file").chmod(0o640)
        given[name] = str(folder)
    told = [finding.message for finding in _of(doctor(given), "modes")]
    assert [message.partition(" ")[0] for message in told] == ["backups", "archives"]  # a monitor's group may read
    (tmp_path / "cowrie_status_dir" / "file").chmod(0o644)
    others = f"find {tmp_path / 'cowrie_status_dir'} ! -name cowrie_assets.prom -exec chmod g-w,o= {{}} +"
    assert others in _of(doctor(given), "modes")[-1].message
    (tmp_path / "cowrie_status_dir" / "file").rename(tmp_path / "cowrie_status_dir" / "cowrie_assets.prom")
    assert [finding.message for finding in _of(doctor(given), "modes")] == told, "it is for the node exporter to read"
    shut = given | {"COWRIE_METRICS_FILE": str(tmp_path / "cowrie_status_dir" / "cowrie_assets.prom")}
    assert "the node exporter cannot read the metrics" in _of(doctor(shut), "modes")[-1].message  # pytest's are 0700
    assert shut_metrics(Path("/etc/passwd")) is None


def test_what_goes_out_and_does_not_arrive(environment: dict[str, str], sample_settings: Settings) -> None:
    given = environment | {
        "COWRIE_SLACK_WEBHOOK": "env:HOOK",
        "HOOK": "https://hooks.example.org/x",
        "COWRIE_DSHIELD_CONTACT": "me@example.org",
        "COWRIE_ELASTICSEARCH_URL": "https://search.example.org:9200",
    }
    with Warehouse.open(sample_settings.database_url) as warehouse:
        sound = {name: [each.level for each in _of(doctor(given), name)] for name in ("digests", "publishing")}
        assert sound == {"digests": ["ok"], "publishing": ["ok"]}
        with warehouse.write() as connection:
            for failure in _FAILURES.values():
                assert connection.execute(text(failure)).rowcount == 1
    findings = doctor(given)
    (digests,), (services,) = _of(findings, "digests"), _of(findings, "services")
    assert (digests.level, digests.message) == ("warning", "slack did not take 1 message: it answers 500\\x1b[2J")
    assert (services.level, "the key was refused" in services.message) == ("warning", True)
    assert digests.lines
    assert services.lines


def test_dagster_s_services(environment: dict[str, str], tmp_path: Path) -> None:
    home = tmp_path / "home"
    given = environment | {"DAGSTER_HOME": str(home)}
    assert _of(doctor(given), "dagster") == []
    home.mkdir()
    (home / "dagster.yaml").write_text("telemetry: {enabled: false}\n")
    (sound,) = _of(doctor(given), "dagster")
    assert (sound.level, sound.message) == ("ok", "no service of it runs on this machine")
    with dg.DagsterInstance.from_config(str(home)) as instance:
        for kind in instance.get_required_daemon_types():
            instance.add_daemon_heartbeat(DaemonHeartbeat(now_us() / 1e6 - 600, kind, "x", []))
    (silent,) = _of(doctor(given), "dagster")
    assert silent.level == "error"
    assert "the daemon is not heard of; it was last heard of 10 min ago" in silent.message
    (home / "dagster.yaml").write_text("storage: {postgres: {postgres_url: 'postgresql://u:secret@/x', x: 1}}\n")
    (broken,) = _of(doctor(given), "dagster")
    assert broken.level == "error"
    assert "secret" not in repr(broken)


def test_findings_as_json(
    environment: dict[str, str], monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    monkeypatch.delenv("DAGSTER_HOME", raising=False)
    assert run(["doctor", "--format", "json"]) == 0
    document = json.loads(capsys.readouterr().out)
    assert document["level"] == "ok"
    assert document["findings"][0]["subject"] == "packages"
    monkeypatch.setenv("COWRIE_LOG_ROOT", os.devnull)
    assert run(["doctor", "--format", "json"]) == 1
    document = json.loads(capsys.readouterr().out)
    assert document["level"] == "error"
    assert {"subject", "level", "message", "lines"} == document["findings"][0].keys()
