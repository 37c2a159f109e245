"""Every number of the documents of real logs, on both engines, is that of the recount."""

import random
from calendar import monthrange
from collections import Counter
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from cowrie_assets.clock import to_us
from cowrie_assets.reports.document import build_report
from cowrie_assets.reports.json_writer import dump
from cowrie_assets.reports.memo import Memo
from cowrie_assets.reports.periods import parse_period
from cowrie_assets_tests.reports.golden.conftest import CorpusOf, Load
from cowrie_assets_tests.reports.golden.loaded import ENGINES, Corpus, Loaded, without_words
from cowrie_assets_tests.truth import REAL_LOGS, RealLogs

NOW = datetime(2026, 10, 2, 7, 30, tzinfo=UTC)
"""August and September are over, October runs."""
DAYS = [f"2026-08-{day}" for day in range(27, 32)] + [f"2026-09-0{day}" for day in range(1, 5)]
PERIODS = [
    *(("daily", day) for day in DAYS),
    *(("weekly", f"2026-W{week}") for week in (34, 35, 36, 37)),
    *(("monthly", f"2026-{month}") for month in ("08", "09", "10")),
]
SENSORS = (None, "hp-fra-01", "hp-nyc-02")
SECTIONS = (
    *("schema_version", "report_type", "period", "start", "end", "sensor", "complete", "privacy"),
    *("sessions", "volume", "heat_map", "credentials", "commands", "files", "sources", "clients", "tunnels"),
    *("techniques", "campaigns", "snowshoe", "longtail", "ssh_keys", "new", "changes"),
    *("interesting", "abnormal", "alerts", "enrichments", "operations", "legacy"),
)


_LOGS = [name if name == "share" else pytest.param(name, marks=pytest.mark.soak) for name in ("sample", *REAL_LOGS)]
"""Of the share, which has more than the sample in all that is counted; the soak has the others."""


@pytest.fixture(scope="module", params=_LOGS)
def on_engines(
    request: pytest.FixtureRequest,
    corpus_of: CorpusOf,
    sample_logs: Path,
    real_logs_of: Callable[[str], RealLogs],
    load: Load,
) -> dict[str, Loaded]:
    corpus = corpus_of(sample_logs if request.param == "sample" else real_logs_of(request.param).logs)
    return {engine: load(engine, corpus) for engine in ENGINES}


@pytest.fixture
def loaded(on_engines: dict[str, Loaded]) -> Loaded:
    """On SQLite: `test_both_engines_write_the_same_bytes` tells of the other."""
    return on_engines["sqlite"]


def test_the_recount_finds_what_an_independent_program_found(corpus_of: CorpusOf, real_logs: RealLogs) -> None:
    """The truth beside the logs, session by session."""
    truth, evidence = real_logs.by_session, corpus_of(real_logs.logs).evidence
    counted = {(each.sensor, each.session_id): each for each in evidence.sessions}
    assert len(counted) == len(truth["sessions"])
    for row in truth["sessions"]:
        session = counted[row["sensor"], row["session"]]
        lasted = row["wall_s"] if row["duration_s"] is None else row["duration_s"]
        assert (
            *(len(session.events), session.command_count, session.login_successes, session.login_failures),
            *(session.counts["session.file_download"], session.counts["session.file_upload"], session.duration_us),
            *(session.src_ip, session.protocol, session.closed, sorted(session.files)),
            *(f"{session.first_at:%Y-%m-%dT%H:%M:%S.%fZ}", f"{session.last_at:%Y-%m-%dT%H:%M:%S.%fZ}"),
        ) == (
            *(row["event_count"], row["shell_command_count"], row["login_success"], row["login_failed"]),
            *(row["file_downloads"], row["file_uploads"], round(lasted * 1_000_000)),
            *(row["src_ip"], row["protocol"], row["closed"], sorted(row["shasums"])),
            *(row["first_event_at"], row["last_event_at"]),
        )
    inputs = Counter(
        event.fields["input"] for event in evidence.events if "command.input" in str(event.fields["eventid"])
    )
    assert inputs == dict(truth["commands"])


@pytest.mark.parametrize("section", SECTIONS)
def test_every_number(loaded: Loaded, section: str) -> None:
    for report_type, label in PERIODS:
        for sensor in SENSORS:
            found = without_words(loaded.built(report_type, label, sensor, NOW)[section])
            assert found == loaded.corpus.expected(report_type, label, sensor, NOW)[section], (label, sensor)


def test_there_are_no_other_numbers(loaded: Loaded) -> None:
    document = loaded.built("daily", "2026-08-31", None, NOW)
    assert [name for name in document if name != "generated_at"] == list(SECTIONS)


# --------------------------------------------------------------------------------------------------- what must sum up

WHOLES = [("weekly", "2026-W35"), ("weekly", "2026-W36"), ("monthly", "2026-08"), ("monthly", "2026-09")]


def counts(document: Any) -> Counter[str]:
    """Every number that adds up over days and over sensors, by its place in the document."""
    sessions = document["sessions"]
    found = Counter[str]()
    for name in (
        *("total", "closed", "with_commands", "with_login_success", "login_attempts", "login_successes"),
        *("login_failures", "file_downloads", "file_uploads", "tunnel_requests", "with_tunnel_requests"),
    ):
        found[name] = sessions[name]
    found.update({f"protocol {name}": count for name, count in sessions["protocols"].items()})
    found.update({f"{each['from']} commands": each["sessions"] for each in sessions["commands_histogram"]})
    found.update({f"{each['from_seconds']} s": each["sessions"] for each in sessions["durations"]["histogram"]})
    for each in sessions["by_protocol"]:
        found.update({f"{each['protocol']} {name}": value for name, value in each.items() if isinstance(value, int)})
    for item in document["volume"]["items"]:
        found.update({f"volume {item['start'][:10]} {name}": item[name] for name in item if name != "start"})
    found.update({f"commands {name}": document["commands"][name] for name in ("total", "high_risk_total")})
    found.update({f"files {name}": document["files"][name] for name in ("downloads", "downloads_failed", "uploads")})
    return found


def uniques(document: Any) -> Counter[str]:
    """The numbers of distinct values."""
    sections = ("sessions", "credentials", "commands", "files", "sources")
    return Counter(
        {
            f"{section} {name}": value
            for section in sections
            for name, value in document[section].items()
            if name.startswith("unique")
        }
    )


def day_labels(report_type: str, label: str) -> list[str]:
    start = datetime.fromisoformat(f"{label}-1" if report_type == "weekly" else f"{label}-01")
    length = 7 if report_type == "weekly" else monthrange(start.year, start.month)[1]
    return [f"{start + timedelta(days=number):%Y-%m-%d}" for number in range(length)]


@pytest.mark.parametrize(("report_type", "label"), WHOLES)
def test_days_sum_up(loaded: Loaded, report_type: str, label: str) -> None:
    for sensor in SENSORS:
        whole = loaded.built(report_type, label, sensor, NOW)
        days = [loaded.built("daily", day, sensor, NOW) for day in day_labels(report_type, label)]
        assert +counts(whole) == sum(map(counts, days), Counter())
        sums = sum(map(uniques, days), Counter())
        assert all(
            max(uniques(day)[name] for day in days) <= count <= sums[name] for name, count in uniques(whole).items()
        )


@pytest.mark.parametrize(("report_type", "label"), [*WHOLES, ("daily", "2026-08-31")])
def test_sensors_sum_up(loaded: Loaded, report_type: str, label: str) -> None:
    whole, *parts = (loaded.built(report_type, label, sensor, NOW) for sensor in SENSORS)
    assert +counts(whole) == sum(map(counts, parts), Counter())


def test_unique_values_are_counted_anew(loaded: Loaded) -> None:
    """Else the test above would not see them summed."""
    days = [loaded.built("daily", day, None, NOW) for day in day_labels("weekly", "2026-W36")]
    sums = sum(map(uniques, days), Counter())
    assert all(count < sums[name] for name, count in uniques(loaded.built("weekly", "2026-W36", None, NOW)).items())


# ------------------------------------------------------------------------------------------------------------- options


@pytest.mark.parametrize("options", [{"top": 1000, "look_back_days": 3}, {"top": 1, "look_back_days": 1}])
def test_every_number_with_other_options(loaded: Loaded, options: dict[str, int]) -> None:
    for report_type, label in (("daily", "2026-09-01"), ("weekly", "2026-W36"), ("monthly", "2026-09")):
        assert loaded.disagreements(report_type, label, None, NOW, **options) == {}


@pytest.mark.parametrize("share", [3, pytest.param(1, marks=pytest.mark.soak)])
def test_what_is_remembered_of_other_documents_changes_no_number(sample: Corpus, load: Load, share: int) -> None:
    """All, or a third, of one transaction with one memo, in no order, some with other options between them."""
    loaded, memo = load("sqlite", sample), Memo()
    chance = random.Random(1)
    wanted = [(*period, sensor) for period in PERIODS for sensor in SENSORS]
    with loaded.warehouse.read() as connection:
        for report_type, label, sensor in chance.sample(wanted, len(wanted) // share):
            period = parse_period(report_type, label)
            options = {"now_us": to_us(NOW), "memo": memo}
            build_report(connection, period, sensor, top=3, look_back_days=1, **options)
            document = build_report(connection, period, sensor, **options)
            assert document == loaded.built(report_type, label, sensor, NOW)


# ------------------------------------------------------------------------------------------------------------- engines


def test_both_engines_write_the_same_bytes(on_engines: dict[str, Loaded]) -> None:
    first, second = (on_engines[engine] for engine in ENGINES)
    for report_type, label in PERIODS:
        for sensor in SENSORS:
            documents = [each.built(report_type, label, sensor, NOW) for each in (first, second)]
            assert dump(documents[0]) == dump(documents[1])
