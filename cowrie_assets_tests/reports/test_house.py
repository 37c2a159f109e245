"""What reports say of the house itself: logs, dead letters, gaps, checks, coverage, and whether anything is missing."""

from datetime import timedelta

import pytest
from sqlalchemy import delete, insert, update

from cowrie_assets import __version__
from cowrie_assets.clock import US_PER_DAY, US_PER_SECOND, day_number
from cowrie_assets.enrichment.answers import Status
from cowrie_assets.reports.periods import parse_period
from cowrie_assets.reports.render.text import render_text
from cowrie_assets.warehouse.schema import (
    active_hours,
    check_results,
    dead_letters,
    log_origins,
    logs,
    session_facts,
    waiting_sessions,
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


def week_before(*hours_of_day):
    """Those hours of each of the 7 days before."""
    return [MIDNIGHT - 24 * day + hour for day in range(1, 8) for hour in hours_of_day]


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


def test_gaps_are_whole_hours_in_which_a_sensor_is_not_used_to_be_silent(warehouse):
    two_sensors(warehouse)
    every = week_before(*range(24))
    hours(warehouse, 1, *every, MIDNIGHT + 2, MIDNIGHT + 3, MIDNIGHT + 20, MIDNIGHT + 25)
    hours(warehouse, 2, *every, *range(MIDNIGHT, MIDNIGHT + 23))
    document = report(warehouse)
    assert gaps(document) == [
        ("hp-1", "2026-08-31T04", "2026-08-31T20", 16),
        ("hp-1", "2026-08-31T21", "2026-09-01T00", 3),
        ("hp-1", "2026-08-31T00", "2026-08-31T02", 2),
        ("hp-2", "2026-08-31T23", "2026-09-01T00", 1),
    ]
    assert [gap["unusual_hours"] for gap in document["operations"]["gaps"]] == [16, 3, 2, 1]
    assert document["operations"]["gap_hours"] == 22
    assert {gap["sensor"] for gap in report(warehouse, sensor="hp-2")["operations"]["gaps"]} == {"hp-2"}


def test_a_quiet_sensor_is_told_only_where_it_is_quiet_at_an_unusual_hour(warehouse):
    """It writes at five each day, and now and then."""
    two_sensors(warehouse)
    hours(warehouse, 1, *week_before(5), MIDNIGHT - 20, MIDNIGHT - 30, MIDNIGHT + 3, MIDNIGHT + 5, MIDNIGHT + 9)
    found = report(warehouse)["operations"]
    assert (found["gaps"], found["unusual_gaps"], found["usual_gaps"]) == ([], 0, 4)
    assert (found["gap_hours"], found["usual_gap_hours"]) == (21, 21)
    Facts(warehouse).store([Session(MONDAY, "hp-1"), Session(MONDAY, "hp-2")])
    hours(warehouse, 1, *week_before(5), MIDNIGHT + 3, MIDNIGHT + 9)
    document = report(warehouse)
    assert gaps(document) == [("hp-1", "2026-08-31T04", "2026-08-31T09", 5)]
    assert document["operations"]["gaps"][0]["unusual_hours"] == 1
    assert document["operations"]["usual_gaps"] == 2


@pytest.mark.parametrize(
    ("days", "unusual"),
    [
        *(((1, 2, 3, 4, 5, 6, 7), True), ((1, 2, 3, 4, 5), True), ((1, 2, 3, 4), False), ((2, 4, 5, 6, 7), True)),
        *(((1,), False), ((), False)),
    ],
)
def test_an_hour_is_unusual_where_the_sensor_wrote_on_more_than_two_thirds_of_the_days(warehouse, days, unusual):
    two_sensors(warehouse)
    heard = [MIDNIGHT + 8 - 24 * day for day in days]
    hours(warehouse, 1, MIDNIGHT - 24 * 9, *heard, *(MIDNIGHT + hour for hour in range(24) if hour != 8))
    assert bool(gaps(report(warehouse))) == unusual


@pytest.mark.parametrize(("known_for", "told"), [(1, False), (2, True)])
def test_a_sensor_must_be_known_for_two_days(warehouse, known_for, told):
    two_sensors(warehouse)
    hours(warehouse, 1, *(MIDNIGHT - 24 * day + hour for day in range(1, known_for + 1) for hour in range(24)))
    assert bool(gaps(report(warehouse))) == told


def test_days_of_gaps_sum_up_to_their_week(warehouse):
    two_sensors(warehouse)
    hours(warehouse, 1, *range(MIDNIGHT + 40, MIDNIGHT + 100, 7))
    days = [parse_period("daily", str(MONDAY + timedelta(days=number))) for number in range(7)]
    assert sum(report(warehouse, day)["operations"]["gap_hours"] for day in days) == 7 * 24 - 40 - 9
    assert report(warehouse, WEEK)["operations"]["gap_hours"] == 7 * 24 - 40 - 9


def test_hours_that_are_not_over_are_no_gap(warehouse):
    two_sensors(warehouse)
    hours(warehouse, 1, *week_before(*range(24)), MIDNIGHT)
    now = DAY.start_us + 3 * 3600 * US_PER_SECOND + 1
    assert gaps(report(warehouse, now_us=now)) == [("hp-1", "2026-08-31T01", "2026-08-31T03", 2)]
    assert gaps(report(warehouse, now_us=DAY.start_us - 1)) == []


def test_a_sensor_that_was_never_heard_of_has_no_gap(warehouse):
    two_sensors(warehouse)
    assert report(warehouse)["operations"]["gaps"] == []


def test_of_many_gaps_the_hundred_longest_are_listed(warehouse):
    two_sensors(warehouse)
    every = week_before(*range(24))
    hours(warehouse, 1, *every, *range(MIDNIGHT, MIDNIGHT + 4 * 24, 2))
    hours(warehouse, 2, *every, *range(MIDNIGHT, MIDNIGHT + 7 * 24, 3))
    found = report(warehouse, WEEK)["operations"]
    assert len(found["gaps"]) <= 100
    lengths = [gap["hours"] for gap in found["gaps"]]
    assert lengths == sorted(lengths, reverse=True)
    assert len(found["gaps"]) == min(100, found["unusual_gaps"])
    assert found["gap_hours"] == 48 + 3 * 24 + 112 + 0


# ------------------------------------------------------------------------------------------------------- names and ids


def origins(warehouse, *rows):
    """`(sensor_id, folder or uuid, first hour, last hour)`."""
    put(warehouse, logs, *(log(number, sensor_id=each[0]) for number, each in enumerate(rows, 1)))
    put(
        warehouse,
        log_origins,
        *(
            {
                "log_id": number,
                "digest": bytes([number]),
                "written_sensor": f"w{number}",
                "named_by_folder": 0,
                "uuid": uuid,
                "sensor_id": sensor_id,
                "clock_offset_us": 0,
                "reader": 1,
                "first_written_at": first * 3_600_000_000,
                "last_written_at": last * 3_600_000_000 + 1,
            }
            for number, (sensor_id, uuid, first, last) in enumerate(rows, 1)
        ),
    )


@pytest.fixture
def two_names_of_one_machine(warehouse):
    two_sensors(warehouse)
    hours(warehouse, 1, *week_before(*range(24)))
    hours(warehouse, 2, *range(MIDNIGHT + 1, MIDNIGHT + 24))
    origins(warehouse, (1, "u", MIDNIGHT - 168, MIDNIGHT - 1), (2, "u", MIDNIGHT + 1, MIDNIGHT + 23))
    yield
    with warehouse.write() as connection:
        connection.execute(delete(log_origins))


@pytest.mark.usefixtures("two_names_of_one_machine")
def test_a_name_that_was_replaced_is_told_once_and_neither_silent_nor_full_of_gaps(warehouse):
    document = report(warehouse)
    assert "sensor_silent" not in {alert["kind"] for alert in document["alerts"]}
    assert gaps(document) == [("hp-2", "2026-08-31T00", "2026-08-31T01", 1)]
    assert document["operations"]["replaced_names"] == [
        {"sensor": "hp-1", "by": "hp-2", "since": "2026-08-31T01:00:00Z"}
    ]
    assert report(warehouse, DAY.next())["operations"]["replaced_names"] == []
    of_the_old = report(warehouse, sensor="hp-1")
    assert of_the_old["operations"]["replaced_names"] == document["operations"]["replaced_names"]
    assert of_the_old["alerts"] == []


@pytest.mark.usefixtures("two_names_of_one_machine")
def test_the_machine_is_silent_when_no_name_of_it_writes(warehouse):
    (alert,) = report(warehouse, DAY.next())["alerts"]
    assert (alert["kind"], alert["figures"]["sensor"]) == ("sensor_silent", "hp-2")


def spanning(warehouse, days):
    """A session of Monday whose last event comes so many days later."""
    Facts(warehouse).store([Session(MONDAY, "hp-1"), Session(MONDAY, "hp-2")])
    with warehouse.write() as connection:
        last = session_facts.c.first_event_at + days * US_PER_DAY
        connection.execute(update(session_facts).where(session_facts.c.session_ref == 1).values(last_event_at=last))


def test_an_id_that_comes_again_after_weeks_is_told_where_it_begins_and_where_it_ends(warehouse):
    spanning(warehouse, 40)
    told = {
        "total": 1,
        "sessions": [
            {
                "sensor": "hp-1",
                "session_id": f"{1:012x}",
                "first_event_at": "2026-08-31T00:00:01.000000Z",
                "last_event_at": "2026-10-10T00:00:01.000000Z",
                "days": 40,
            }
        ],
    }
    assert report(warehouse)["operations"]["reused_ids"] == told
    assert report(warehouse, parse_period("daily", "2026-10-10"))["operations"]["reused_ids"] == told
    assert report(warehouse, parse_period("daily", "2026-09-20"))["operations"]["reused_ids"]["total"] == 0
    assert report(warehouse, sensor="hp-2")["operations"]["reused_ids"] == {"total": 0, "sessions": []}
    assert "came again" in render_text(report(warehouse))


def test_a_session_of_six_days_is_a_long_session(warehouse):
    spanning(warehouse, 6)
    assert report(warehouse)["operations"]["reused_ids"]["total"] == 0


# ------------------------------------------------------------------------------------------------ missing and checks


def test_a_day_that_waits_for_its_summaries_is_missing(warehouse):
    Facts(warehouse).store([Session(MONDAY + timedelta(days=days)) for days in (-1, 0, 1)])
    with warehouse.write() as connection:
        connection.execute(insert(waiting_sessions).values(event_day=TODAY, session_ref=1, step=1, first_event_id=1))
    days = [parse_period("daily", str(MONDAY + timedelta(days=days))) for days in (-1, 0, 1)]
    documents = [report(warehouse, day) for day in days]
    assert [each["operations"]["missing_days"] for each in documents] == [[], ["2026-08-31"], []]
    assert [each["complete"] for each in documents] == [False, False, False]
    assert report(warehouse, WEEK)["operations"]["missing_days"] == ["2026-08-31"]
    with warehouse.write() as connection:
        connection.execute(delete(waiting_sessions))
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
    names = [f"{number:064x}" for number in range(7)]
    sessions = [Session(MONDAY, src_ip=f"192.0.2.{n % 4}", files=(StoredFile(name),)) for n, name in enumerate(names)]
    verdicts = Verdicts(
        malicious_files=frozenset(names[:2]),
        clean_files=frozenset({names[2], "ff" * 32}),
        listed_ips=frozenset({"192.0.2.0", "198.51.100.1"}),
        clean_ips=frozenset({"192.0.2.1"}),
        labels={names[0]: "trojan.b", names[1]: "trojan.a\x1b", names[2]: "trojan.b"},
        unjudged_files={names[3]: Status.FAILED, names[4]: Status.SKIPPED, names[6]: Status.ENRICHED},
    )
    Facts(warehouse).store(sessions, verdicts)
    found = report(warehouse)["enrichments"]
    known = {name: found[name].pop("known") for name in ("files", "addresses")}
    assert [each["shasum"] for each in known["files"]] == [*names[:3], names[6]]
    assert [each["address"] for each in known["addresses"]] == ["192.0.2.0"]
    assert {name: found[name] for name in ("verdicts_as_of", "files", "addresses")} == {
        "verdicts_as_of": None,
        "files": {
            "unique_hashes": 7,
            "judged": 3,
            "coverage_percent": 42.9,
            "malicious": 2,
            "clean": 1,
            "unjudged": 4,
            "unknown": 1,
            "pending": 1,
            "failed": 1,
            "unique_classifications": 2,
            "classifications": [{"value": "trojan.b", "count": 2}, {"value": "trojan.a\x1b", "count": 1}],
        },
        "addresses": {
            "unique_ips": 4,
            "judged": 2,
            "coverage_percent": 50.0,
            "dshield_flagged": 1,
            "unlisted": 1,
            "unjudged": 2,
        },
    }
    assert report(warehouse, top=1)["enrichments"]["files"]["unique_classifications"] == 2


def test_coverage_of_nothing_is_null(warehouse):
    Facts(warehouse).store([Session(MONDAY)])
    empty = report(warehouse, DAY.next(), now_us=LATER)["enrichments"]
    assert [empty[name]["coverage_percent"] for name in ("files", "addresses")] == [None, None]
