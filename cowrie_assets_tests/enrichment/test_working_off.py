"""The work of runs on real servers over loopback, by a clock that tests set: what is asked, how often, and what a kill
costs."""

import json
import os
import random
import signal
import subprocess
import sys
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from typing import Any

import pytest
from sqlalchemy import text

from cowrie_assets.clock import US_PER_DAY, US_PER_HOUR, US_PER_SECOND, from_us, to_us
from cowrie_assets.enrichment.access import Access
from cowrie_assets.enrichment.answers import Kind
from cowrie_assets.enrichment.planning import plan
from cowrie_assets.enrichment.quota import US_PER_MINUTE, Usage, Wait
from cowrie_assets.enrichment.service import Rates
from cowrie_assets.enrichment.settings import EnrichmentSettings
from cowrie_assets.enrichment.standing import done_at, standings
from cowrie_assets.enrichment.wanted import Wanted
from cowrie_assets.enrichment.working_off import Timing, Worked, work_off
from cowrie_assets.progress import Progress
from cowrie_assets.warehouse.codec import decode_text
from cowrie_assets.warehouse.engine import Warehouse
from cowrie_assets_tests.enrichment.judging import MONDAY
from cowrie_assets_tests.enrichment.playing import (
    SECRET,
    SECRET_NAME,
    Clock,
    Player,
    Way,
    WhoisPlayer,
    access_to,
    played,
)
from cowrie_assets_tests.reports.facts import Facts, Session, StoredFile

pytestmark = pytest.mark.sqlite_first

NOON = to_us(datetime(2026, 1, 10, 12, tzinfo=UTC))
EMPTY = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"
AMPLE = Rates(per_minute=1_000)


def shasum(number: int) -> str:
    return f"{number:064x}"


@pytest.fixture(autouse=True)
def _key(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(SECRET_NAME, SECRET)


@pytest.fixture
def clock() -> Clock:
    return Clock(NOON)


@pytest.fixture
def player(clock: Clock) -> Iterator[Player]:
    with played(clock.now) as server:
        yield server


def store(warehouse: Warehouse, files: Sequence[str] = (), addresses: Sequence[str] = (), days: int = 1) -> None:
    """Files and addresses, spread over the days before now."""
    sessions = [
        Session(MONDAY + timedelta(days=number % days), src_ip=None, files=(StoredFile(value),))
        for number, value in enumerate(files)
    ]
    Facts(warehouse).store([*sessions, *(Session(MONDAY, src_ip=address) for address in addresses)])


def run(warehouse: Warehouse, access: Access, clock: Clock, **wanted: Any) -> Worked:
    (worked,) = work_off(warehouse, [access], Wanted(**wanted), timing=clock.timing)
    return worked


def rows(warehouse: Warehouse, query: str) -> list[tuple[Any, ...]]:
    with warehouse.read() as connection:
        return [tuple(row) for row in connection.execute(text(query))]


def statuses(warehouse: Warehouse) -> dict[str, str]:
    return dict(rows(warehouse, "SELECT value, status FROM verdicts"))  # type: ignore[arg-type]


@pytest.mark.on_both_engines
def test_what_was_seen_last_is_asked_first_and_every_answer_is_kept(
    warehouse: Warehouse, player: Player, clock: Clock
) -> None:
    old, new, unknown = shasum(1), shasum(2), shasum(3)
    store(warehouse, [old, unknown, new, EMPTY], days=3)
    player.unknown.add(unknown)
    worked = run(warehouse, access_to(player.url, "virustotal", AMPLE), clock)
    assert (worked.answered, worked.skipped, worked.failed, worked.calls, worked.error) == (3, 1, 0, 3, None)
    assert [call.value for call in player.calls] == [new, unknown, old]
    assert statuses(warehouse) == {old: "enriched", new: "enriched", unknown: "enriched", EMPTY: "skipped"}
    files = "SELECT DISTINCT shasum, vt_classification, vt_malicious, vt_positives, enrichment_status FROM files"
    assert set(rows(warehouse, files)) == {
        (old, "trojan.mirai/gafgyt", 1, 41, "enriched"),
        (new, "trojan.mirai/gafgyt", 1, 41, "enriched"),
        (unknown, None, None, None, "enriched"),
        (EMPTY, None, None, None, "skipped"),
    }
    assert rows(warehouse, "SELECT outcome, COUNT(*), SUM(asked) FROM service_calls GROUP BY outcome") == [(1, 3, 3)]
    again = run(warehouse, access_to(player.url, "virustotal", AMPLE), clock)
    assert (again.answered, again.skipped, again.calls) == (0, 0, 0)


def test_each_hash_is_looked_up_as_often_as_the_rules_say(warehouse: Warehouse, player: Player, clock: Clock) -> None:
    """75 days of a run every six hours: a file that is known, one that was submitted yesterday, one that is never known
    and one that becomes known on the tenth day."""
    known, new, unknown, late = map(shasum, range(1, 5))
    store(warehouse, [known, new, unknown, late])
    player.known[new] = {"first_submission_date": NOON // US_PER_SECOND - 86_400}
    player.unknown |= {unknown, late}
    access = access_to(player.url, "virustotal", AMPLE)
    for step in range(75 * 4):
        clock.us = NOON + step * 6 * US_PER_HOUR
        if clock.us == NOON + 10 * US_PER_DAY:
            player.unknown.discard(late)
            player.known[late] = {"first_submission_date": clock.us // US_PER_SECOND}
        run(warehouse, access, clock)
    days: defaultdict[str, list[int]] = defaultdict(list)
    for call in player.calls:
        days[call.value].append((call.at - NOON) // US_PER_DAY)
    assert days == {
        known: [0, 30, 60],
        new: [0, 1, 2, 3, 33, 63],
        unknown: [0, 1, 4, 11, 41, 71],
        late: [0, 1, 4, 11, 12, 13, 14, 44, 74],
    }
    history = "SELECT status, label FROM verdict_history WHERE value = '{}' ORDER BY changed_at"
    assert rows(warehouse, history.format(late)) == [("enriched", None), ("enriched", "trojan.mirai/gafgyt")]


class KilledError(BaseException):
    """A process that ends where it stands: nothing catches it, and the transaction that is open is undone."""


def test_a_month_of_runs_and_kills_exceeds_no_limit(warehouse: Warehouse, player: Player, clock: Clock) -> None:
    """Runs at any time, each of which may be killed at any step, of a service that fails now and then."""
    chance = random.Random(9)
    rates = Rates(per_minute=2, per_day=9, per_month=190)
    store(warehouse, list(map(shasum, range(1, 400))))
    access = access_to(player.url, "virustotal", rates)
    kills = 0

    def now() -> int:
        nonlocal kills
        if chance.random() < 0.015:
            kills += 1
            raise KilledError
        return clock.now()

    player.ways = [Way(503) if chance.random() < 0.05 else Way() for _ in range(400)]
    clock.us = begin = to_us(datetime(2026, 1, 1, tzinfo=UTC))
    while clock.us < begin + 31 * US_PER_DAY:
        try:
            (worked,) = work_off(warehouse, [access], timing=Timing(now, clock.sleep))
            assert worked.waits is not None or worked.error is not None
        except KilledError:
            pass
        clock.us += chance.choice((1, 3_600, 20_000)) * US_PER_SECOND
    moments = [call.at for call in player.calls]
    assert all(later - earlier >= US_PER_MINUTE for earlier, later in zip(moments, moments[2:], strict=False))
    by_day = Counter(from_us(at).date() for at in moments)
    assert max(by_day.values()) == 8, "95 % of 9"
    assert len(moments) == 190, "the month's budget is used, and not passed"
    answers = len(rows(warehouse, "SELECT 1 FROM verdict_facts WHERE status = 2"))
    failures = len(rows(warehouse, "SELECT 1 FROM service_calls WHERE outcome = 2"))
    assert kills > 10
    assert 190 - answers - failures <= kills, "a kill costs one call at most"


def test_a_clock_that_was_ahead_costs_no_limit_and_keeps_no_answer_for_good(
    warehouse: Warehouse, player: Player, clock: Clock
) -> None:
    store(warehouse, list(map(shasum, range(1, 31))))
    access = access_to(player.url, "virustotal", Rates(per_minute=1_000, per_day=10))
    assert run(warehouse, access, clock, limit=4).answered == 4
    clock.us = NOON + 400 * US_PER_DAY
    player.ways = [Way(400)]
    assert run(warehouse, access, clock).calls == 9, "a day is a day, by the only clock there is"
    clock.us = NOON + US_PER_HOUR
    worked = run(warehouse, access, clock)
    assert (worked.calls, worked.waits) == (0, Wait(NOON + US_PER_DAY // 2, "day")), "13 calls are made today"
    for days in range(1, 5):
        clock.us = NOON + days * US_PER_DAY
        run(warehouse, access, clock)
    assert len(player.calls) == 13 + 26 == 4 + 8 * 2 + 1 + 18, "those of the wrong clock are asked about again"
    assert rows(warehouse, "SELECT status, COUNT(*) FROM verdict_facts GROUP BY status") == [(2, 30)]
    assert rows(warehouse, f"SELECT COUNT(*) FROM verdict_facts WHERE fetched_at > {clock.us}") == [(0,)]


@pytest.mark.on_both_engines
def test_two_processes_keep_one_limit(database_url: str) -> None:
    """They ask about other values, and as many together as one alone may; one is killed, which costs a call at most."""
    with Warehouse.open(database_url) as warehouse:
        store(warehouse, list(map(shasum, range(1, 60))))
    with played() as player:
        command = [sys.executable, "-m", "cowrie_assets_tests.enrichment.working", database_url, player.url, "40"]
        processes: list[subprocess.Popen[bytes]] = []

        def kill() -> None:
            if len(player.calls) >= 10:
                processes[0].kill()

        player.always = Way(before=kill)
        processes += [subprocess.Popen(command, env=os.environ | {SECRET_NAME: SECRET}) for _ in range(2)]
        codes = [process.wait(60) for process in processes]
    assert codes == [-signal.SIGKILL, 0]
    asked = Counter(call.value for call in player.calls)
    with Warehouse.open(database_url) as warehouse:
        answered = {value for value, status in statuses(warehouse).items() if status == "enriched"}
        booked, unended = rows(warehouse, "SELECT COUNT(*), COUNT(*) - COUNT(outcome) FROM service_calls")[0]
    assert booked == 38, "95 % of 40"
    assert unended <= 1, "of the process that was killed: before its call, or before it settled it"
    assert len(answered) == booked - unended
    assert answered <= asked.keys()
    assert len(asked) in (len(answered), booked)
    assert set(asked.values()) == {1}


# ------------------------------------------------------------------------------------------------------ what goes wrong


def test_a_429_stops_the_service_until_its_reset(warehouse: Warehouse, player: Player, clock: Clock) -> None:
    store(warehouse, [shasum(1), shasum(2)])
    access = access_to(player.url, "virustotal", Rates(60, 500, 15_500))
    player.ways = [Way(429), Way(429)]
    worked = run(warehouse, access, clock)
    assert worked.waits == Wait(NOON + US_PER_DAY // 2, None), "first it rests a minute, then for the day"
    assert (worked.calls, worked.answered, worked.failed) == (2, 0, 0)
    assert set(statuses(warehouse).values()) == {"pending"}
    assert run(warehouse, access, clock).calls == 0
    clock.us = worked.waits.until
    assert run(warehouse, access, clock).answered == 2


def test_a_service_is_left_alone_as_long_as_it_asks(warehouse: Warehouse, player: Player, clock: Clock) -> None:
    store(warehouse, addresses=["5.188.62.1"])
    player.ways = [Way(429, headers={"Retry-After": "3600"})]
    access = access_to(player.url, "dshield")
    worked = run(warehouse, access, clock)
    assert worked.waits == Wait(NOON + US_PER_HOUR, None)
    clock.us += US_PER_HOUR + 1
    player.ways = [Way(429)]
    assert run(warehouse, access, clock).waits == Wait(clock.us + 300 * US_PER_SECOND, None)


def test_no_service_says_for_longer_than_a_day_that_it_wants_rest(
    warehouse: Warehouse, player: Player, clock: Clock
) -> None:
    """But for the month's limit, of a service that has one and still says so a day later."""
    store(warehouse, [shasum(1)], ["5.188.62.1"])
    player.always = Way(429, headers={"Retry-After": str(29 * 86_400)})
    dshield, virustotal = access_to(player.url, "dshield"), access_to(player.url, "virustotal")
    rests = {"dshield": [1, 2, 3], "virustotal": [1, 21, 21]}
    for day in range(3):
        clock.us = NOON + day * US_PER_DAY + day
        for access in (dshield, virustotal):
            worked = run(warehouse, access, clock)
            assert worked.waits is not None
            assert (worked.waits.until - NOON) // US_PER_DAY == rests[access.name][day]
    player.always = Way(503, headers={"Retry-After": "9999999999"})
    clock.us = NOON + 30 * US_PER_DAY
    worked = run(warehouse, dshield, clock)
    assert worked.waits is not None
    assert worked.waits.until <= clock.us + US_PER_DAY


def test_a_service_that_asked_for_rest_is_asked_at_once_by_who_insists(
    warehouse: Warehouse, player: Player, clock: Clock
) -> None:
    store(warehouse, [shasum(1), shasum(2)])
    access = access_to(player.url, "virustotal")
    player.ways = [Way(429, headers={"Retry-After": "36000"})]
    until = NOON + 10 * US_PER_HOUR
    assert run(warehouse, access, clock).waits == Wait(until, None)
    player.ways = [Way(), Way(429, headers={"Retry-After": "7200"})]
    worked = run(warehouse, access, clock, insists=True)
    assert (worked.answered, worked.calls, worked.insisted_until) == (1, 2, until)
    assert player.calls[1].at == NOON + US_PER_MINUTE, "a minute goes by after each 429"
    later = NOON + US_PER_MINUTE + 2 * US_PER_HOUR
    assert worked.waits == Wait(later, None), "what it asks for since is kept"
    assert run(warehouse, access, clock).waits == Wait(later, None), "and its answer ended what was before"


def test_a_service_that_never_has_time_is_not_asked_for_ever(
    warehouse: Warehouse, player: Player, clock: Clock
) -> None:
    store(warehouse, addresses=["5.188.62.1"])
    player.always = Way(429, headers={"Retry-After": "0"})
    worked = run(warehouse, access_to(player.url, "dshield"), clock)
    assert (worked.calls, worked.error) == (3, "is asked too often (429)")
    assert player.calls[-1].at - player.calls[0].at >= 2 * US_PER_SECOND


def test_dshield_is_asked_once_a_second(warehouse: Warehouse, player: Player, clock: Clock) -> None:
    store(warehouse, addresses=[f"5.188.62.{end}" for end in range(1, 6)])
    assert run(warehouse, access_to(player.url, "dshield"), clock).answered == 5
    moments = [call.at for call in player.calls]
    assert all(later - earlier >= US_PER_SECOND for earlier, later in pairwise(moments))


def test_a_refused_key_stops_the_service_with_one_error(warehouse: Warehouse, player: Player, clock: Clock) -> None:
    store(warehouse, [shasum(1), shasum(2)])
    player.always = Way(401)
    access = access_to(player.url, "virustotal", AMPLE)
    worked = run(warehouse, access, clock)
    assert worked.error == f"does not take the key (401): look at COWRIE_VIRUSTOTAL_KEY=env:{SECRET_NAME}"
    assert len(player.calls) == 1
    assert set(statuses(warehouse).values()) == {"pending"}
    player.always = None
    assert run(warehouse, access, clock).calls == 0
    worked = run(warehouse, access, clock, insists=True)
    assert (worked.answered, worked.insisted_until) == (2, NOON + US_PER_HOUR)


def test_a_service_that_fails_is_asked_again_later_and_later(
    warehouse: Warehouse, player: Player, clock: Clock
) -> None:
    store(warehouse, list(map(shasum, range(1, 7))))
    access = access_to(player.url, "virustotal", AMPLE)
    player.ways = [Way(503), Way(200, b"<html>")]
    assert run(warehouse, access, clock, limit=1).answered == 1, "what passes in a moment is waited for"
    assert 0 < sum(clock.slept) < 10
    player.always = Way(hangs_up=True)
    worked = run(warehouse, access, clock)
    assert worked.error is not None
    assert "broke off" in worked.error
    assert (worked.calls, worked.failed) == (9, 3), "three attempts at three values"
    assert run(warehouse, access, clock).calls == 0, "it rests"
    rests = []
    for _ in range(8):
        clock.us += 2 * US_PER_DAY
        run(warehouse, access, clock)
        query = "SELECT MAX(next_attempt_at), MAX(attempts) FROM verdict_facts WHERE status = 3"
        ((at, attempts),) = rows(warehouse, query)
        rests.append(at - clock.us)
    assert attempts > 2
    assert max(rests) <= US_PER_DAY
    player.always = None
    clock.us += 2 * US_PER_DAY
    assert run(warehouse, access, clock).failed == 0
    assert set(statuses(warehouse).values()) == {"enriched"}


def test_a_run_that_got_no_answer_says_why_and_a_value_that_is_named_is_tried_at_once(
    warehouse: Warehouse, player: Player, clock: Clock
) -> None:
    store(warehouse, [shasum(1), shasum(2), shasum(3)])
    access = access_to(player.url, "virustotal", AMPLE)
    player.always = Way(400)
    worked = run(warehouse, access, clock, limit=2)
    assert (worked.failed, worked.error) == (2, "answered 400")
    player.always = None
    named = {Kind.FILE: [shasum(3)]}
    assert run(warehouse, access, clock, named=named, insists=True).answered == 1
    player.ways = [Way(400)]
    assert run(warehouse, access, clock, named=named, insists=True, refresh=True).error == "answered 400"
    assert run(warehouse, access, clock, named=named, insists=True).answered == 1


def test_what_is_waited_for_is_told_and_no_time_left(warehouse: Warehouse, player: Player, clock: Clock) -> None:
    store(warehouse, [shasum(1), shasum(2)])
    heard: list[Progress] = []
    player.ways = [Way(), Way(503), Way()]
    access = access_to(player.url, "virustotal", Rates(per_minute=1))
    work_off(warehouse, [access], timing=clock.timing, progress=heard.append)
    told = list(dict.fromkeys(each.detail for each in heard if each.is_waiting))
    assert told[0] == "waits for the limit of a minute till 12:01:00Z"
    assert told[1].startswith("it answered 503; is asked again not before 12:01:0")
    assert told[2] == "waits for the limit of a minute till 12:02:00Z"
    assert not any(each.is_steady for each in heard if each.phase == "virustotal")


@pytest.mark.on_both_engines
def test_texts_and_numbers_that_few_can_hold_are_kept(warehouse: Warehouse, player: Player, clock: Clock) -> None:
    """Lone surrogates, NUL, what stands for them in the database, and numbers beyond a double."""
    store(warehouse, [shasum(1)])
    attributes = {
        "names": ["\ud800", "\0", "\U00100000"],
        "size": "SIZE",
        "reputation": "REPUTATION",
        "last_analysis_stats": {"malicious": 1},
        "popular_threat_classification": {"suggested_threat_label": "a\udfffb"},
    }
    answer = json.dumps({"data": {"id": shasum(1), "attributes": attributes}})
    answer = answer.replace('"SIZE"', "1e400").replace('"REPUTATION"', "9" * 400)
    player.always = Way(body=answer.encode())
    access = access_to(player.url, "virustotal", AMPLE)
    for _ in range(2):
        assert run(warehouse, access, clock, refresh=True).answered == 1
        clock.us += US_PER_SECOND
    ((label, data),) = rows(warehouse, "SELECT label, data FROM verdicts")
    assert decode_text(label) == "a\udfffb"
    assert json.loads(decode_text(data))["names"] == ["\ud800", "\0", "\U00100000"]


def test_what_an_answer_leaves_out_is_asked_again(warehouse: Warehouse, clock: Clock) -> None:
    store(warehouse, addresses=["5.188.62.1", "5.188.62.2", "10.0.0.1", "nonsense\r\nwith lines"])
    whois = WhoisPlayer()
    try:
        whois.way = "cut"
        worked = run(warehouse, access_to(whois.url, "cymru", AMPLE), clock)
        assert (worked.answered, worked.failed, worked.skipped, worked.calls) == (1, 1, 2, 1)
        whois.way = None
        clock.us += US_PER_DAY
        assert run(warehouse, access_to(whois.url, "cymru", AMPLE), clock).answered == 1
    finally:
        whois.close()
    assert sorted(statuses(warehouse).values()) == ["enriched", "enriched", "skipped", "skipped"]
    assert whois.asked[0][2:-1] == ["5.188.62.2", "5.188.62.1"]
    places = "SELECT address, country, asn, as_name FROM address_places WHERE asn IS NOT NULL ORDER BY address"
    assert rows(warehouse, places) == [(f"5.188.62.{end}", "US", 23028, "TEAM-CYMRU, US") for end in (1, 2)]


@pytest.mark.on_both_engines
def test_one_call_serves_all_spellings_of_an_address(warehouse: Warehouse, player: Player, clock: Clock) -> None:
    spellings = ["2606:4700::1111", "2606:4700:0:0::1111", "2606:4700:0000::1111"]
    store(warehouse, addresses=[*spellings, "5.188.62.1"])
    whois = WhoisPlayer()
    try:
        worked = run(warehouse, access_to(whois.url, "cymru", AMPLE), clock)
    finally:
        whois.close()
    assert (worked.answered, worked.failed, worked.calls) == (4, 0, 1)
    assert sorted(whois.asked[0][2:-1]) == ["2606:4700::1111", "5.188.62.1"]
    assert rows(warehouse, "SELECT address FROM address_places WHERE asn = 23028 ORDER BY address") == [
        (each,) for each in sorted(["5.188.62.1", *spellings])
    ]
    dshield = access_to(player.url, "dshield", AMPLE)
    worked = run(warehouse, dshield, clock, limit=2)
    assert (worked.answered, worked.calls) == (2, len(player.calls))
    worked = run(warehouse, dshield, clock)
    assert (worked.answered, worked.failed) == (2, 0)
    assert len(player.calls) <= 3


def test_many_are_asked_about_in_one_call(warehouse: Warehouse, clock: Clock) -> None:
    store(warehouse, addresses=[f"5.188.{number // 200}.{number % 200 + 1}" for number in range(600)])
    whois = WhoisPlayer()
    try:
        worked = run(warehouse, access_to(whois.url, "cymru"), clock)
    finally:
        whois.close()
    assert (worked.answered, worked.calls, len(whois.asked)) == (600, 1, 1)


def test_a_service_that_hangs_holds_up_no_other(warehouse: Warehouse, player: Player, clock: Clock) -> None:
    """A service works in a thread of its own; what goes wrong with the database ends all of them."""
    store(warehouse, [shasum(1)], ["5.188.62.1"])
    services = [access_to(player.url, name, AMPLE) for name in ("virustotal", "dshield", "urlhaus", "spur")]
    done = work_off(warehouse, services, timing=clock.timing)
    assert {each.service: each.answered for each in done} == {"virustotal": 1, "dshield": 1, "urlhaus": 2, "spur": 1}
    no_key = Access(services[0].service, player.url, AMPLE, "env:NOT_THERE")
    (first, second) = work_off(warehouse, [no_key, services[1]], Wanted(refresh=True), timing=clock.timing)
    assert first.error is not None
    assert first.error.endswith("COWRIE_VIRUSTOTAL_KEY: env:NOT_THERE: the environment variable NOT_THERE is not set")
    assert second.answered == 1


# ------------------------------------------------------------------------------------------------- what is asked about


def test_what_is_named_and_what_is_asked_anew(warehouse: Warehouse, player: Player, clock: Clock) -> None:
    store(warehouse, [shasum(1), shasum(2)])
    access = access_to(player.url, "virustotal", AMPLE)
    named = {Kind.FILE: [shasum(9), EMPTY], Kind.ADDRESS: ["5.188.62.1"]}
    worked = run(warehouse, access, clock, named=named)
    assert (worked.answered, worked.skipped) == (1, 1)
    assert run(warehouse, access, clock, named=named).calls == 0
    assert run(warehouse, access, clock, named=named, refresh=True).answered == 1
    assert statuses(warehouse) == {shasum(9): "enriched", EMPTY: "skipped"}
    assert run(warehouse, access, clock, limit=1).answered == 1
    assert run(warehouse, access, clock, until=clock.us).calls == 0
    assert run(warehouse, access, clock).answered == 1
    clock.us += US_PER_SECOND
    assert run(warehouse, access, clock, refresh=True).answered == 3
    assert run(warehouse, access, clock).calls == 0


def test_a_plan_changes_nothing(warehouse: Warehouse, player: Player) -> None:
    store(warehouse, [shasum(1), shasum(2), EMPTY])
    access = access_to(player.url, "virustotal")
    for _ in range(2):
        (planned,) = plan(warehouse, [access], Wanted(), listed=10)
        assert (planned.number, planned.skipped, planned.waits) == (2, 1, None)
        assert set(planned.first) == {shasum(1), shasum(2)}
    (planned,) = plan(warehouse, [access], Wanted(named={Kind.FILE: [shasum(7)]}), listed=10)
    assert planned.first == (shasum(7),)
    assert rows(warehouse, "SELECT 1 FROM verdict_facts") == []
    assert rows(warehouse, f"SELECT 1 FROM texts WHERE text = '{shasum(7)}'") == []
    assert player.calls == []


def test_passwords_leave_as_five_digits_and_are_listed_nowhere(
    warehouse: Warehouse, player: Player, clock: Clock
) -> None:
    from cowrie_assets_tests.reports.facts import Login

    Facts(warehouse).store([Session(MONDAY, logins=(Login("root", "hunter2-of-mine"), Login("root", None)))])
    access = access_to(player.url, "hibp", AMPLE)
    (planned,) = plan(warehouse, [access], Wanted(), listed=10)
    assert (planned.number, planned.first) == (1, ())
    assert run(warehouse, access, clock).answered == 1
    assert rows(warehouse, "SELECT kind, value, positives, data FROM verdicts") == [
        ("password", "hunter2-of-mine", 0, None)
    ]
    assert "hunter2" not in str(player.calls)


# ------------------------------------------------------------------------------------------------------------ standing


def test_where_a_service_stands(warehouse: Warehouse, player: Player) -> None:
    store(warehouse, list(map(shasum, range(1, 31))))
    clock = Clock(to_us(datetime.now(UTC)))
    environment = {
        "COWRIE_VIRUSTOTAL_KEY": f"env:{SECRET_NAME}",
        "COWRIE_VIRUSTOTAL_URL": player.url,
        "COWRIE_VIRUSTOTAL_PER_MINUTE": "1000",
        "COWRIE_VIRUSTOTAL_PER_DAY": "10",
    }
    settings = EnrichmentSettings.from_environment(environment)
    standing = standings(warehouse, settings, now=clock.us)[0]
    assert (standing.backlog, standing.new_days, standing.off) == (0, 1, None)
    player.ways = [Way(400)]
    access = access_to(player.url, "virustotal", Rates(1000, 10, 15_500))
    assert run(warehouse, access, clock).waits == Wait((clock.us // US_PER_DAY + 1) * US_PER_DAY, "day")
    standing, *others = standings(warehouse, settings, now=clock.us)
    assert (standing.backlog, standing.new_days) == (21, 0)
    assert standing.day is not None
    assert (standing.day.used, standing.day.usable, standing.day.left) == (9, 9, 0)
    assert standing.done_at is not None
    assert standing.done_at // US_PER_DAY == clock.us // US_PER_DAY + 3, "9 a day"
    assert standing.last_error == "answered 400"
    assert all(each.off for each in others)


@pytest.mark.parametrize(
    ("calls", "rates", "minutes"),
    [
        (0, Rates(4, 500), 0),
        (8, Rates(4, 500), 2),
        (476, Rates(4, 500), 12 * 60 + 0.25),
        (476 + 475, Rates(4, 500), 36 * 60 + 0.25),
        (1, Rates(4, 500, 10), 12 * 60 + 21 * 24 * 60 + 0.25),
        (6 * 720 + 60, Rates(6), 730),
    ],
)
def test_when_a_backlog_is_done(calls: int, rates: Rates, minutes: float) -> None:
    used = Usage(0, 10)
    assert done_at(calls, rates, used, NOON, NOON) == NOON + minutes * US_PER_MINUTE


def test_a_backlog_that_takes_ages() -> None:
    assert done_at(10**9, Rates(4, 500), Usage(0, 0), NOON, NOON) is None
