"""Every number of the document, on both engines, against a recount in plain Python."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import insert, update

from cowrie_assets.clock import to_us
from cowrie_assets.reports.document import build_report
from cowrie_assets.reports.periods import Period, parse_period, period_of, periods_between
from cowrie_assets.reports.sensors import UnknownSensorError
from cowrie_assets.warehouse.engine import Warehouse
from cowrie_assets.warehouse.schema import session_facts, waiting_sessions
from cowrie_assets_tests.examples import examples
from cowrie_assets_tests.reports.facts import Facts, Login, Session, StoredFile, Verdicts
from cowrie_assets_tests.reports.recount import recount
from cowrie_assets_tests.reports.recount_behaviour import without_words

MONDAY = date(2026, 8, 31)
DAY = parse_period("daily", "2026-08-31")
LATER = to_us(datetime(2027, 2, 1, tzinfo=UTC))
HEAD = ("schema_version", "report_type", "period", "start", "end", "sensor", "generated_at", "complete")
RECOUNTED = tuple(recount([], DAY, None))
KEYS = (
    *(*HEAD, "privacy", "sessions", "volume", "heat_map", "credentials", "commands"),
    *("files", "sources", "clients", "tunnels", "techniques"),
    *(
        "campaigns",
        "snowshoe",
        "longtail",
        "ssh_keys",
        "new",
        "changes",
        "interesting",
        "abnormal",
        "alerts",
        "enrichments",
        "operations",
        "legacy",
    ),
)


def report(warehouse: Warehouse, period: Period = DAY, sensor: str | None = None, top: int = 10, now_us: int = LATER):
    with warehouse.read() as connection:
        return build_report(connection, period, sensor, top=top, now_us=now_us)


def sections(document: Any) -> dict[str, Any]:
    """What `recount` gives: the sections that tell of the period's sessions, the move of rankings left out."""
    found = {name: value for name, value in document.items() if name in RECOUNTED}
    for section in found.values():
        for items in section.values() if isinstance(section, dict) else ():
            for item in items if isinstance(items, list) else ():
                item.pop("previous_rank", None)
    return {**found, **{name: without_words(found[name]) for name in ("interesting", "abnormal")}}


def listed(items: list[Any]) -> list[tuple[str, int]]:
    return [(item["value"], item["count"]) for item in items]


# -------------------------------------------------------------------------------------------------------- random facts

NAMES = st.sampled_from(["root", "admin", "a", "a:b", "", "é", "\x00", "\ud800", "\U0010fffd", "\uffff", "😀"])
URLS = st.sampled_from([None, "http://192.0.2.7/a", "http://192.0.2.7/b", "ftp://x/\x00"])
HASHES = st.sampled_from([f"{number:064x}" for number in range(4)])
COMMANDS = st.sampled_from(["id", "uname -a", "", "sh\x00", "\ud800", "cat /proc/cpuinfo", "rm -rf /"])
IPS = st.sampled_from([None, "192.0.2.1", "192.0.2.2", "198.51.100.3", "2001:db8::1"])
VERDICTS = Verdicts(
    risky_commands={"rm -rf /": 90, "uname -a": 70, "id": 69},
    malicious_files=frozenset({f"{1:064x}", f"{2:064x}"}),
    clean_files=frozenset({f"{3:064x}"}),
    listed_ips=frozenset({"192.0.2.2"}),
    clean_ips=frozenset({"192.0.2.1"}),
    submitted={
        f"{number:064x}": to_us(datetime(2026, 8, 31, tzinfo=UTC) + timedelta(days=days, microseconds=us))
        for number, days, us in ((1, -5, 0), (2, 6, -1), (3, -5, -1))
    },
)

LOGINS = st.dictionaries(
    st.tuples(NAMES | st.none(), NAMES | st.none()), st.tuples(st.integers(1, 3), st.integers(0, 1)), max_size=3
).map(lambda found: tuple(Login(*key, *counts) for key, counts in found.items()))
FILES = st.dictionaries(HASHES, st.tuples(st.integers(0, 2), st.integers(0, 2), URLS), max_size=2).map(
    lambda found: tuple(
        StoredFile(shasum, downloads, uploads or not downloads, url)
        for shasum, (downloads, uploads, url) in found.items()
    )
)
SESSIONS = st.lists(
    st.builds(
        Session,
        day=st.sampled_from([MONDAY + timedelta(days=days) for days in (-1, 0, 0, 0, 1, 6, 7, 30)]),
        sensor=st.sampled_from(["hp-1", "hp-2"]),
        src_ip=IPS,
        protocol=st.sampled_from(["ssh", "telnet", None]),
        duration_us=st.integers(0, 10**9),
        closed=st.integers(0, 1),
        second=st.sampled_from([None, 0, 3599, 3600, 86_399]),
        commands=st.dictionaries(COMMANDS, st.integers(1, 4), max_size=6),
        seen=st.dictionaries(COMMANDS, st.tuples(st.integers(0, 2), st.integers(2, 4))),
        risk_score=st.integers(0, 100),
        logins=LOGINS,
        files=FILES,
        unstored_downloads=st.integers(0, 1),
        failed_downloads=st.integers(0, 1),
        tunnel_requests=st.sampled_from([0, 0, 2]),
        hassh=st.sampled_from([None, "0a" * 16, "0b" * 16]),
        version=st.sampled_from([None, "SSH-2.0-Go", "SSH-2.0-\x00\ud800"]),
    ),
    max_size=25,
)


@examples(6)
@given(sessions=SESSIONS, top=st.integers(1, 4))
@pytest.mark.sqlite_first
def test_every_number_of_every_period_is_that_of_a_recount(warehouse, sessions, top):
    Facts(warehouse).store(sessions, VERDICTS, sensors=["hp-1", "hp-2"])
    for period in (DAY, parse_period("weekly", "2026-W36"), parse_period("monthly", "2026-08")):
        for sensor in (None, "hp-1", "hp-2"):
            document = report(warehouse, period, sensor, top)
            assert sections(document) == recount(sessions, period, sensor, top, VERDICTS)


@examples(2)
@given(sessions=SESSIONS)
@pytest.mark.sqlite_first
def test_days_sum_up_to_their_week_and_month(warehouse, sessions):
    Facts(warehouse).store(sessions)
    sums = (
        "total",
        "closed",
        "with_commands",
        "with_login_success",
        "login_attempts",
        "file_downloads",
        "file_uploads",
    )
    for whole in (parse_period("weekly", "2026-W36"), parse_period("monthly", "2026-09")):
        last = period_of("daily", whole.end - timedelta(days=1))
        days = [report(warehouse, day) for day in periods_between(period_of("daily", whole.start), last)]
        document = report(warehouse, whole)
        for name in sums:
            assert document["sessions"][name] == sum(day["sessions"][name] for day in days)
        assert document["commands"]["total"] == sum(day["commands"]["total"] for day in days)
        assert document["files"]["downloads_failed"] == sum(day["files"]["downloads_failed"] for day in days)


# ----------------------------------------------------------------------------------------------------- the plain cases


def test_keys_stand_in_the_contracts_order(warehouse):
    Facts(warehouse).store([Session(MONDAY, protocol="telnet"), Session(MONDAY, protocol="ssh")])
    document = report(warehouse)
    expected = recount([], DAY, None)
    assert tuple(document) == KEYS
    assert [list(document[name] or ()) for name in expected] == [list(section or ()) for section in expected.values()]
    assert list(document["sessions"]["protocols"]) == ["ssh", "telnet"]


def test_the_head_tells_what_the_document_is_about(warehouse):
    Facts(warehouse).store([Session(MONDAY)])
    document = report(warehouse, parse_period("weekly", "2026-W36"), "hp-1", now_us=LATER + 1)
    assert {name: document[name] for name in HEAD} == {
        "schema_version": 1,
        "report_type": "weekly",
        "period": "2026-W36",
        "start": "2026-08-31T00:00:00Z",
        "end": "2026-09-07T00:00:00Z",
        "sensor": "hp-1",
        "generated_at": "2027-02-01T00:00:00.000001Z",
        "complete": True,
    }


def test_an_empty_period_has_the_same_shape_and_zeros(warehouse):
    Facts(warehouse).store([Session(MONDAY)])
    empty = report(warehouse, DAY.next())
    assert sections(empty) == recount([], DAY.next(), None)
    assert empty["sessions"]["avg_commands"] == 0.0
    assert isinstance(empty["sessions"]["avg_duration_seconds"], float)


def test_a_warehouse_without_any_session_has_a_report(warehouse):
    Facts(warehouse).store([])
    assert sections(report(warehouse)) == recount([], DAY, None)


def test_a_sensor_silent_in_the_period_has_zeros_and_an_unknown_one_is_an_error(warehouse):
    Facts(warehouse).store([Session(MONDAY, "hp-1"), Session(MONDAY - timedelta(days=9), "hp-2")])
    assert report(warehouse, sensor="hp-2")["sessions"]["total"] == 0
    with pytest.raises(UnknownSensorError, match="no log of a sensor 'hp-3' was read; known sensors: 'hp-1', 'hp-2'"):
        report(warehouse, sensor="hp-3")


def test_one_session_is_its_own_least_most_and_median(warehouse):
    Facts(warehouse).store([Session(MONDAY, commands={"id": 2, "ls": 1}, duration_us=1_234_567)])
    sessions = report(warehouse)["sessions"]
    assert [sessions[name] for name in ("min_commands", "median_commands", "p95_commands", "max_commands")] == [
        3,
        3,
        3,
        3,
    ]
    assert (sessions["avg_commands"], sessions["avg_duration_seconds"]) == (3.0, 1.23)


def test_percentiles_are_by_nearest_rank(warehouse):
    Facts(warehouse).store([Session(MONDAY, commands={"id": count} if count else {}) for count in range(20)])
    sessions = report(warehouse)["sessions"]
    assert (sessions["median_commands"], sessions["p95_commands"]) == (9, 18)


def test_ties_go_by_code_point_and_more_than_there_are_gives_all(warehouse):
    values = ["b", "a\x00", "a", "\ud800", "\ue000", "😀", "B", "é"]
    Facts(warehouse).store([Session(MONDAY, logins=tuple(Login("u", value) for value in values))])
    everything = [(value, 1) for value in sorted(values)]
    assert listed(report(warehouse, top=100)["credentials"]["top_passwords"]) == everything
    assert listed(report(warehouse, top=3)["credentials"]["top_passwords"]) == everything[:3]
    assert listed(report(warehouse, top=6)["credentials"]["top_passwords"]) == everything[:6]


def test_pairs_that_read_alike_are_one_combination(warehouse):
    logins = (Login("a", "b:c"), Login("a:b", "c"), Login("x", "y"), Login("x", None), Login(None, "y", 5))
    Facts(warehouse).store([Session(MONDAY, logins=logins)])
    credentials = report(warehouse)["credentials"]
    assert listed(credentials["top_combinations"]) == [("a:b:c", 2), ("x:y", 1)]
    assert listed(credentials["top_usernames"]) == [("x", 2), ("a", 1), ("a:b", 1)]
    assert listed(credentials["top_passwords"])[0] == ("y", 6)


def test_flags_count_sessions_and_follow_the_verdict(warehouse):
    bad, worse, clean = "aa" * 32, "bb" * 32, "cc" * 32
    sessions = [
        Session(MONDAY, src_ip="192.0.2.1", files=(StoredFile(bad), StoredFile(worse, 0, 3))),
        Session(MONDAY, src_ip="192.0.2.1", files=(StoredFile(clean),)),
        Session(MONDAY, src_ip="192.0.2.2", files=(StoredFile("dd" * 32),)),
    ]
    verdicts = Verdicts(
        {}, frozenset({bad, worse}), frozenset({clean}), frozenset({"192.0.2.1"}), frozenset({"192.0.2.2"})
    )
    Facts(warehouse).store(sessions, verdicts)
    document = report(warehouse)
    assert (document["sessions"]["vt_flagged"], document["sessions"]["dshield_flagged"]) == (1, 2)
    assert (document["files"]["vt_malicious"], document["files"]["unique_hashes"]) == (2, 4)


def test_a_session_belongs_to_the_day_of_its_first_event(warehouse):
    sunday = MONDAY - timedelta(days=1)
    Facts(warehouse).store([Session(sunday, duration_us=9 * 86_400_000_000, commands={"id": 1})])
    assert report(warehouse)["commands"]["total"] == 0
    assert report(warehouse, DAY.previous())["commands"]["total"] == 1


@pytest.mark.parametrize(
    ("label", "inside", "outside"),
    [
        ("2026-W53", date(2027, 1, 3), date(2027, 1, 4)),
        ("2025-W01", date(2024, 12, 30), date(2024, 12, 29)),
    ],
)
def test_weeks_over_the_end_of_a_year(warehouse, label, inside, outside):
    Facts(warehouse).store([Session(inside), Session(outside)])
    assert report(warehouse, parse_period("weekly", label))["sessions"]["total"] == 1


def test_sums_beyond_32_bits(warehouse):
    Facts(warehouse).store([Session(MONDAY, duration_us=2**50, commands={"id": 2**31 - 1}) for _ in range(4)])
    document = report(warehouse)
    assert document["commands"]["total"] == 4 * (2**31 - 1)
    assert document["sessions"]["avg_duration_seconds"] == round(2**50 / 1e6, 2)


# -------------------------------------------------------------------------------------------------------- completeness


def test_a_period_that_runs_is_not_complete(warehouse):
    Facts(warehouse).store([Session(MONDAY)])
    assert not report(warehouse, now_us=DAY.end_us - 1)["complete"]
    assert report(warehouse, now_us=DAY.end_us)["complete"]


@pytest.mark.parametrize(("days_away", "complete"), [(-2, True), (-1, False), (0, False), (1, False), (2, True)])
def test_events_not_summarised_yet_leave_it_incomplete(warehouse, days_away, complete):
    """A session spans midnight: the days beside the period count too."""
    Facts(warehouse).store([Session(MONDAY + timedelta(days=days)) for days in range(-3, 4)])
    day = (MONDAY - date(1970, 1, 1)).days + days_away
    with warehouse.write() as connection:
        connection.execute(insert(waiting_sessions).values(event_day=day, session_ref=0, step=1, first_event_id=2))
    assert report(warehouse)["complete"] is complete


def test_the_same_data_gives_the_same_document(warehouse):
    Facts(warehouse).store([Session(MONDAY, commands={"id": 1, "ls": 1})])
    first = report(warehouse)
    with warehouse.write() as connection:
        connection.execute(update(session_facts).values(updated_at=5))
    assert report(warehouse) == first
