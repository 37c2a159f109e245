"""Each alert at its border: one step below there is none."""

from datetime import timedelta

import pytest

from cowrie_assets.reports.document import build_report
from cowrie_assets.reports.periods import parse_period
from cowrie_assets.reports.render.html import render_html
from cowrie_assets.reports.render.text import render_text
from cowrie_assets.reports.sections.alerts import LONGEST_MESSAGE, quoted
from cowrie_assets.warehouse.schema import logs
from cowrie_assets_tests.reports.facts import Facts, Login, Session, StoredFile, Verdicts
from cowrie_assets_tests.reports.test_document import DAY, LATER, MONDAY, report
from cowrie_assets_tests.reports.test_house import MIDNIGHT, WEEK, hours, log, put

HASH, OTHER = "aa" * 32, "bb" * 32


def alerts(warehouse, period=DAY, **options):
    return {alert["kind"]: alert for alert in report(warehouse, period, **options)["alerts"]}


def addresses(count, days):
    """So many addresses, each on each of the days."""
    return [Session(MONDAY + timedelta(days=day), src_ip=f"192.0.2.{n}") for n in range(count) for day in days]


# ----------------------------------------------------------------------------------------------------------- spikes


@pytest.mark.parametrize(("today", "spike"), [(6, False), (7, True)])
def test_more_addresses_than_one_and_a_half_times_the_mean_of_seven_days(warehouse, today, spike):
    Facts(warehouse).store([*addresses(4, range(-7, 0)), *addresses(today, [0])])
    found = alerts(warehouse).get("ip_spike")
    assert (found is not None) == spike
    if found is not None:
        assert found["severity"] == "medium"
        assert found["message"] == "7 source addresses: 1.8 times the mean of the 7 days before, 4.0."
        assert found["figures"] == {"unique_ips": 7, "mean_before": 4.0, "times": 1.8}


@pytest.mark.parametrize(("first", "spike"), [(-7, True), (-6, False)])
def test_all_seven_days_must_lie_behind_the_first_session(warehouse, first, spike):
    Facts(warehouse).store([*addresses(1, [first]), *addresses(9, [0])])
    assert ("ip_spike" in alerts(warehouse)) == spike


def test_after_seven_days_without_a_session_nothing_is_a_spike(warehouse):
    Facts(warehouse).store([*addresses(1, [-8]), *addresses(9, [0])])
    assert "ip_spike" not in alerts(warehouse)


@pytest.mark.parametrize(("first", "spike"), [(-28, True), (-21, False)])
def test_a_week_is_compared_with_the_four_before(warehouse, first, spike):
    Facts(warehouse).store([*addresses(4, range(first, 0, 7)), *addresses(7, [2])])
    assert ("ip_spike" in alerts(warehouse, WEEK)) == spike
    if spike:
        assert "of the 4 weeks before, 4.0" in alerts(warehouse, WEEK)["ip_spike"]["message"]


def test_a_month_is_compared_with_the_four_before(warehouse):
    Facts(warehouse).store([*addresses(1, range(-150, 0, 15)), *addresses(2, [0])])
    assert "of the 4 months before" in alerts(warehouse, parse_period("monthly", "2026-08"))["ip_spike"]["message"]


# ----------------------------------------------------------------------------------------------------------- volumes


def attempts(counts):
    """A session a day with so many login attempts, by the days from Monday."""
    return [Session(MONDAY + timedelta(days=day), logins=(Login("root", "x", count),)) for day, count in counts.items()]


def spikes(warehouse, period=DAY):
    return {
        alert["figures"]["figure"]: (alert["severity"], alert["message"])
        for alert in report(warehouse, period)["alerts"]
        if alert["kind"] == "volume_spike"
    }


@pytest.mark.parametrize(
    ("before", "today", "severity"),
    [
        *(((10, 10, 10, 10), 31, "medium"), ((10, 10, 10, 10), 30, None), ((10, 10, 10, 10), 100, "high")),
        *(((0, 9, 11, 500), 31, "medium"), ((1, 1, 1, 1), 19, None), ((1, 1, 1, 1), 20, "high")),
    ],
)
def test_more_than_three_times_the_median_of_four_days(warehouse, before, today, severity):
    first = attempts({-4: 1})  # the first day may have no more
    counted = attempts({day: count for day, count in zip(range(-4, 0), before, strict=True) if count} | {0: today})
    Facts(warehouse).store([*first[: before[0] == 0], *counted])
    assert spikes(warehouse).get("login_attempts", (None,))[0] == severity


def test_one_to_288_logins_in_a_day(warehouse):
    Facts(warehouse).store(attempts({-4: 1, -3: 1, -2: 1, -1: 1, 0: 288}))
    assert spikes(warehouse) == {
        "login_attempts": ("high", "288 login attempts: 288 times the median of 2026-08-27 to 2026-08-30 (1).")
    }


def test_every_volume_is_looked_at(warehouse):
    def day(number, times):
        login = Login("root", "x", 0, 1)
        return [
            Session(MONDAY + timedelta(days=number), commands={"id": 1}, logins=(login,), files=(StoredFile(HASH),))
        ] * times

    Facts(warehouse).store([*day(-4, 1), *day(-3, 1), *day(-2, 1), *day(-1, 1), *day(0, 22)])
    assert spikes(warehouse).keys() == {"sessions", "login_attempts", "commands", "file_downloads"}


def test_successful_logins_are_told_where_the_attempts_are_no_spike(warehouse):
    def day(number, successes):
        login = Login("root", "x", 400 - successes, successes)
        return Session(MONDAY + timedelta(days=number), logins=(login,))

    Facts(warehouse).store([*(day(number, 1) for number in range(-4, 0)), day(0, 288)])
    assert spikes(warehouse).keys() == {"login_successes"}


def test_after_four_days_of_nothing_anything_much_is_a_spike(warehouse):
    Facts(warehouse).store(attempts({-5: 1, 0: 20}))
    message = "20 login attempts, where the median of 2026-08-27 to 2026-08-30 is none."
    assert spikes(warehouse) == {"login_attempts": ("high", message)}


def test_with_fewer_than_four_periods_before_there_is_no_spike(warehouse):
    Facts(warehouse).store(attempts({-3: 1, -2: 1, -1: 1, 0: 288}))
    assert spikes(warehouse) == {}


def test_weeks_are_compared_with_weeks(warehouse):
    Facts(warehouse).store(attempts({-28: 1, -21: 1, -14: 1, -7: 1, 0: 288}))
    assert spikes(warehouse, WEEK)["login_attempts"][1].endswith("the median of 2026-W32 to 2026-W35 (1).")


def test_a_message_is_shorter_than_what_is_shown_of_one(warehouse):
    classes = [f"{number}" + "界" * 200 for number in range(9)]
    files = tuple(StoredFile(f"{number:064x}") for number in range(9))
    labels = dict(zip((file.shasum for file in files), classes, strict=True))
    Facts(warehouse).store([Session(MONDAY, files=files)], Verdicts(malicious_files=frozenset(labels), labels=labels))
    document = report(warehouse)
    message = next(alert["message"] for alert in document["alerts"] if alert["kind"] == "new_vt_classification")
    assert len(message) < LONGEST_MESSAGE
    told = "".join(render_text(document).split())
    assert "".join(message.split()) in told
    assert message.replace('"', "&#34;") in render_html(document).decode()


# ---------------------------------------------------------------------------------------------------------- verdicts


def files(warehouse, *days_and_hashes, label="trojan.mirai"):
    sessions = [Session(MONDAY + timedelta(days=days), files=(StoredFile(shasum),)) for days, shasum in days_and_hashes]
    verdicts = Verdicts(malicious_files=frozenset({HASH, OTHER}), labels={HASH: label, OTHER: label})
    Facts(warehouse).store(sessions, verdicts)


@pytest.mark.parametrize(("days", "new"), [(-30, False), (-31, True)])
def test_a_class_not_seen_in_thirty_days(warehouse, days, new):
    files(warehouse, (days, OTHER), (0, HASH))
    found = alerts(warehouse).get("new_vt_classification")
    assert (found is not None) == new
    if found is not None:
        assert found["severity"] == "high"
        assert found["figures"] == {"classifications": 1, "first": ["trojan.mirai"]}


def test_what_strangers_wrote_is_quoted_harmless_and_short(warehouse):
    files(warehouse, (0, HASH), label="<b>\x1b[31m\u202e" + "x" * 500)
    message = alerts(warehouse)["new_vt_classification"]["message"]
    assert message.isprintable()
    assert len(message) < 160
    assert quoted("a" * 60) == f'"{"a" * 60}"'
    assert quoted("a" * 61) == f'"{"a" * 60}..."'
    assert quoted("\n" * 70) == '"' + "\\n" * 30 + '..."'


def test_files_never_seen_before(warehouse):
    Facts(warehouse).store([Session(MONDAY, files=(StoredFile(HASH, 1), StoredFile(OTHER, 3)))])
    found = alerts(warehouse)["new_malware"]
    assert (found["severity"], found["message"]) == ("medium", "2 files never seen before.")
    assert found["figures"] == {"hashes": 2, "judged": 0, "malicious": 0, "first": [OTHER, HASH]}


def test_new_files_that_virustotal_calls_malicious_are_graver(warehouse):
    sessions = [Session(MONDAY, files=(StoredFile(HASH), StoredFile(OTHER), StoredFile("cc" * 32)))]
    before = Session(MONDAY - timedelta(days=9), files=(StoredFile(OTHER),))
    Facts(warehouse).store([*sessions, before], Verdicts(malicious_files=frozenset({HASH, OTHER})))
    found = alerts(warehouse)["new_malware"]
    assert found["severity"] == "high"
    assert found["message"] == "2 files never seen before. VirusTotal calls 1 of them malicious."
    with warehouse.read() as connection:
        document = build_report(connection, DAY, None, look_back_days=8, now_us=LATER)
    (found,) = (alert for alert in document["alerts"] if alert["kind"] == "new_malware")
    assert found["message"] == "3 files not seen in the 8 days before. VirusTotal calls 2 of them malicious."


# ----------------------------------------------------------------------------------------------------------- tunnels


@pytest.mark.parametrize(("tunnelling", "many"), [(3, False), (4, True)])
def test_more_than_thirty_percent_of_sessions_ask_for_a_tunnel(warehouse, tunnelling, many):
    Facts(warehouse).store([Session(MONDAY, tunnel_requests=5 * (n < tunnelling)) for n in range(10)])
    found = alerts(warehouse).get("high_tunnel_usage")
    assert (found is not None) == many
    if found is not None:
        assert found["message"] == "40 % of the sessions asked for a tunnel: 4 of 10."
        assert found["figures"] == {"with_tunnel_requests": 4, "sessions": 10, "percent": 40.0}


# ---------------------------------------------------------------------------------------------------- silent sensors


def two_sensors(warehouse, last):
    Facts(warehouse).store([Session(MONDAY, "hp-1"), Session(MONDAY, "hp-2\x1b")])
    hours(warehouse, 1, MIDNIGHT + 5)
    hours(warehouse, 2, MIDNIGHT + last)


@pytest.mark.parametrize(("last", "silent"), [(-1, True), (-168, True), (-169, False), (0, False), (23, False)])
def test_a_sensor_heard_in_the_week_before_and_not_in_the_day(warehouse, last, silent):
    two_sensors(warehouse, last)
    assert ("sensor_silent" in alerts(warehouse)) == silent
    assert ("sensor_silent" in alerts(warehouse, sensor="hp-2\x1b")) == silent
    assert "sensor_silent" not in alerts(warehouse, sensor="hp-1")


def test_a_silent_sensor_is_named_with_its_last_hour(warehouse):
    two_sensors(warehouse, -3)
    found = alerts(warehouse)["sensor_silent"]
    assert found["severity"] == "high"
    assert found["message"] == ('Sensor "hp-2\\x1b" has written no event since 2026-08-30T22:00:00Z: 26 hours.')
    assert found["figures"] == {"sensor": "hp-2\x1b", "since": "2026-08-30T22:00:00Z", "hours": 26}


def test_silence_is_told_once_a_whole_day_has_passed(warehouse):
    two_sensors(warehouse, -3)
    assert "sensor_silent" not in alerts(warehouse, now_us=DAY.end_us - 1)
    assert "sensor_silent" not in alerts(warehouse, WEEK, now_us=DAY.end_us - 1)
    assert alerts(warehouse, WEEK, now_us=DAY.end_us)["sensor_silent"]["figures"]["hours"] == 26


# ------------------------------------------------------------------------------------------------------ dead letters


@pytest.mark.parametrize(("refused", "many"), [(10, False), (11, True)])
def test_more_than_one_percent_of_the_lines_are_dead_letters(warehouse, refused, many):
    Facts(warehouse).store([Session(MONDAY)])
    put(warehouse, logs, log(1, lines=1000, events=1000 - refused, dead_letters=refused))
    found = alerts(warehouse).get("dead_letters")
    assert (found is not None) == many
    if found is not None:
        assert found["message"] == "1.1 % of the lines read are dead letters: 11 of 1,000."


def test_the_gravest_come_first_then_by_kind(warehouse):
    sessions = [Session(MONDAY, tunnel_requests=1, files=(StoredFile(HASH),)), *addresses(4, [0])]
    Facts(warehouse).store([*sessions, *addresses(1, range(-7, 0))], Verdicts(malicious_files=frozenset({HASH})))
    put(warehouse, logs, log(1, lines=10, events=5, dead_letters=5))
    hours(warehouse, 1, MIDNIGHT - 1)
    kinds = [(alert["severity"], alert["kind"]) for alert in report(warehouse)["alerts"]]
    assert kinds == [
        ("high", "malicious_file"),
        ("high", "new_malware"),
        ("high", "sensor_silent"),
        ("medium", "dead_letters"),
        ("medium", "ip_spike"),
    ]


def test_an_empty_day_has_no_alert(warehouse):
    Facts(warehouse).store([Session(MONDAY)])
    assert alerts(warehouse, DAY.next().next()) == {}
