"""Classes, percentiles and protocols at their borders; what `test_document` counts at random is not told again."""

from datetime import timedelta

from cowrie_assets.reports.periods import parse_period
from cowrie_assets_tests.reports.facts import Facts, Session
from cowrie_assets_tests.reports.test_document import DAY, MONDAY, listed, report

SECOND = 1_000_000


def test_classes_of_commands_at_their_borders(warehouse):
    numbers = (0, 1, 2, 3, 5, 6, 10, 11, 20, 21, 50, 51, 100, 101, 5000)
    Facts(warehouse).store([Session(MONDAY, commands={"id": number} if number else {}) for number in numbers])
    histogram = report(warehouse)["sessions"]["commands_histogram"]
    assert [(each["from"], each["to"]) for each in histogram] == [
        *((0, 0), (1, 1), (2, 2), (3, 5), (6, 10), (11, 20), (21, 50), (51, 100), (101, None)),
    ]
    assert [each["sessions"] for each in histogram] == [1, 1, 1, 2, 2, 2, 2, 2, 2]


def test_classes_of_durations_are_half_open(warehouse):
    borders = (0, 1, 5, 10, 30, 60, 300, 1800)
    lasted = [us for border in borders for us in (border * SECOND, border * SECOND - 1) if us >= 0]
    Facts(warehouse).store([Session(MONDAY, duration_us=us) for us in lasted])
    histogram = report(warehouse)["sessions"]["durations"]["histogram"]
    assert [(each["from_seconds"], each["to_seconds"]) for each in histogram] == list(
        zip(borders, (*borders[1:], None), strict=True)
    )
    assert [each["sessions"] for each in histogram] == [2, 2, 2, 2, 2, 2, 2, 1]


def test_percentiles_of_durations_are_by_nearest_rank(warehouse):
    """20 sessions of 1 to 20 minutes: half of them last no longer than the 10th, 95 % no longer than the 19th."""
    Facts(warehouse).store([Session(MONDAY, duration_us=minute * 60 * SECOND) for minute in range(20, 0, -1)])
    durations = report(warehouse)["sessions"]["durations"]
    names = ("min_seconds", "median_seconds", "p95_seconds", "max_seconds", "mean_seconds")
    assert [durations[name] for name in names] == [60.0, 600.0, 1140.0, 1200.0, 630.0]


def test_a_duration_of_many_days_and_of_a_microsecond(warehouse):
    Facts(warehouse).store([Session(MONDAY, duration_us=us) for us in (1, 2**50)])
    durations = report(warehouse)["sessions"]["durations"]
    assert (durations["min_seconds"], durations["median_seconds"]) == (0.0, 0.0)
    assert durations["max_seconds"] == durations["p95_seconds"] == round(2**50 / 1e6, 2)


def test_durations_that_64_bits_cannot_sum_up(warehouse):
    """Fifty sessions of 8,000 years, as a wrong clock makes them, and one of three microseconds."""
    Facts(warehouse).store([Session(MONDAY, duration_us=us) for us in [252_455_616_000_000_001] * 50 + [3]])
    sessions = report(warehouse)["sessions"]
    mean = round((252_455_616_000_000_001 * 50 + 3) / (51 * SECOND), 2)
    assert sessions["avg_duration_seconds"] == sessions["durations"]["mean_seconds"] == mean


def test_a_protocol_that_is_not_known_is_in_no_list(warehouse):
    Facts(warehouse).store([Session(MONDAY, protocol=name) for name in ("telnet", None, "ssh", "p\x00", "ssh")])
    document = report(warehouse)
    assert [(each["protocol"], each["sessions"]) for each in document["sessions"]["by_protocol"]] == [
        *(("p\x00", 1), ("ssh", 2), ("telnet", 1)),
    ]
    assert sum(item["sessions"] for item in document["volume"]["items"]) == 5


def test_tunnels_are_requests_and_the_sessions_that_ask(warehouse):
    Facts(warehouse).store([Session(MONDAY, tunnel_requests=number) for number in (0, 3, 4)])
    sessions = report(warehouse)["sessions"]
    assert (sessions["tunnel_requests"], sessions["with_tunnel_requests"]) == (7, 2)


def test_a_day_has_24_hours_and_each_begins_with_itself(warehouse):
    Facts(warehouse).store([Session(MONDAY, second=second, protocol="telnet") for second in (0, 3599, 3600, 86_399)])
    volume = report(warehouse)["volume"]
    assert (volume["by"], len(volume["items"])) == ("hour", 24)
    assert {item["start"]: item["telnet"] for item in volume["items"] if item["sessions"]} == {
        "2026-08-31T00:00:00Z": 2,
        "2026-08-31T01:00:00Z": 1,
        "2026-08-31T23:00:00Z": 1,
    }


def test_weeks_and_months_have_their_days(warehouse):
    Facts(warehouse).store(
        [Session(MONDAY, commands={"id": 2}), Session(MONDAY + timedelta(days=6), commands={"w": 3})]
    )
    week = report(warehouse, parse_period("weekly", "2026-W36"))["volume"]
    assert (week["by"], [item["commands"] for item in week["items"]]) == ("day", [2, 0, 0, 0, 0, 0, 3])
    lengths = {label: len(report(warehouse, parse_period("monthly", label))["volume"]["items"]) for label in MONTHS}
    assert lengths == MONTHS


MONTHS = {"2024-02": 29, "2026-02": 28, "2026-08": 31, "2026-09": 30}


def test_the_last_command_is_the_one_seen_last(warehouse):
    again = Session(MONDAY, commands={"first": 2, "second": 1}, seen={"first": (0, 9), "second": (5, 5)})
    tied = Session(MONDAY, commands={"b": 1, "a": 1, "c": 1}, seen={"a": (7, 7), "b": (7, 7), "c": (6, 6)})
    Facts(warehouse).store([again, tied, Session(MONDAY)])
    assert listed(report(warehouse)["commands"]["top_last_commands"]) == [("a", 1), ("first", 1)]


def test_networks_are_of_24_and_48_bits(warehouse):
    addresses = ("192.0.2.1", "192.0.2.255", "192.0.3.1", "2001:db8:1::1", "2001:db8:1:ffff::1", "no address", None)
    Facts(warehouse).store([Session(MONDAY, src_ip=address) for address in addresses])
    sources = report(warehouse)["sources"]
    assert sources["unique_networks"] == 3
    assert listed(sources["top_networks"]) == [("192.0.2.0/24", 2), ("2001:db8:1::/48", 2), ("192.0.3.0/24", 1)]


def test_a_period_without_sessions_has_every_class(warehouse):
    Facts(warehouse).store([])
    document = report(warehouse, DAY)
    assert {each["sessions"] for each in document["sessions"]["commands_histogram"]} == {0}
    assert {each["sessions"] for each in document["sessions"]["durations"]["histogram"]} == {0}
    assert document["sessions"]["by_protocol"] == document["interesting"] == document["abnormal"]["sessions"] == []
