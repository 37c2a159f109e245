"""What is new, what changed, and the move of rankings: against a recount in plain Python, on both engines."""

from collections import Counter
from datetime import date, timedelta
from ipaddress import ip_network
from statistics import median
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import event, insert, select, update

from cowrie_assets.reports.document import build_report
from cowrie_assets.reports.history import FIGURES, headline_of
from cowrie_assets.reports.memo import Memo
from cowrie_assets.reports.periods import Period, parse_period, period_of
from cowrie_assets.summaries.sightings import refresh_sightings
from cowrie_assets.warehouse.schema import commands, texts, waiting_sessions
from cowrie_assets_tests.examples import examples
from cowrie_assets_tests.reports.facts import Facts, Login, Session, StoredFile
from cowrie_assets_tests.reports.recount import recount
from cowrie_assets_tests.reports.test_document import DAY, FILES, IPS, LATER, LOGINS, MONDAY, VERDICTS, report

WEEK, MONTH = parse_period("weekly", "2026-W36"), parse_period("monthly", "2026-08")
PERIODS = (DAY, WEEK, MONTH)
RANKED = {
    "credentials": ("top_usernames", "top_passwords", "top_combinations"),
    "commands": ("top_commands",),
    "files": ("top_hashes", "top_urls"),
    "sources": ("top_ips",),
    "clients": ("top_hassh", "top_versions"),
}

DAYS_AWAY = (-150, -63, -40, -31, -30, -28, -14, -9, -8, -7, -5, -4, -3, -2, -1, 0, 0, 0, 1, 3, 6, 7)
SESSIONS = st.lists(
    st.builds(
        Session,
        day=st.sampled_from([MONDAY + timedelta(days=days) for days in DAYS_AWAY]),
        second=st.sampled_from([None, None, 50_000]),
        sensor=st.sampled_from(["hp-1", "hp-2"]),
        src_ip=IPS,
        commands=st.dictionaries(st.sampled_from(["id", "ls\x00", "rm -rf /"]), st.integers(1, 4), max_size=2),
        logins=LOGINS,
        files=FILES,
        hassh=st.sampled_from([None, "0a" * 16, "0b" * 16]),
        version=st.sampled_from([None, "SSH-2.0-Go", "SSH-2.0-\ud800"]),
    ),
    max_size=25,
)
FEW = examples(6)


def of(sessions: list[Session], sensor: str | None) -> list[Session]:
    return [session for session in sessions if sensor in (None, session.sensor)]


def values_of(session: Session) -> dict[str, Counter[str]]:
    found: dict[str, Counter[str]] = {kind: Counter() for kind in NEW}
    for file in session.files:
        found["hashes"][file.shasum] += file.downloads + file.uploads
        if file.url is not None and file.downloads:
            found["urls"][file.url] += file.downloads
    found["commands"].update(session.commands)
    for login in session.logins:
        if login.password is not None:
            found["passwords"][login.password] += login.failures + login.successes
    if session.hassh is not None:
        found["hassh"][session.hassh] += 1
    if session.src_ip is not None:
        prefix = 48 if ":" in session.src_ip else 24
        found["networks"][str(ip_network(f"{session.src_ip}/{prefix}", strict=False))] += 1
    return found


NEW = ("hashes", "urls", "commands", "passwords", "hassh", "networks")


def recount_new(sessions: list[Session], period: Period, top: int, look_back: int | None) -> dict[str, Any]:
    earliest = date.min if look_back is None else period.start - timedelta(days=look_back)
    new: dict[str, Any] = {"look_back_days": look_back}
    for kind in NEW:
        now, before = Counter[str](), set[str]()
        for session in sessions:
            if period.start <= session.day < period.end:
                now += values_of(session)[kind]
            elif earliest <= session.day < period.start:
                before |= values_of(session)[kind].keys()
        ranked = sorted(((-count, value) for value, count in now.items() if value not in before))
        items = [{"value": value, "count": -count} for count, value in ranked]
        new[kind] = {"total": len(items), "items": items[:top]}
    return {**new, "techniques": {"total": 0, "items": []}}


def before(sessions: list[Session], period: Period, count: int) -> list[Period]:
    first = min((session.day for session in sessions), default=date.max)
    found = [period.previous()]
    while len(found) < count:
        found.append(found[-1].previous())
    return [each for each in found if each.end > first]


def percent(change: float, whole: float) -> float | None:
    return round(100 * change / whole, 1) if whole else None


@FEW
@given(sessions=SESSIONS, top=st.integers(1, 4), look_back=st.sampled_from([None, None, 1, 8]))
@pytest.mark.sqlite_first
def test_what_is_new_changed_and_moved_is_that_of_a_recount(warehouse, sessions, top, look_back):
    Facts(warehouse).store(sessions, VERDICTS, sensors=["hp-1", "hp-2"])
    memo = Memo()
    for period in PERIODS:
        for sensor in (None, "hp-1", "hp-2"):
            mine = of(sessions, sensor)
            with warehouse.read() as connection:
                document: Any = build_report(
                    connection, period, sensor, top=top, look_back_days=look_back, now_us=LATER, memo=memo
                )
            assert document["new"] == recount_new(mine, period, top, look_back)
            check_changes(document, mine, period)
            check_rankings(document, mine, period, top)


def check_changes(document: Any, sessions: list[Session], period: Period) -> None:
    past = before(sessions, period, 4)
    then = [headline_of(recount(sessions, each, None, verdicts=VERDICTS)) for each in past]
    changes = document["changes"]
    assert changes["previous"] == ({"period": past[0].label, "complete": True} if past else None)
    assert changes["median_of"] == ([each.label for each in past[::-1]] if len(past) == 4 else [])
    compared = (past if len(past) == 4 else past[:1])[::-1]
    whole = {each: known_days(sessions, each) for each in compared}
    assert changes["partly_known"] == [
        {"period": each.label, "known_days": whole[each], "days": (each.end - each.start).days}
        for each in compared
        if whole[each] < (each.end - each.start).days
    ]
    for name in FIGURES:
        value = headline_of(recount(sessions, period, None, verdicts=VERDICTS))[name]
        change = changes["figures"][name]
        assert change["value"] == value
        assert change["previous"] == (then[0][name] if past else None)
        assert change["change"] == (value - then[0][name] if past else None)
        assert change["change_percent"] == (percent(value - then[0][name], then[0][name]) if past else None)
        middle = median(each[name] for each in then) if len(past) == 4 else None
        assert change["median"] == middle
        assert change["change_to_median"] == (None if middle is None else value - middle)
        assert change["change_to_median_percent"] == (None if middle is None else percent(value - middle, middle))


def known_days(sessions: list[Session], period: Period) -> int:
    first = min(session.day for session in sessions)
    began = min(session.second or 0 for session in sessions if session.day == first)
    days = {session.day for session in sessions if period.start <= session.day < period.end}
    return len(days - ({first} if began >= 3600 else set()))


def check_rankings(document: Any, sessions: list[Session], period: Period, top: int) -> None:
    compared = period.report_type != "daily" and before(sessions, period, 1)
    lists = recount(sessions, compared[0], None, top) if compared else {}
    for section, names in RANKED.items():
        for name in names:
            places = [item["value"] for item in lists[section][name]] if compared else []
            for item in document[section][name]:
                assert ("previous_rank" in item) == bool(compared)
                if compared:
                    place = places.index(item["value"]) + 1 if item["value"] in places else None
                    assert item["previous_rank"] == place


# ----------------------------------------------------------------------------------------------------- the plain cases


def days(*away: int, **of_session: Any) -> list[Session]:
    return [Session(MONDAY + timedelta(days=days), **of_session) for days in away]


def test_of_normal_forms_one_is_new_and_counts_every_spelling(warehouse):
    Facts(warehouse).store([Session(MONDAY, commands={"get 1": 2, "get 2": 3, "get <n>": 1})])
    with warehouse.write() as connection:
        folded = select(texts.c.id).where(texts.c.text == "get <n>").scalar_subquery()
        connection.execute(update(commands).values(normalized_id=folded))
    refresh_sightings(warehouse, [(MONDAY - date(1970, 1, 1)).days])
    assert report(warehouse)["new"]["commands"] == {"total": 1, "items": [{"value": "get <n>", "count": 6}]}


def test_what_another_sensor_knows_is_new_to_this_one_and_not_to_all(warehouse):
    Facts(warehouse).store([*days(-3, sensor="hp-2", hassh="h"), *days(0, sensor="hp-1", hassh="h")])
    assert report(warehouse)["new"]["hassh"]["total"] == 0
    assert report(warehouse, sensor="hp-1")["new"]["hassh"] == {"total": 1, "items": [{"value": "h", "count": 1}]}


@pytest.mark.parametrize(("look_back", "new"), [(None, 0), (8, 0), (7, 0), (6, 1)])
def test_the_look_back_counts_the_days_before_the_period(warehouse, look_back, new):
    Facts(warehouse).store(days(-7, 0, hassh="h"))
    with warehouse.read() as connection:
        document = build_report(connection, DAY, None, look_back_days=look_back, now_us=LATER)
    assert (document["new"]["look_back_days"], document["new"]["hassh"]["total"]) == (look_back, new)


def test_nothing_is_compared_before_the_first_session(warehouse):
    Facts(warehouse).store(days(0, 1, 2, 3, 4))
    first, second, fifth = (report(warehouse, period_of("daily", MONDAY + timedelta(days=n))) for n in (0, 1, 4))
    assert first["changes"]["previous"] is None
    assert first["changes"]["figures"]["sessions"] == {
        "value": 1,
        **dict.fromkeys(("previous", "change", "change_percent", "median", "change_to_median")),
        "change_to_median_percent": None,
    }
    assert second["changes"]["previous"] == {"period": "2026-08-31", "complete": True}
    assert second["changes"]["median_of"] == []
    assert fifth["changes"]["median_of"] == ["2026-08-31", "2026-09-01", "2026-09-02", "2026-09-03"]


def test_a_sensor_is_compared_from_its_own_first_session_on(warehouse):
    Facts(warehouse).store([*days(-9, sensor="hp-1"), *days(0, sensor="hp-2")])
    assert report(warehouse)["changes"]["previous"] is not None
    assert report(warehouse, sensor="hp-2")["changes"]["previous"] is None


def test_percentages_of_nothing_are_null_and_the_median_is_the_mean_of_the_middle(warehouse):
    sessions = [*days(-4), *days(-3, -3), *days(-2, -2, -2, -2, -2), *days(0, 0, 0, commands={"id": 1})]
    Facts(warehouse).store(sessions)
    figures = report(warehouse)["changes"]["figures"]
    assert figures["sessions"] == {
        "value": 3,
        "previous": 0,
        "change": 3,
        "change_percent": None,
        "median": 1.5,
        "change_to_median": 1.5,
        "change_to_median_percent": 100.0,
    }
    assert figures["commands"]["change_to_median_percent"] is None


def test_the_period_before_says_whether_it_was_complete(warehouse):
    Facts(warehouse).store(days(-2, 0))
    with warehouse.write() as connection:
        day = (MONDAY - date(1970, 1, 1)).days - 1
        connection.execute(insert(waiting_sessions).values(event_day=day, session_ref=1, step=1, first_event_id=9))
    assert report(warehouse)["changes"]["previous"] == {"period": "2026-08-30", "complete": False}


def test_at_the_beginning_of_the_calendar_there_is_nothing_before(warehouse):
    Facts(warehouse).store([Session(date(1, 1, 1)), Session(date(1, 1, 2))])
    assert report(warehouse, parse_period("daily", "0001-01-01"))["changes"]["previous"] is None
    assert report(warehouse, parse_period("daily", "0001-01-02"))["changes"]["previous"] is not None


def test_a_place_that_was_held_before_is_told(warehouse):
    last, now = ("b", "b", "b", "a", "a", "c"), ("a", "a", "d")
    logins = [(-7, name) for name in last] + [(0, name) for name in now]
    Facts(warehouse).store(
        [Session(MONDAY + timedelta(days=away), logins=(Login(name, None),)) for away, name in logins]
    )
    ranks = [(item["value"], item["previous_rank"]) for item in report(warehouse, WEEK)["credentials"]["top_usernames"]]
    assert ranks == [("a", 2), ("d", None)]


def test_each_headline_is_counted_once_in_a_command(warehouse):
    """Daily reports in their order, one memo: what lies before the first of them is counted, nothing else.

    Changes ask the four days before, the alert of addresses the seven.
    """
    Facts(warehouse).store(days(*range(-20, 1), files=(StoredFile("aa" * 32),)))
    counted = Counter[str]()

    def note(_connection, _cursor, sql, *_rest):
        counted[sql.partition("\n")[0][:41]] += 1

    memo = Memo()
    with warehouse.read() as connection:
        event.listen(connection, "before_cursor_execute", note)
        for away in range(-5, 1):
            build_report(connection, period_of("daily", MONDAY + timedelta(days=away)), None, now_us=LATER, memo=memo)
    assert counted["-- The figures that periods are compared "] == 4
    assert counted["-- Different source addresses."] == 3


def test_what_is_told_by_sensor_is_counted_once_for_all_reports_of_a_period(warehouse):
    sessions = [Session(MONDAY, sensor=sensor, commands={"id": 1}) for sensor in ("hp-1", "hp-1", "hp-2")]
    Facts(warehouse).store([*sessions, Session(MONDAY - timedelta(days=1), sensor="hp-2")])
    counted = Counter[str]()

    def note(_connection, _cursor, sql, *_rest):
        counted[sql.partition(" ")[2][:24]] += 1

    memo, names = Memo(), (None, "hp-1", "hp-2")
    with warehouse.read() as connection:
        apart = [build_report(connection, DAY, name, now_us=LATER) for name in names]
        event.listen(connection, "before_cursor_execute", note)
        together = [build_report(connection, DAY, name, now_us=LATER, memo=memo) for name in names]
        assert (counted["Sessions by sensor, prot"], counted["Sessions by the rules th"]) == (1, 1)
        assert counted["Sessions by the hour of "] == 1
        assert together == apart
        build_report(connection, DAY.previous(), "hp-2", now_us=LATER, memo=memo)  # of another period nothing is kept
        memo.renew(connection)
        build_report(connection, DAY, "hp-2", now_us=LATER, memo=memo)
    assert (counted["Sessions by sensor, prot"], counted["Sessions by the rules th"]) == (3, 3)


def test_a_memo_forgets_when_sessions_change(warehouse):
    Facts(warehouse).store(days(-1, 0))
    memo = Memo()
    with warehouse.read() as connection:
        memo.renew(connection)
        memo.keep(("figure",), 1)
        memo.renew(connection)
        assert memo.once(("figure",), lambda: 2) == 1
    Facts(warehouse).store(days(-1, 0, 1))
    with warehouse.write() as connection:
        connection.exec_driver_sql("UPDATE changed_days SET version = version + 1")
    with warehouse.read() as connection:
        memo.renew(connection)
        assert memo.once(("figure",), lambda: 2) == 2
