"""Logs on a server that speaks S3: moto's, over real HTTP."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from cowrie_assets.errors import SettingsError
from cowrie_assets.log_store.fetching import STATE, FetchError, _place, fetch
from cowrie_assets.log_store.settings import LogStoreSettings
from cowrie_assets.operations.ingest import ingest
from cowrie_assets.settings import Settings
from cowrie_assets.warehouse.engine import Warehouse
from cowrie_assets_tests import events, tables
from cowrie_assets_tests.cli.conftest import Cowrie, cowrie  # noqa: F401  (a fixture)

LIVE, ROTATED = "hp-1/cowrie.json", "hp-1/cowrie.json.2026-08-28"


@pytest.fixture(scope="module")
def server() -> Iterator[str]:
    from moto.server import ThreadedMotoServer

    moto = ThreadedMotoServer("127.0.0.1", port=0, verbose=False)
    moto.start()
    host, port = moto.get_host_and_port()
    try:
        yield f"http://{host}:{port}"
    finally:
        moto.stop()


@pytest.fixture
def bucket(server: str) -> Any:
    """An empty bucket `honeypots`."""
    import boto3

    store = boto3.resource(
        "s3", endpoint_url=server, region_name="us-east-1", aws_access_key_id="k", aws_secret_access_key="s"
    )
    bucket = store.create_bucket(Bucket="honeypots")
    bucket.objects.delete()
    return bucket


@pytest.fixture
def environment(server: str, monkeypatch: pytest.MonkeyPatch) -> dict[str, str]:
    monkeypatch.setenv("S3_SECRET", "s3cr3t-of-the-bucket")
    return environment_of(server)


def environment_of(server: str) -> dict[str, str]:
    options = {
        "key": "AKIA1",
        "secret": "env:S3_SECRET",
        "client_kwargs": {"endpoint_url": server},
        "config_kwargs": {"retries": {"max_attempts": 0}},
    }
    return {"COWRIE_LOG_URL": "s3://honeypots/logs", "COWRIE_LOG_OPTIONS": json.dumps(options)}


@pytest.fixture
def store(environment: dict[str, str], bucket: Any) -> LogStoreSettings:
    return LogStoreSettings.from_environment(environment)


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return Settings(log_root=tmp_path / "logs")


def content(*numbers: int) -> bytes:
    return b"".join(events.line(number) + b"\n" for number in numbers)


def test_a_log_that_grows_and_rotates_in_the_store_is_loaded_once(
    bucket: Any, store: LogStoreSettings, settings: Settings, tmp_path: Path
) -> None:
    def put(**logs: tuple[str, bytes]) -> None:
        for name, body in logs.values():
            bucket.put_object(Key=f"logs/{name}", Body=body)

    with Warehouse.open(f"sqlite:///{tmp_path / 'fetched.db'}") as warehouse:
        put(live=(LIVE, content(*range(20)) + events.line(20)[:40]))
        assert fetch(settings, store).logs == 1
        ingest(warehouse, settings)
        put(live=(LIVE, content(*range(30))))
        put(other=("hp-2/cowrie.json.gz.txt", b"no log"), report=("hp-2/report.html", b"<p>"))
        fetch(settings, store)
        ingest(warehouse, settings)
        put(old=(ROTATED, content(*range(40))), live=(LIVE, content(*range(40, 50))))
        assert fetch(settings, store).logs == 2
        loaded = ingest(warehouse, settings)
        assert loaded.load.events == 20
        fetched = stored(warehouse)
        assert len(fetched) == 50
    whole = tmp_path / "whole" / "hp-1" / "cowrie.json.1"
    whole.parent.mkdir(parents=True)
    whole.write_bytes(content(*range(50)))
    with Warehouse.open(f"sqlite:///{tmp_path / 'whole.db'}") as warehouse:
        ingest(warehouse, Settings(log_root=tmp_path / "whole"))
        assert fetched == stored(warehouse)


def stored(warehouse: Warehouse) -> list[str]:
    """Every event, in no order of reading."""
    return sorted(row["payload"] for row in tables.rows(warehouse, "raw_events"))


def test_only_what_changed_is_fetched_again(bucket: Any, store: LogStoreSettings, settings: Settings) -> None:
    assert settings.log_root is not None
    for name in (LIVE, ROTATED):
        bucket.put_object(Key=f"logs/{name}", Body=content(1))
    first = fetch(settings, store)
    assert (first.logs, first.unchanged, first.bytes) == (2, 0, 2 * len(content(1)))
    copy = settings.log_root / LIVE
    assert copy.stat().st_mode & 0o777 == 0o600
    assert copy.stat().st_mtime == bucket.Object(f"logs/{LIVE}").last_modified.timestamp()
    copy.unlink()
    again = fetch(settings, store)
    assert (again.logs, again.unchanged, copy.exists()) == (0, 2, False)
    bucket.put_object(Key=f"logs/{LIVE}", Body=content(2))
    assert (fetch(settings, store).logs, copy.read_bytes()) == (1, content(2))
    bucket.Object(f"logs/{LIVE}").delete()
    assert (fetch(settings, store).unchanged, copy.exists()) == (1, True)
    (settings.log_root / STATE).write_bytes(b"damaged")
    assert fetch(settings, store).logs == 1


def test_a_log_that_changes_while_it_is_fetched_is_had_whole(
    bucket: Any, store: LogStoreSettings, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    from s3fs import S3FileSystem

    bucket.put_object(Key=f"logs/{LIVE}", Body=content(1))
    get, changes = S3FileSystem.get_file, iter([content(1, 2), content(1, 2, 3)])

    def changing(files: S3FileSystem, source: str, target: str) -> None:
        get(files, source, target)
        changed = next(changes, None)
        if changed is not None:
            bucket.put_object(Key=f"logs/{LIVE}", Body=changed)

    monkeypatch.setattr(S3FileSystem, "get_file", changing)
    assert settings.log_root is not None
    assert fetch(settings, store).logs == 1
    assert (settings.log_root / LIVE).read_bytes() == content(1, 2, 3)
    changes = iter([content(number) for number in range(9)])
    bucket.put_object(Key=f"logs/{LIVE}", Body=content(4))
    lost = fetch(settings, store)
    assert (lost.logs, lost.failed) == (0, 1)
    assert "changed each time" in lost.warnings[0]
    assert (settings.log_root / LIVE).read_bytes() == content(1, 2, 3)
    assert list((settings.log_root / ".~tmp~").iterdir()) == []


def test_one_log_that_cannot_be_had_keeps_no_other(bucket: Any, store: LogStoreSettings, settings: Settings) -> None:
    assert settings.log_root is not None
    for name in ("a/cowrie.json", "a/cowrie.json/cowrie.json", "b//cowrie.json", f"{'x' * 256}/cowrie.json", LIVE):
        bucket.put_object(Key=f"logs/{name}", Body=content(1))
    done = fetch(settings, store)
    assert (done.logs, done.failed, len(done.warnings)) == (2, 3, 3)
    assert (settings.log_root / LIVE).exists()


@pytest.mark.parametrize(
    "name",
    [
        *("../cowrie.json", "a/../../cowrie.json", "/etc/cowrie.json", "a//cowrie.json", "./cowrie.json"),
        *("cowrie.json\0", "cowrie.json\ud800", f"{'ü' * 128}/cowrie.json", STATE, ".~tmp~/cowrie.json", ""),
    ],
)
def test_a_name_that_leads_elsewhere_has_no_place(name: str, tmp_path: Path) -> None:
    assert _place(tmp_path, name) is None
    assert _place(tmp_path, "hp 1/ü/cowrie.json") == tmp_path / "hp 1" / "ü" / "cowrie.json"


def test_a_store_that_is_away_changes_nothing_and_is_told_without_a_secret(
    bucket: Any, store: LogStoreSettings, settings: Settings
) -> None:
    assert settings.log_root is not None
    bucket.put_object(Key=f"logs/{LIVE}", Body=content(1))
    fetch(settings, store)
    before = (settings.log_root / STATE).read_bytes()
    away = LogStoreSettings.from_environment(environment_of("http://127.0.0.1:9"))
    with pytest.raises(FetchError, match="s3://honeypots/logs cannot be listed") as found:
        fetch(settings, away)
    assert found.value.passing
    assert "s3cr3t" not in str(found.value) + repr(away)
    assert (settings.log_root / STATE).read_bytes() == before


def test_a_setting_that_cannot_be_used_is_named_and_not_repeated() -> None:
    for environment in ({"COWRIE_LOG_URL": "s3://key:s3cr3t@bucket"}, {"COWRIE_LOG_OPTIONS": '{"secret": "s3cr3t"}'}):
        with pytest.raises(SettingsError, match=next(iter(environment))) as found:
            LogStoreSettings.from_environment(environment)
        assert "s3cr3t" not in str(found.value)


def test_as_a_user_runs_it(
    cowrie: Cowrie,  # noqa: F811
    bucket: Any,
    environment: dict[str, str],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("COWRIE_LOG_ROOT", str(tmp_path / "spool"))
    assert "no store is named: set COWRIE_LOG_URL" in cowrie("fetch").err
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    nothing = cowrie("fetch")
    assert (nothing.code, "No object below s3://honeypots/logs is named like a log" in nothing.err) == (0, True)
    bucket.put_object(Key=f"logs/{LIVE}", Body=content(*range(5)))
    assert cowrie("fetch").out.startswith("1 log fetched, ")
    assert "events inserted              5" in cowrie("ingest").out
    assert cowrie("fetch").out == "0 logs fetched, 0 B; 1 log is unchanged.\n"
    bucket.put_object(Key="logs//cowrie.json", Body=content(1))
    refused = cowrie("fetch")
    assert (refused.code, "has a name that no file can have" in refused.err) == (1, True)
