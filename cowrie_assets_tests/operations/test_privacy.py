"""Past an age passwords and addresses are nowhere any more, counts stay, and nothing brings the values back."""

import json
from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from pyarrow import parquet
from sqlalchemy import inspect, text

from cowrie_assets import clock
from cowrie_assets.archives import day_files
from cowrie_assets.archives.places import FolderPlace
from cowrie_assets.backups.backup import back_up
from cowrie_assets.backups.restore import restore
from cowrie_assets.backups.settings import BackupSettings
from cowrie_assets.campaigns.update import update_campaigns
from cowrie_assets.cowrie.privacy import Personal
from cowrie_assets.enrichment.answers import Kind
from cowrie_assets.health.privacy import privacy_findings
from cowrie_assets.indicators.feeds import write_feeds
from cowrie_assets.indicators.storing import store_indicators
from cowrie_assets.operations.archive import archive, prune, unarchive
from cowrie_assets.operations.day_checks import check_seals
from cowrie_assets.operations.ingest import ingest
from cowrie_assets.operations.privacy import PrivacyError, PrivacyResult, treat_old_days
from cowrie_assets.operations.rebuild import rebuild
from cowrie_assets.operations.repair import repair
from cowrie_assets.operations.reporting import reporting
from cowrie_assets.operations.seal import seal, unseal
from cowrie_assets.operations.validate import validate
from cowrie_assets.progress import Progress
from cowrie_assets.reports.document import build_report
from cowrie_assets.reports.periods import parse_period
from cowrie_assets.settings import PrivacyMode, Settings
from cowrie_assets.warehouse import traces
from cowrie_assets.warehouse.engine import Warehouse
from cowrie_assets.warehouse.maintenance import maintain
from cowrie_assets_tests import events, tables

pytestmark = pytest.mark.sqlite_first

DAY, NEXT, OPEN, TODAY = date(2026, 8, 28), date(2026, 8, 29), date(2026, 9, 5), date(2026, 9, 10)
KEY = "a key of the tests, long enough"
PLANTED = ["Planted-Pa55", "planted-user", "203.0.114.77", "203.0.114.78", "0:planted:0"]
"""What nobody shall find: a password, a user name, addresses, and what stands in a dead letter."""


@pytest.fixture(autouse=True)
def day_that_runs(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(clock, "today", lambda: TODAY)
    monkeypatch.setenv("TEST_PRIVACY_KEY", KEY)


def lines() -> Iterator[bytes]:
    """Sessions on both sides of midnight, of two addresses; logins alike but for what they typed; an open day."""
    for number in range(60):
        yield events.line(number, src_ip=PLANTED[2 + number // 3 % 2], message=f"from {PLANTED[2 + number // 3 % 2]}")
    typed = {"eventid": "cowrie.login.failed", "username": "root", "timestamp": "2026-08-28T23:51:00.000000Z"}
    for password in (PLANTED[0], "another", "", "123456"):
        yield events.line(1, **typed, password=password, message=f"login attempt [b'root'/b'{password}'] failed")
    accepted = {"eventid": "cowrie.login.success", "timestamp": "2026-08-28T23:51:30.000000Z", "src_ip": PLANTED[2]}
    yield events.line(1, **accepted, username=PLANTED[1], password=PLANTED[0])
    yield events.line(2, eventid="cowrie.client.kex", hassh="ab" * 16)
    yield events.line(3, eventid="cowrie.client.fingerprint", username=PLANTED[1], message=f"key of {PLANTED[1]}")
    yield events.line(4, eventid="odd", session=None, src_ip="::ffff:203.0.114.78", system=["SSH", PLANTED[3]])
    common = {"timestamp": f"{OPEN}T12:00:00.000000Z", "session": "abcdef012345"}
    yield events.line(
        5, **common, eventid="cowrie.login.failed", username="root", password="123456", src_ip="203.0.115.7"
    )
    yield events.line(
        6, timestamp="2026-08-28T23:52:00.000000Z", session="abcdef012346", eventid="odd", src_ip="in no network"
    )


@pytest.fixture
def settings(database_url: str, tmp_path: Path) -> Settings:
    log = tmp_path / "logs" / "hp-test" / "cowrie.json.1"
    log.parent.mkdir(parents=True)
    log.write_bytes(b"".join(line + b"\n" for line in lines()))
    dead = b'{"eventid": "cowrie.login.failed", "password": "0:planted:0'
    log.with_name("cowrie.json.2").write_bytes(events.line(0, eventid="odd", src_ip=PLANTED[2]) + b"\n" + dead + b"\n")
    return Settings(
        log_root=tmp_path / "logs",
        database_url=database_url,
        report_dir=tmp_path / "reports",
        passwords_days=7,
        addresses_days=8,
        privacy_key="env:TEST_PRIVACY_KEY",
    )


@pytest.fixture
def place(tmp_path: Path) -> FolderPlace:
    return FolderPlace(tmp_path / "archive")


@pytest.fixture
def loaded(warehouse: Warehouse, settings: Settings) -> Warehouse:
    """With verdicts of what is planted, a mark of campaigns, indicators, and reports of the days and their week."""
    ingest(warehouse, settings)
    update_campaigns(warehouse)
    said = "INSERT INTO verdict_facts (kind, value_id, provider_id, status, attempts, fetched_at) "
    of_text = "SELECT :kind, id, 1, 2, 0, 1 FROM texts WHERE text = :value"
    with warehouse.write() as connection:
        for value, kind in ((PLANTED[0], Kind.PASSWORD), (PLANTED[2], Kind.ADDRESS)):
            connection.execute(text(said + of_text), {"kind": int(kind), "value": value})
    with reporting(warehouse, settings) as write:
        for day in (DAY, NEXT, OPEN):
            write(parse_period("daily", str(day)))
        write(parse_period("weekly", "2026-W35"))
    store_indicators(warehouse)
    write_feeds(warehouse, settings.report_dir)
    return warehouse


def found(warehouse: Warehouse, tmp_path: Path, *, in_bytes: bool = True) -> set[str]:
    """Where what is planted stands: tables, reports, the archive, and what a database file is made of."""
    places = set()
    with warehouse.read() as connection:
        for table in inspect(connection).get_table_names():
            rows = repr([tuple(map(_shown, row)) for row in connection.execute(text(f"SELECT * FROM {table}"))])
            places |= {f"{table}: {value}" for value in PLANTED if value in rows}
    for path in (each for each in tmp_path.rglob("*") if each.is_file() and "logs" not in each.parts):
        if path.suffix == ".parquet":
            content = repr(parquet.read_table(path).to_pylist()).encode()
        elif in_bytes or "reports" in path.parts:
            content = path.read_bytes()
        else:
            continue
        places |= {f"{path}: {value}" for value in PLANTED if value.encode() in content or value in path.name}
    return places


def _shown(value: Any) -> Any:
    return bytes(value).decode("latin-1") if isinstance(value, bytes | memoryview) else value


def marks(warehouse: Warehouse) -> list[str]:
    """What lets campaigns know the planted credential."""
    said = "SELECT texts.text FROM profile_marks JOIN texts ON texts.id = profile_marks.value_id WHERE kind = 7"
    with warehouse.read() as connection:
        return list(connection.execute(text(said)).scalars())


def indicators(warehouse: Warehouse) -> set[str]:
    """Addresses and domains that are shared."""
    shared = "SELECT value FROM indicator_facts WHERE type IN ('ipv4', 'ipv6', 'domain') AND tags LIKE '%source%'"
    with warehouse.read() as connection:
        return set(connection.execute(text(shared)).scalars())


def report(settings: Settings, day: date) -> dict[str, Any]:
    path = settings.report_dir / "daily" / str(day) / "aggregate.json"
    document: dict[str, Any] = json.loads(path.read_text())
    return document


def failing(warehouse: Warehouse, settings: Settings, place: FolderPlace | None = None) -> list[str]:
    return [each.summary for each in validate(warehouse, settings, place=place) if not each.passed]


def counts(warehouse: Warehouse) -> list[dict[str, Any]]:
    """What the tables count, without what is treated."""
    treated = {"src_ip", "username", "password", "dshield_flagged", "updated_at"}
    return sorted(
        (
            {name: value for name, value in row.items() if name not in treated}
            for view in ("session_summaries", "command_stats", "files")
            for row in tables.rows(warehouse, view)
        ),
        key=repr,
    )


@pytest.mark.parametrize(
    ("mode", "away"),
    [
        ("hash", "pruned"),
        pytest.param("drop", "archived", marks=pytest.mark.soak),
        pytest.param("hash", "here", marks=pytest.mark.soak),
        pytest.param("hash", "archived", marks=pytest.mark.soak),
        pytest.param("drop", "here", marks=pytest.mark.soak),
        pytest.param("drop", "pruned", marks=pytest.mark.soak),
    ],
)
def test_what_is_old_is_nowhere_any_more(
    loaded: Warehouse, settings: Settings, place: FolderPlace, tmp_path: Path, mode: PrivacyMode, away: str
) -> None:
    settings = replace(settings, privacy_mode=mode)
    before, sums = {day: report(settings, day) for day in (DAY, NEXT, OPEN)}, counts(loaded)
    logins = sum(row["attempts"] for row in tables.rows(loaded, "login_stats"))
    if away != "here":
        seal(loaded, None, NEXT)
        archive(loaded, place, None, OPEN)
    if away == "pruned":
        prune(loaded, place, None, OPEN)
    assert len({place.partition(": ")[2] for place in found(loaded, tmp_path)}) == len(PLANTED)
    assert (len(marks(loaded)), indicators(loaded)) == (1, {"203.0.114.77", "203.0.114.78", "203.0.115.7"})

    dry, told = treat_old_days(loaded, settings, place, dry_run=True), list[Progress]()
    assert (dry.days, dry.texts) == ({Personal.PASSWORDS: [DAY, NEXT], Personal.ADDRESSES: [DAY, NEXT]}, 0)
    done = treat_old_days(loaded, settings, place, progress=told.append)
    assert (done.days, done.files, done.letters) == (dry.days, 0 if away == "here" else 2, dry.letters)
    assert (dry.letters, done.is_rewritten, done.left) == (1, True, None)
    assert all(each.done == each.total for each in {each.phase: each for each in told}.values()), "each ends at 100 %"
    assert found(loaded, tmp_path) == set()
    assert failing(loaded, settings, place) == []
    assert (counts(loaded), marks(loaded), indicators(loaded)) == (sums, [], {"203.0.115.7"})
    assert sum(row["attempts"] for row in tables.rows(loaded, "login_stats")) == logins
    assert treat_old_days(loaded, settings, place) == PrivacyResult({})

    for day in (DAY, NEXT):
        now = report(settings, day)
        assert now["privacy"]["passwords"] == {"mode": mode, "days": 1, "first_day": str(day), "last_day": str(day)}
        for rendered in ("txt", "html"):
            content = (settings.report_dir / "daily" / str(day) / f"aggregate.{rendered}").read_text()
            assert f"User names and passwords of {day} are {'hashed' if mode == 'hash' else 'dropped'}." in content
        if mode == "hash":
            assert now["sessions"]["unique_ips"] == before[day]["sessions"]["unique_ips"]
            for name in ("unique_usernames", "unique_passwords"):
                assert now["credentials"][name] == before[day]["credentials"][name]
            assert [each["count"] for each in now["credentials"]["top_passwords"]] == sorted(
                (each["count"] for each in before[day]["credentials"]["top_passwords"]), reverse=True
            )
            for name in ("passwords", "networks"):
                assert now["new"][name]["total"] == before[day]["new"][name]["total"]
    with loaded.read() as connection:
        alone = build_report(connection, parse_period("daily", str(NEXT)), None, now_us=clock.now_us())
    typed = report(settings, DAY)["credentials"]["unique_passwords"]
    assert alone["changes"]["figures"]["unique_passwords"]["previous"] == typed
    assert (report(settings, OPEN), before[OPEN]["new"]["passwords"]["total"]) == (before[OPEN], 0)

    # nothing brings them back: the log, the archive, a rebuild
    with loaded.write() as connection:
        connection.execute(text("UPDATE logs SET doubt = 1"))
    again = ingest(loaded, settings).load
    assert (again.events, again.late) == (0, 0)
    if away == "pruned":
        unarchive(loaded, place, DAY, NEXT)
    views = tables.contents(loaded)
    unseal(loaded, settings, DAY, NEXT)
    rebuild(loaded)
    with loaded.write() as connection:
        connection.execute(text("UPDATE logs SET doubt = 1"))
    assert ingest(loaded, settings).load.events == 0
    assert tables.contents(loaded) == views
    assert failing(loaded, settings, place) == []
    assert found(loaded, tmp_path) == set()


class KilledError(Exception):
    """In the place of a kill."""


class Killing(FolderPlace):
    """An archive that this process does not reach as often as it should."""

    left = 1

    def put(self, draft: Path, name: str) -> None:
        if not self.left:
            raise KilledError
        self.left -= 1
        super().put(draft, name)


@pytest.mark.parametrize("away", [pytest.param("archived", marks=pytest.mark.soak), "pruned"])
def test_a_run_that_was_killed_is_finished(
    loaded: Warehouse, settings: Settings, place: FolderPlace, tmp_path: Path, away: str
) -> None:
    """The day is treated, its file is not: the next run, on any later day, writes it, and proves it by the seal."""
    seal(loaded, None, NEXT)
    archive(loaded, place, None, OPEN)
    if away == "pruned":
        prune(loaded, place, None, OPEN)
    with pytest.raises(KilledError):
        treat_old_days(loaded, settings, Killing(tmp_path / "archive"))
    assert waiting(loaded) == {DAY: 0, NEXT: 1}
    with pytest.raises(PrivacyError, match="name the key of then"):
        treat_old_days(loaded, replace(settings, privacy_mode="drop"), place)
    done = treat_old_days(loaded, settings, place)
    assert (done.days, done.files, done.reports) == ({}, 1, 3)
    assert waiting(loaded) == {DAY: 0, NEXT: 0}
    assert found(loaded, tmp_path, in_bytes=False) == set()
    assert failing(loaded, settings, place) == []


def waiting(warehouse: Warehouse) -> dict[date, int]:
    query = "SELECT session_day, MAX(file_waits) FROM treated_days GROUP BY session_day"
    with warehouse.read() as connection:
        return {clock.day_of_number(day): waits for day, waits in connection.execute(text(query))}


@pytest.mark.sqlite_first
def test_a_day_that_is_hashed_and_said_to_be_dropped_says_so_again(loaded: Warehouse, settings: Settings) -> None:
    treat_old_days(loaded, settings, None)
    with loaded.write() as connection:
        said = connection.execute(text("SELECT session_day, kind, way FROM treated_days ORDER BY 1, 2")).all()
        connection.execute(text("UPDATE treated_days SET way = 2"))
    assert repair(loaded, settings, [check_seals(loaded)]).failed == []
    assert check_seals(loaded).passed
    with loaded.read() as connection:
        assert connection.execute(text("SELECT session_day, kind, way FROM treated_days ORDER BY 1, 2")).all() == said


def test_what_comes_late_is_treated_as_its_day_is(loaded: Warehouse, settings: Settings, tmp_path: Path) -> None:
    """Also without the key: then it is dropped. Another session that spans midnight is one of its first day."""
    treat_old_days(loaded, replace(settings, addresses_days=9), None)
    treat_old_days(loaded, settings, None)
    late = {"session": "fedcba543210", "src_ip": PLANTED[2], "username": PLANTED[1], "password": PLANTED[0]}
    log = settings.log_root / "hp-test" / "cowrie.json.3" if settings.log_root else Path()
    kinds = [{"eventid": "cowrie.login.failed", "timestamp": f"{day}T12:00:00.000000Z"} for day in (NEXT, OPEN)]
    log.write_bytes(b"".join(events.line(number, **late, **kind) + b"\n" for number, kind in enumerate(kinds)))
    assert ingest(loaded, settings).load.late == 2
    assert found(loaded, tmp_path, in_bytes=False) == set()
    with loaded.write() as connection:
        connection.execute(text("UPDATE logs SET doubt = 1"))
    assert ingest(loaded, settings).load.late == 0
    torn = b'{"eventid": "cowrie.login.failed", "password": "0:planted:0'
    log.with_name("cowrie.json.4").write_bytes(events.line(7, **late, **kinds[0]) + b"\n" + torn + b"\n")
    without_key = ingest(loaded, replace(settings, privacy_key=None)).load
    assert (without_key.late, without_key.dead_letters) == (1, 1)
    assert found(loaded, tmp_path, in_bytes=False) == set()
    with loaded.write() as connection:
        connection.execute(text("UPDATE logs SET doubt = 1 WHERE path LIKE '%cowrie.json.4'"))
    assert ingest(loaded, replace(settings, privacy_key=None)).load.late == 0
    assert found(loaded, tmp_path, in_bytes=False) == set()
    opened = unseal(loaded, settings, DAY, NEXT)
    assert (opened.late, opened.without_key) == (2, 1), "what came without the key may be there already"
    assert failing(loaded, settings) == []


def test_what_cannot_be_done_is_told(loaded: Warehouse, settings: Settings, place: FolderPlace, tmp_path: Path) -> None:
    with pytest.raises(PrivacyError, match="OTHER_KEY is not set"):
        treat_old_days(loaded, replace(settings, privacy_key="env:OTHER_KEY"), place)
    with pytest.raises(PrivacyError, match="names an age"):
        treat_old_days(loaded, replace(settings, passwords_days=None, addresses_days=None), place)
    seal(loaded, None, NEXT)
    archive(loaded, place, None, OPEN)
    prune(loaded, place, None, OPEN)
    assert treat_old_days(loaded, settings, None).passed_by == [DAY, NEXT]
    (tmp_path / "archive" / day_files.name_of(DAY)).unlink()
    done = treat_old_days(loaded, settings, place)
    assert (done.passed_by, done.days) == ([DAY], {Personal.PASSWORDS: [NEXT], Personal.ADDRESSES: [NEXT]})
    assert done.left is not None and "1 day stays as it was, 2026-08-28 to 2026-08-28: " in done.left
    assert failing(loaded, settings) == []


@pytest.mark.on_both_engines
def test_traces_that_cannot_be_removed_are_told(
    loaded: Warehouse, settings: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Where it is not wanted, where the disk is full, and where somebody reads what was before: the next run does."""
    monkeypatch.setattr(traces, "_SECONDS_FOR_READERS", 0.1)
    is_sqlite = loaded.dialect == "sqlite"
    assert not has_traces(settings, loaded)
    with loaded.read() as reading:
        reading.execute(text("SELECT COUNT(*) FROM texts")).one()
        done = treat_old_days(loaded, settings, None)
    assert (done.is_rewritten, done.may_have_traces, has_traces(settings, loaded)) == (False, True, is_sqlite)
    assert done.left is not None and "as it was before" in done.left
    if not is_sqlite:
        return
    monkeypatch.setattr(traces, "disk_usage", lambda _: SimpleNamespace(free=4096))
    done = treat_old_days(loaded, settings, None)
    assert done.left is not None and "4.1 kB are free" in done.left
    done = treat_old_days(loaded, replace(settings, privacy_vacuum=False), None)
    assert (done.is_rewritten, done.left, has_traces(settings, loaded)) == (False, None, True)
    monkeypatch.undo()
    monkeypatch.setattr(clock, "today", lambda: TODAY)
    monkeypatch.setenv("TEST_PRIVACY_KEY", KEY)
    assert treat_old_days(loaded, settings, None).is_rewritten
    assert (found(loaded, tmp_path), has_traces(settings, loaded)) == (set(), False)


def has_traces(settings: Settings, warehouse: Warehouse) -> bool:
    """Whether `doctor` says that the database may hold copies of what was removed."""
    return any("may hold copies" in each.message for each in privacy_findings(settings, warehouse))


@pytest.mark.soak
def test_postgresql_written_anew_has_no_byte_of_it(loaded: Warehouse, settings: Settings, tmp_path: Path) -> None:
    """The files of its tables, their indexes and what they keep apart; its write-ahead log is the server's."""
    if loaded.dialect == "sqlite":
        pytest.skip("its file is read in the other tests")
    assert len({value for value in PLANTED if value.encode() in files_of(loaded)}) == len(PLANTED)
    done = treat_old_days(loaded, settings, None)
    assert (done.is_rewritten, done.may_have_traces) == (True, True)
    maintain(loaded, full=True)
    assert {value for value in PLANTED if value.encode() in files_of(loaded)} == set()


def files_of(warehouse: Warehouse) -> bytes:
    """The bytes of all files of PostgreSQL's tables and indexes."""
    files = (
        "SELECT pg_read_binary_file(pg_relation_filepath(c.oid)) FROM pg_class AS c "
        "WHERE c.relkind IN ('r', 'i', 't') AND c.relowner = (SELECT oid FROM pg_roles WHERE rolname = current_user) "
        "AND c.relnamespace IN (current_schema()::regnamespace, 'pg_toast'::regnamespace)"
    )
    with warehouse.outside_transactions() as connection:
        connection.execute(text("CHECKPOINT"))
        return b"".join(map(bytes, connection.execute(text(files)).scalars()))


@pytest.mark.soak
def test_a_backup_of_before_takes_the_treated_file(
    loaded: Warehouse, settings: Settings, place: FolderPlace, tmp_path: Path
) -> None:
    """It was made before a day that the archive alone has was treated: what the file says is what was treated."""
    if not settings.database_url.startswith("sqlite"):
        pytest.skip("its backup is another, and what follows it is the same")
    seal(loaded, None, NEXT)
    archive(loaded, place, None, OPEN)
    prune(loaded, place, None, OPEN)
    made = back_up(settings.database_url, tmp_path / "backups", BackupSettings(), keep=1)
    done = treat_old_days(loaded, settings, place)
    loaded.close()
    restore(made.path, settings.database_url, BackupSettings(), overwrite=True)
    made.path.unlink()
    with Warehouse.open(settings.database_url) as restored:
        assert treat_old_days(restored, replace(settings, privacy_mode="drop"), place).passed_by == [DAY, NEXT]
        assert treat_old_days(restored, settings, place).days == done.days
        assert found(restored, tmp_path) == set()
        assert failing(restored, settings, place) == []
        assert len(unarchive(restored, place, DAY, NEXT).days) == 2
