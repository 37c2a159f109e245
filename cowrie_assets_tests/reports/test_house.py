"""What reports say of the house itself: logs, dead letters, gaps, checks, coverage, and whether anything is missing."""

from datetime import timedelta

import pytest
from sqlalchemy import delete, insert, update

from cowrie_assets import __version__
from cowrie_assets.clock import US_PER_DAY, US_PER_SECOND, day_number
from cowrie_assets.reports.periods import parse_period
from cowrie_assets.warehouse.schema import (
    active_hours,
    changed_days,
    check_results,
    dead_letters,
    event_days,
    file_verdicts,
    logs,
    sighted_days,
    summarised_days,
)
from cowrie_assets_tests.reports.facts import Facts, Session, StoredFile, Verdicts
from cowrie_assets_tests.reports.test_document import DAY, LATER, MONDAY, report

TODAY = day_number(MONDAY)
MIDNIGHT = TODAY * 24
WEEK = parse_period("weekly", "2026-W36")


def put(warehouse, table, *rows):
    with warehouse.write() as connection:
        connection.execute(insert(table), list(rows))


def log(number, day=TODAY, sensor_id=1, **counts):
    numbers = dict.fromkeys(("lines", "events", "duplicates", "dead_letters", "blank"), 0) | counts
    zeros = dict.fromkeys(("invalid_utf8", "unknown_event_ids", "naive_timestamps", "unterminated"), 0)
    return {
        "id": number,
        "sensor_id": sensor_id,
        "path": f"/logs/{number}",
        "fingerprint": b"",
        "checkpoint": b"",
        "generation": 1,
        "compression": "none",
        "bytes_read": 0,
        "next_line": 1,
        "first_event_at": None if day is None else day * US_PER_DAY + 5,
        "last_event_at": None,
        "status": "closed",
        "last_ingested_at": 1,
        **numbers,
        **zeros,
    }


def letter(number, log_id, reason):
    return {
        "id": number,
        "digest": bytes([number]),
        "log_id": log_id,
        "line_number": 1,
        "byte_offset": 0,
        "reason": reason,
        "content": "",
        "content_bytes": 0,
        "created_at": 1,
        "resolved_at": None,
    }


def hours(warehouse, sensor_id, *heard):
    put(warehouse, active_hours, *({"event_hour": hour, "sensor_id": sensor_id} for hour in heard))


def two_sensors(warehouse):
    Facts(warehouse).store([Session(MONDAY, "hp-1"), Session(MONDAY, "hp-2")])


def gaps(document):
    return [(gap["sensor"], gap["start"][:13], gap["end"][:13], gap["hours"]) for gap in document["operations"]["gaps"]]


# -------------------------------------------------------------------------------------------------- logs and lines


def test_logs_belong_to_the_period_of_their_first_event(warehouse):
    two_sensors(warehouse)
    put(
        warehouse,
        logs,
        log(1, lines=10, events=6, duplicates=1, dead_letters=2, blank=1),
        log(2, sensor_id=2, lines=3, events=3),
        log(3, TODAY + 1, lines=1, events=1),
        log(4, None, lines=5, dead_letters=5),
    )
    put(warehouse, dead_letters, *(letter(n, 1, reason) for n, reason in enumerate(("too_long", "bad_timestamp"))))
    put(warehouse, dead_letters, letter(7, 4, "invalid_json"))
    found = report(warehouse)["operations"]
    assert found["version"] == __version__
    names = ("logs", "lines", "events", "duplicates", "blank")
    assert {name: found[name] for name in names} == {
        "logs": 2,
        "lines": 13,
        "events": 9,
        "duplicates": 1,
        "blank": 1,
    }
    assert found["dead_letters"] == {
        "total": 2,
        "percent": 15.38,
        "by_reason": [{"value": "bad_timestamp", "count": 1}, {"value": "too_long", "count": 1}],
    }
    assert report(warehouse, WEEK)["operations"]["lines"] == 14
    assert report(warehouse, sensor="hp-2")["operations"]["lines"] == 3


def test_a_period_without_logs_has_no_percentage(warehouse):
    two_sensors(warehouse)
    assert report(warehouse)["operations"]["dead_letters"] == {"total": 0, "percent": None, "by_reason": []}


# ------------------------------------------------------------------------------------------------------------ gaps


def test_gaps_are_whole_hours_without_an_event_from_the_sensors_first_on(warehouse):
    two_sensors(warehouse)
    hours(warehouse, 1, MIDNIGHT - 30, MIDNIGHT + 2, MIDNIGHT + 3, MIDNIGHT + 20, MIDNIGHT + 25)
    hours(warehouse, 2, MIDNIGHT + 22)
    document = report(warehouse)
    assert gaps(document) == [
        ("hp-1", "2026-08-31T04", "2026-08-31T20", 16),
        ("hp-1", "2026-08-31T21", "2026-09-01T00", 3),
        ("hp-1", "2026-08-31T00", "2026-08-31T02", 2),
        ("hp-2", "2026-08-31T23", "2026-09-01T00", 1),
    ]
    assert document["operations"]["gap_hours"] == 22
    assert {gap["sensor"] for gap in report(warehouse, sensor="hp-2")["operations"]["gaps"]} == {"hp-2"}


def test_days_of_gaps_sum_up_to_their_week(warehouse):
    two_sensors(warehouse)
    hours(warehouse, 1, *range(MIDNIGHT + 40, MIDNIGHT + 100, 7))
    days = [parse_period("daily", str(MONDAY + timedelta(days=number))) for number in range(7)]
    assert sum(report(warehouse, day)["operations"]["gap_hours"] for day in days) == 7 * 24 - 40 - 9
    assert report(warehouse, WEEK)["operations"]["gap_hours"] == 7 * 24 - 40 - 9


def test_hours_that_are_not_over_are_no_gap(warehouse):
    two_sensors(warehouse)
    hours(warehouse, 1, MIDNIGHT)
    now = DAY.start_us + 3 * 3600 * US_PER_SECOND + 1
    assert gaps(report(warehouse, now_us=now)) == [("hp-1", "2026-08-31T01", "2026-08-31T03", 2)]
    assert gaps(report(warehouse, now_us=DAY.start_us - 1)) == []


def test_a_sensor_that_was_never_heard_of_has_no_gap(warehouse):
    two_sensors(warehouse)
    assert report(warehouse)["operations"]["gaps"] == []


def test_of_many_gaps_the_hundred_longest_are_listed(warehouse):
    two_sensors(warehouse)
    hours(warehouse, 1, *range(MIDNIGHT, MIDNIGHT + 7 * 24, 2))
    hours(warehouse, 2, *range(MIDNIGHT, MIDNIGHT + 7 * 24, 3))
    found = report(warehouse, WEEK)["operations"]
    assert (len(found["gaps"]), found["gap_hours"]) == (100, 84 + 112)
    assert [gap["hours"] for gap in found["gaps"]] == [2] * 56 + [1] * 44


# ------------------------------------------------------------------------------------------------ missing and checks


@pytest.mark.parametrize("lack", ["session_summaries", "files", "sightings"])
def test_a_day_that_lacks_a_summary_is_missing(warehouse, lack):
    Facts(warehouse).store([Session(MONDAY + timedelta(days=days)) for days in (-1, 0, 1)])
    with warehouse.write() as connection:
        if lack == "sightings":
            connection.execute(delete(sighted_days).where(sighted_days.c.session_day == TODAY))
        else:
            row = (summarised_days.c.event_day == TODAY) & (summarised_days.c.summary == lack)
            connection.execute(delete(summarised_days).where(row))
    days = [parse_period("daily", str(MONDAY + timedelta(days=days))) for days in (-1, 0, 1)]
    documents = [report(warehouse, day) for day in days]
    assert [each["operations"]["missing_days"] for each in documents] == [[], ["2026-08-31"], []]
    assert [each["complete"] for each in documents] == [False, False, False]
    assert report(warehouse, WEEK)["operations"]["missing_days"] == ["2026-08-31"]
    with warehouse.write() as connection:
        connection.execute(delete(event_days))
        connection.execute(update(changed_days).values(revision=1))
    assert report(warehouse, WEEK)["complete"]


def checked(name, first, last, differences=0, at=1):
    return {"name": name, "first_day": first, "last_day": last, "differences": differences, "checked_at": at}


def test_checks_count_until_their_days_are_looked_at_again(warehouse):
    two_sensors(warehouse)
    put(
        warehouse,
        check_results,
        checked("of_another_day", TODAY + 1, TODAY + 1, 9),
        checked("found_by_a_day", TODAY, TODAY, 3, at=1_000_000),
        checked("found_by_a_day", TODAY - 1, TODAY - 1, 0, at=5),
        checked("mended", TODAY, TODAY, 3, at=5),
        checked("mended", -(2**31), 2**31 - 1, 0, at=7),
        checked("broken_since", -(2**31), 2**31 - 1, 0, at=5),
        checked("broken_since", TODAY, TODAY, 1, at=6),
    )
    assert report(warehouse)["operations"]["checks"] == {
        "passed": 1,
        "failed": ["broken_since", "found_by_a_day"],
        "checked_at": "1970-01-01T00:00:01.000000Z",
    }
    assert report(warehouse, DAY.previous())["operations"]["checks"] == {
        "passed": 3,
        "failed": [],
        "checked_at": "1970-01-01T00:00:00.000007Z",
    }


def test_without_checks_there_is_no_result(warehouse):
    two_sensors(warehouse)
    assert report(warehouse)["operations"]["checks"] is None


# -------------------------------------------------------------------------------------------------------- coverage


def test_coverage_of_files_and_addresses(warehouse):
    names = [f"{number:064x}" for number in range(6)]
    sessions = [Session(MONDAY, src_ip=f"192.0.2.{n % 4}", files=(StoredFile(name),)) for n, name in enumerate(names)]
    verdicts = Verdicts(
        malicious_files=frozenset(names[:2]),
        clean_files=frozenset({names[2], "ff" * 32}),
        listed_ips=frozenset({"192.0.2.0", "198.51.100.1"}),
        clean_ips=frozenset({"192.0.2.1"}),
    )
    Facts(warehouse).store(sessions, verdicts)
    with warehouse.write() as connection:
        for name, label in ((names[0], "trojan.b"), (names[1], "trojan.a\x1b"), (names[2], "trojan.b")):
            connection.execute(update(file_verdicts).where(file_verdicts.c.shasum == name).values(classification=label))
    asked = dict.fromkeys(("malicious", "classification"))
    put(
        warehouse,
        file_verdicts,
        *(
            {"shasum": names[number], "status": status, "updated_at": 1, **asked}
            for number, status in ((3, "failed"), (4, "skipped"))
        ),
    )
    assert report(warehouse)["enrichments"] == {
        "files": {
            "unique_hashes": 6,
            "judged": 3,
            "coverage_percent": 50.0,
            "malicious": 2,
            "pending": 1,
            "failed": 1,
            "unique_classifications": 2,
            "classifications": [{"value": "trojan.b", "count": 2}, {"value": "trojan.a\x1b", "count": 1}],
        },
        "addresses": {"unique_ips": 4, "judged": 2, "coverage_percent": 50.0, "dshield_flagged": 1},
    }
    assert report(warehouse, top=1)["enrichments"]["files"]["unique_classifications"] == 2


def test_coverage_of_nothing_is_null(warehouse):
    Facts(warehouse).store([Session(MONDAY)])
    empty = report(warehouse, DAY.next(), now_us=LATER)["enrichments"]
    assert [empty[name]["coverage_percent"] for name in ("files", "addresses")] == [None, None]
