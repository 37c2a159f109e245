"""An archive on a server that speaks S3: moto's, over real HTTP."""

import json
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest

from cowrie_assets.archives import day_files
from cowrie_assets.archives.errors import ArchiveError
from cowrie_assets.archives.places import Place, open_place
from cowrie_assets.archives.settings import ArchiveSettings
from cowrie_assets.errors import SettingsError
from cowrie_assets.operations.archive import archive, prune, unarchive
from cowrie_assets.operations.archive_check import check_archive
from cowrie_assets.operations.ingest import ingest
from cowrie_assets.operations.query import query
from cowrie_assets.operations.seal import seal
from cowrie_assets.settings import Settings
from cowrie_assets.warehouse.engine import Warehouse
from cowrie_assets_tests import events, tables

DAY, NEXT, LATER = date(2026, 8, 28), date(2026, 8, 29), date(2026, 9, 1)


@pytest.fixture(scope="module")
def server() -> Iterator[str]:
    """The URL of an S3 server with the bucket `archive`."""
    from moto.server import ThreadedMotoServer

    moto = ThreadedMotoServer("127.0.0.1", port=0, verbose=False)
    moto.start()
    host, port = moto.get_host_and_port()
    try:
        yield f"http://{host}:{port}"
    finally:
        moto.stop()


@pytest.fixture
def settings(server: str, monkeypatch: pytest.MonkeyPatch) -> ArchiveSettings:
    import boto3

    monkeypatch.setenv("S3_SECRET", "s3cr3t-of-the-bucket")
    client = boto3.client(
        "s3", endpoint_url=server, region_name="us-east-1", aws_access_key_id="k", aws_secret_access_key="s"
    )
    client.create_bucket(Bucket="archive")
    return named(server)


def named(server: str) -> ArchiveSettings:
    """The settings of an archive on a server."""
    options = {
        "key": "AKIA1",
        "secret": "env:S3_SECRET",
        "client_kwargs": {"endpoint_url": server},
        "config_kwargs": {"retries": {"max_attempts": 0}},
    }
    return ArchiveSettings.from_environment(
        {"COWRIE_ARCHIVE_URL": "s3://archive/cowrie", "COWRIE_ARCHIVE_OPTIONS": json.dumps(options)}
    )


@pytest.fixture
def place(settings: ArchiveSettings) -> Place:
    return open_place(settings)


@pytest.fixture
def sealed(tmp_path: Path) -> Iterator[Warehouse]:
    log = tmp_path / "logs" / "hp-test" / "cowrie.json.1"
    log.parent.mkdir(parents=True)
    log.write_bytes(b"".join(events.line(number) + b"\n" for number in range(40)))
    with Warehouse.open(f"sqlite:///{tmp_path / 'warehouse.db'}") as warehouse:
        ingest(warehouse, Settings(log_root=tmp_path / "logs"))
        seal(warehouse, DAY, NEXT)
        yield warehouse


def test_there_and_back_by_a_server(sealed: Warehouse, place: Place, tmp_path: Path) -> None:
    before = tables.rows(sealed, "raw_events")
    assert prune(sealed, place, None, LATER).passed_by == [DAY, NEXT]
    assert archive(sealed, place, None, LATER).days == [DAY, NEXT]
    assert archive(sealed, place, None, LATER).days == []
    assert prune(sealed, place, None, NEXT).days == [DAY]
    assert check_archive(sealed, place).passed
    with query(sealed, place, "SELECT count(*) AS n FROM raw_events WHERE payload IS NOT NULL") as answer:
        assert (answer.missing, next(answer.batches).to_pylist()) == ([], [{"n": len(before)}])
    assert unarchive(sealed, place, DAY, NEXT).days == [DAY]
    assert tables.rows(sealed, "raw_events") == before
    assert list(tmp_path.rglob("*.parquet")) == []


def test_what_arrives_otherwise_than_it_was_sent_is_no_archive(
    sealed: Warehouse, place: Place, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A store that cuts what it is given."""
    files = place._files  # type: ignore[attr-defined]
    with monkeypatch.context() as patch:
        patch.setattr(files, "put_file", lambda source, path: files.pipe_file(path, Path(source).read_bytes()[:100]))
        with pytest.raises(ArchiveError, match="not what was sent"):
            archive(sealed, place, None, LATER)
    assert prune(sealed, place, None, LATER).days == []
    assert archive(sealed, place, None, LATER).days == [DAY, NEXT]


def test_no_error_repeats_a_secret(settings: ArchiveSettings, server: str, sealed: Warehouse) -> None:
    assert "s3cr3t" not in repr(settings)
    closed = named("http://127.0.0.1:9")
    with pytest.raises(ArchiveError) as found:
        archive(sealed, open_place(closed), None, LATER)
    assert "s3://archive/cowrie/raw_events/2026/2026-08-28.parquet" in str(found.value)
    assert "s3cr3t" not in str(found.value)
    assert found.value.passing
    prune(sealed, open_place(settings), None, LATER)
    archive(sealed, open_place(settings), None, LATER)
    prune(sealed, open_place(settings), None, LATER)
    with pytest.raises(ArchiveError, match="cannot be read"), query(sealed, open_place(closed), "FROM raw_events"):
        pass


@pytest.mark.parametrize(
    ("environment", "said"),
    [
        ({"COWRIE_ARCHIVE_URL": "s3://key:s3cr3t@bucket/folder"}, "COWRIE_ARCHIVE_URL"),
        ({"COWRIE_ARCHIVE_OPTIONS": '{"secret": "s3cr3t"}'}, "COWRIE_ARCHIVE_OPTIONS: secret"),
        ({"COWRIE_ARCHIVE_OPTIONS": '{"client_kwargs": {"aws_session_token": "s3cr3t"}}'}, "aws_session_token"),
        ({"COWRIE_ARCHIVE_OPTIONS": "s3cr3t"}, "JSON object"),
        ({"COWRIE_ARCHIVE_AFTER_DAYS": "90"}, "needs COWRIE_ARCHIVE_URL"),
        ({"COWRIE_PRUNE_AFTER_DAYS": "90"}, "only what is archived leaves"),
    ],
)
def test_a_setting_that_cannot_be_used_is_named_and_not_repeated(environment: dict[str, str], said: str) -> None:
    with pytest.raises(SettingsError) as found:
        ArchiveSettings.from_environment(environment)
    assert said in str(found.value)
    assert "s3cr3t" not in str(found.value)


def test_a_scheme_that_nobody_serves_is_told() -> None:
    with pytest.raises(ArchiveError, match="nosuch"):
        open_place(ArchiveSettings("nosuch://host/folder"))


def test_a_name_holds_nothing_but_the_day() -> None:
    assert day_files.name_of(DAY) == "raw_events/2026/2026-08-28.parquet"
