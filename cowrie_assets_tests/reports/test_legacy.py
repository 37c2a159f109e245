"""The keys of the older tools' documents, as LEGACY.md ("Their reports") lists them, with this document's numbers."""

from datetime import timedelta
from typing import Any

import pytest

from cowrie_assets.clock import US_PER_DAY
from cowrie_assets.reports.legacy import legacy
from cowrie_assets.reports.periods import Period, parse_period
from cowrie_assets_tests.reports.facts import Facts, Login, Session, StoredFile
from cowrie_assets_tests.reports.test_document import DAY, LATER, MONDAY, report

WEEK, MONTH = parse_period("weekly", "2026-W36"), parse_period("monthly", "2026-08")
HEAD = {"@timestamp", "generated_at", "sensor", "report_type", "date"}
SECTIONS = {"sessions", "commands", "files", "enrichments", "abnormalities", "alerts"}
SESSIONS = {
    *("total", "unique_ips", "unique_usernames", "unique_passwords", "avg_commands", "max_commands", "min_commands"),
    *("avg_duration", "protocols", "top_usernames", "top_passwords", "top_combinations"),
    *("file_downloads", "login_attempts", "vt_flagged", "dshield_flagged"),
}
FILES = {
    *("downloads_total", "uploads_total", "unique_hashes", "unique_vt_classifications", "vt_classifications_top"),
    *("recent_vt_submissions", "top_hashes", "top"),
}
ENRICHMENTS = {"urlhaus_tags_top", "asn_top", "country_top", "spur_infrastructure_top", "flagged"}


def made(warehouse: Any, period: Period, now_us: int = LATER) -> Any:
    return legacy(report(warehouse, period, now_us=now_us))


@pytest.fixture
def stored(warehouse):
    session: dict[str, Any] = {
        "commands": {"id": 2, "ls": 1},
        "logins": (Login("root", "x", 2, 1),),
        "files": (StoredFile("aa" * 32, 2, 1, "http://192.0.2.7/a"),),
        "duration_us": 2_500_000,
    }
    days = [MONDAY, MONDAY + timedelta(days=1), MONDAY - timedelta(days=40), MONDAY - timedelta(days=41)]
    Facts(warehouse).store([Session(day, **session) for day in days])
    return warehouse


def test_a_day_has_every_key_of_theirs(stored):
    document = made(stored, DAY)
    assert document.keys() == HEAD | SECTIONS | {"date_utc"}
    assert document["sessions"].keys() == SESSIONS
    assert document["commands"].keys() == {"total", "unique", "top_commands", "top"}
    assert document["files"].keys() == FILES
    assert document["enrichments"] == {name: [] for name in ENRICHMENTS}
    assert document["abnormalities"].keys() == {"uncommon_command_sessions", "recent_vt_submission_sessions"}


@pytest.mark.parametrize(
    ("period", "own"),
    [
        (WEEK, {"year_week", "date_range", "days_included", "alerts_summary"}),
        (MONTH, {"year_month", "date_range", "days_included", "alerts_summary", "trends"}),
    ],
)
def test_a_week_and_a_month_add_theirs(stored, period, own):
    document = made(stored, period)
    assert document.keys() == HEAD | SECTIONS | own
    assert document["sessions"].keys() == SESSIONS | {"daily_average"}
    assert document["commands"]["daily_average"] == round(document["commands"]["total"] / len_of(period), 2)


def len_of(period: Period) -> int:
    return (period.end - period.start).days


def test_numbers_are_those_of_the_document(stored):
    document = made(stored, DAY)
    assert document["@timestamp"] == "2026-08-31T00:00:00Z"
    assert (document["date"], document["date_utc"], document["report_type"]) == ("2026-08-31", "2026-08-31", "daily")
    sessions = document["sessions"]
    assert (sessions["total"], sessions["login_attempts"], sessions["avg_duration"]) == (1, 3, 2.5)
    assert sessions["top_combinations"] == [{"value": "root:x", "count": 3}]
    assert document["commands"]["top"] == [{"command": "id", "occurrences": 2}, {"command": "ls", "occurrences": 1}]
    assert document["files"]["top"] == [{"url": "http://192.0.2.7/a", "occurrences": 2}]
    assert (document["files"]["downloads_total"], document["files"]["uploads_total"]) == (2, 1)
    assert document["files"]["top_hashes"] == [{"value": "aa" * 32, "count": 3}]


def test_unique_values_of_a_week_are_counted_anew_and_its_lists_are_plain(stored):
    document = made(stored, WEEK)
    assert (document["year_week"], document["date_range"]) == (
        "2026-W36",
        {"start": "2026-08-31", "end": "2026-09-06"},
    )
    assert (document["sessions"]["total"], document["sessions"]["unique_ips"]) == (2, 1)
    assert document["sessions"]["daily_average"] == 0.29
    assert document["sessions"]["top_usernames"] == [{"value": "root", "count": 6}]


@pytest.mark.parametrize(("days_passed", "included"), [(-1, 0), (0, 1), (1, 2), (6.9, 7), (30, 7)])
def test_days_are_included_from_their_beginning_on(stored, days_passed, included):
    now = WEEK.start_us + int(days_passed * US_PER_DAY)
    document = made(stored, WEEK, now_us=now)
    assert document["days_included"] == included
    assert document["sessions"]["daily_average"] == (round(2 / included, 2) if included else 0.0)


def test_trends_and_alerts_of_a_month(stored):
    document = made(stored, MONTH)
    assert document["trends"] == {"sessions_change": -50.0, "unique_ips_change": 0.0, "files_change": -50.0}
    assert made(stored, parse_period("monthly", "2026-07"))["trends"]["sessions_change"] is None
    july = made(stored, parse_period("monthly", "2026-07"))
    assert july["alerts"] == [
        {"type": "new_malware", "severity": "medium", "message": "1 file never seen before."},
    ]
    assert july["alerts_summary"] == {
        "new_malware": {
            "count": 1,
            "messages": [{"date": "2026-07", "message": "1 file never seen before.", "severity": "medium"}],
        }
    }
