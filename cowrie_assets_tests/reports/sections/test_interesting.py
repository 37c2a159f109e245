"""Which sessions are interesting and why: the words of each reason, what behaves alike, and who stands for it."""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from itertools import count
from typing import Any

from sqlalchemy import Connection

from cowrie_assets.reports.document import build_report
from cowrie_assets.reports.figures import Scope
from cowrie_assets.reports.sections.interesting import interesting_section
from cowrie_assets.warehouse.engine import Warehouse
from cowrie_assets_tests.reports.facts import Facts, Login, Session, StoredFile, Verdicts
from cowrie_assets_tests.reports.test_document import DAY, LATER, MONDAY, report

BAD, OLD, NEW = "aa" * 32, "bb" * 32, "cc" * 32
SUNDAY = MONDAY - timedelta(days=1)
MINUTE_US = 60_000_000


def interesting(warehouse: Warehouse, sensor: str | None = None) -> list[Any]:
    return report(warehouse, DAY, sensor)["interesting"]


def test_many_files_that_nothing_else_tells_apart_cost_as_many_steps_not_their_square(databases, tmp_path):
    steps = []
    for number in (400, 800):
        with Warehouse.open(databases.sqlite.new(tmp_path / f"{number}.db")) as warehouse:
            files = (StoredFile(f"{file:064x}", 0, 1) for file in range(number))
            Facts(warehouse).store([Session(MONDAY, files=(each,)) for each in files])
            with warehouse.read() as connection:
                steps.append(steps_of(connection, lambda: interesting_section(Scope(connection, DAY, 0, 10))))
    assert steps[1] < 3 * steps[0]


def steps_of(connection: Connection, work: Callable[[], object]) -> int:
    """Steps of SQLite's machine, in thousands."""
    driver, counted = connection.connection.driver_connection, count()
    driver.set_progress_handler(lambda: next(counted) < 0, 1000)
    work()
    driver.set_progress_handler(None)
    return next(counted)


def test_each_reason_in_words_with_its_figure(warehouse):
    known = Session(SUNDAY, commands={f"c{number}": 1 for number in range(11)}, files=(StoredFile(BAD),))
    everything = Session(
        MONDAY,
        commands={f"c{number}": 2 for number in range(12)},
        files=(StoredFile(BAD, 1, 1), StoredFile(NEW, 0, 1)),
        risk_score=99,
        tunnel_requests=1,
        duration_us=25 * MINUTE_US,
    )
    Facts(warehouse).store([known, everything], Verdicts(malicious_files=frozenset({BAD})))
    (session,) = interesting(warehouse)
    assert session["reasons"] == [
        "brought 1 file never seen before",
        "risk score 99 of 100",
        "1 file malicious by VirusTotal",
        "no other session did the same",
        "typed 12 different commands",
        "uploaded 2 files",
        "asked for 1 tunnel",
        "downloaded 1 file",
        "typed 1 command never seen before",
        "stayed 25 minutes and typed",
    ]
    assert (session["score"], session["commands"]) == (99, 24)
    assert (len(session["sample_commands"]), session["shasums"]) == (5, [BAD, NEW])


def test_the_highest_score_is_100_and_a_look_back_is_named(warehouse):
    commands = {f"c{number}": 1 for number in range(10)}
    files = (StoredFile(BAD, 1, 1),)
    everything = Session(
        MONDAY, commands=commands, files=files, tunnel_requests=9, risk_score=100, duration_us=5 * MINUTE_US
    )
    Facts(warehouse).store([everything], Verdicts(malicious_files=frozenset({BAD})))
    with warehouse.read() as connection:
        (session,) = build_report(connection, DAY, None, look_back_days=30, now_us=LATER)["interesting"]
    assert session["score"] == 100
    assert "brought 1 file not seen in the 30 days before" in session["reasons"]


def test_only_sessions_that_did_something_qualify(warehouse):
    nothing = [Session(MONDAY), Session(MONDAY, logins=(Login("root", "x", 5),), failed_downloads=1, risk_score=60)]
    something = [
        Session(MONDAY, logins=(Login("root", "x", 0, 1),)),
        Session(MONDAY, commands={"": 1}),
        Session(MONDAY, unstored_downloads=1),
        Session(MONDAY, files=(StoredFile(OLD, 0, 1),)),
        Session(MONDAY, tunnel_requests=1),
    ]
    Facts(warehouse).store([*nothing, *something])
    found = interesting(warehouse)
    assert {(each["session_id"], each["alike"]) for each in found} == {
        (f"{4:012x}", 1),
        (f"{6:012x}", 1),
        (f"{7:012x}", 3),  # for those that neither typed nor stored anything, the one with the tunnel
    }


def test_what_few_did_is_rarer_than_what_many_did(warehouse):
    alone = [Session(MONDAY, commands={"alone": 1})]
    of_three = [Session(MONDAY, commands={"three": 1}) for _ in range(3)]
    of_four = [Session(MONDAY, commands={"four": 1}) for _ in range(4)]
    Facts(warehouse).store([*of_four, *of_three, *alone])
    found = interesting(warehouse)
    assert [(each["sample_commands"], each["alike"]) for each in found] == [
        (["alone"], 1),
        (["three"], 3),
        (["four"], 4),
    ]
    assert [each["score"] - found[2]["score"] for each in found] == [6, 3, 0]
    assert [each["reasons"][0] for each in found[:2]] == [
        "no other session did the same",
        "only 2 other sessions did the same",
    ]


def test_of_those_alike_the_best_stands_then_the_earliest_then_by_name(warehouse):
    """A sensor's number and a session's in the database follow the loading: they have no say."""
    tied = [Session(MONDAY, sensor, second=9, commands={"id": 1}) for sensor in ("hp-2", "hp-2", "hp-1", "hp-1")]
    Facts(warehouse).store(tied)
    assert [(each["sensor"], each["session_id"]) for each in interesting(warehouse)] == [("hp-1", f"{3:012x}")]
    Facts(warehouse).store([*tied, Session(MONDAY, "hp-2", second=8, commands={"id": 7})])
    assert [each["session_id"] for each in interesting(warehouse)] == [f"{5:012x}"]
    Facts(warehouse).store([*tied, Session(MONDAY, "hp-2", second=80, commands={"id": 1}, risk_score=5)])
    assert [(each["session_id"], each["alike"]) for each in interesting(warehouse)] == [(f"{5:012x}", 5)]


def test_other_files_are_another_behaviour(warehouse):
    files = [(StoredFile(BAD),), (StoredFile(OLD),), (StoredFile(BAD), StoredFile(OLD)), (StoredFile(BAD, 0, 5),)]
    Facts(warehouse).store([Session(MONDAY, commands={"id": 1}, files=each) for each in files])
    assert sorted(each["alike"] for each in interesting(warehouse)) == [1, 1, 2]


def test_at_most_20_and_those_that_tie_by_time_and_name(warehouse):
    tied = [Session(MONDAY, f"hp-{number % 3}", second=5, commands={f"c{number:02}": 1}) for number in range(30)]
    Facts(warehouse).store([*tied, Session(MONDAY, "hp-9", second=4, commands={"first": 1})])
    found = [(each["sensor"], each["session_id"]) for each in interesting(warehouse)]
    by_name = sorted((session.sensor, f"{ref:012x}") for ref, session in enumerate(tied, 1))
    assert found == [("hp-9", f"{31:012x}"), *by_name[:19]]


def test_a_sensor_knows_what_it_saw_itself(warehouse):
    Facts(warehouse).store([Session(SUNDAY, "hp-2", commands={"id": 1}), Session(MONDAY, "hp-1", commands={"id": 1})])
    (of_all,), (of_one,) = interesting(warehouse), interesting(warehouse, "hp-1")
    assert "typed 1 command never seen before" not in of_all["reasons"]
    assert "typed 1 command never seen before" in of_one["reasons"]


def test_commands_come_as_typed_in_their_order(warehouse):
    hostile = "\x00\ud800<script>" + "é" * 30_000
    order = {"last": (9, 9), hostile: (0, 0), "b": (3, 3), "a": (3, 8)}
    Facts(warehouse).store([Session(MONDAY, commands=dict.fromkeys(order, 1), seen=order, version="SSH-2.0-\ud800")])
    (session,) = interesting(warehouse)
    assert session["sample_commands"] == [hostile, "a", "b", "last"]
    assert session["client_version"] == "SSH-2.0-\ud800"


# ---------------------------------------------------------------------------------------------------- what is new leads


def busy(number: int, **changes: Any) -> Session:
    """A session of the highest score without a new file or a verdict."""
    done: dict[str, Any] = {
        "commands": {f"c{number} {each}": 1 for each in range(9)},
        "files": (StoredFile(OLD, 1, 1),),
        "risk_score": 100,
        "tunnel_requests": 1,
        "duration_us": 9 * MINUTE_US,
    }
    return Session(MONDAY, **{**done, **changes})


def test_each_new_file_has_a_session_at_the_top_however_many_behaviours_compete(warehouse):
    known = Session(SUNDAY, files=(StoredFile(OLD),))
    new = [f"{number:02x}" * 32 for number in range(1, 4)]
    bringing = [Session(MONDAY, files=(StoredFile(shasum),), risk_score=60) for shasum in new]
    Facts(warehouse).store([known, *(busy(number) for number in range(40)), *bringing])
    found = interesting(warehouse)
    assert len(found) == 20
    assert [each["shasums"] for each in found[:3]] == [[shasum] for shasum in new]
    assert min(each["score"] for each in found[:3]) > found[3]["score"]


def test_of_forty_behaviours_that_bring_one_new_file_one_leads_and_no_other_file_is_hidden(warehouse):
    first, second = "01" * 32, "02" * 32
    bringing = [busy(number, files=(StoredFile(first, 1, 1),)) for number in range(40)]
    lone = Session(MONDAY, files=(StoredFile(second),), risk_score=60)
    Facts(warehouse).store([*bringing, lone])
    found = interesting(warehouse)
    assert [each["shasums"] for each in found[:3]] == [[first], [second], [first]]
    assert sum(each["shasums"] == [first] for each in found) == 19


def test_one_bot_with_a_new_file_each_time_is_one_behaviour(warehouse):
    bot = [busy(1, files=(StoredFile(f"{number:064x}", 1, 1),)) for number in range(30)]
    known = Session(MONDAY, second=0, commands=bot[0].commands)
    others = [Session(MONDAY, commands={f"other {number}": 1}) for number in range(15)]
    Facts(warehouse).store([*bot, *others, known])
    found = interesting(warehouse)
    assert [each["alike"] for each in found] == [31, *[1] * 15]
    assert "brought 1 file never seen before" in found[0]["reasons"], "whoever brought one stands for all"


def test_few_that_typed_the_same_are_told_apart_by_their_files(warehouse):
    few = [busy(1, files=(StoredFile(f"{number:064x}", 1, 1),)) for number in range(3)]
    Facts(warehouse).store(few)
    assert [(each["alike"], each["score"]) for each in interesting(warehouse)] == [(1, 92)] * 3


def test_of_those_that_typed_nothing_three_stand_and_one_leads(warehouse):
    uploads = [Session(MONDAY, files=(StoredFile(f"{number:064x}", 0, 1),)) for number in range(30)]
    Facts(warehouse).store([replace(each, second=number) for number, each in enumerate(uploads)])
    found = interesting(warehouse)
    assert [each["score"] - found[1]["score"] for each in found] == [39, 0, 0]


def test_a_trivial_file_is_nothing_new(warehouse):
    empty = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"
    Facts(warehouse).store([Session(MONDAY, files=(StoredFile(empty), StoredFile(NEW, 2)))])
    document = report(warehouse, DAY)
    assert document["files"]["unique_hashes"] == 2
    assert document["new"]["hashes"] == {"total": 1, "items": [{"value": NEW, "count": 2}]}
    assert "brought 1 file never seen before" in document["interesting"][0]["reasons"]
    Facts(warehouse).store([Session(MONDAY, files=(StoredFile(empty),))])
    document = report(warehouse, DAY)
    assert document["new"]["hashes"] == {"total": 0, "items": []}
    assert not any("brought" in reason for reason in document["interesting"][0]["reasons"])
    assert "new_malware" not in {alert["kind"] for alert in document["alerts"]}
