"""Rules within a document: a right one keeps them all, and each is broken once."""

import json
import re
from collections.abc import Iterator
from copy import deepcopy
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from cowrie_assets.reports.agreement import disagreements
from cowrie_assets.reports.document import build_report
from cowrie_assets.reports.periods import parse_period
from cowrie_assets.warehouse.schema import logs
from cowrie_assets_tests.reports.facts import Facts, Login, Session, StoredFile, Verdicts
from cowrie_assets_tests.reports.test_document import LATER, MONDAY
from cowrie_assets_tests.reports.test_house import MIDNIGHT, hours, log, put

HASH = "aa" * 32


@pytest.fixture(scope="module")
def original(warehouse) -> dict[str, Any]:
    """The report of a week that has some of everything, as read from its file."""
    rich: dict[str, Any] = {
        "commands": {"id": 2, "ls": 1},
        "logins": (Login("root", "x", 2, 1), Login("a", "b")),
        "files": (StoredFile(HASH, 1, 1, "http://192.0.2.7/a"),),
        "tunnel_requests": 2,
        "hassh": "0a" * 16,
        "version": "SSH-2.0-Go",
        "duration_us": 3_000_000,
    }
    weeks = [Session(MONDAY - timedelta(weeks=week), logins=(Login("root", "x"),)) for week in range(1, 5)]
    sessions = [Session(MONDAY, **rich), Session(MONDAY, src_ip="2001:db8::1", protocol="telnet"), *weeks]
    Facts(warehouse).store(sessions, Verdicts(malicious_files=frozenset({HASH}), clean_ips=frozenset({"192.0.2.1"})))
    put(warehouse, logs, log(1, lines=10, events=8, dead_letters=2))
    hours(warehouse, 1, MIDNIGHT, MIDNIGHT + 3)
    with warehouse.read() as connection:
        document = build_report(connection, parse_period("weekly", "2026-W36"), None, now_us=LATER)
    return json.loads(json.dumps(document))


def test_a_right_document_breaks_no_rule(original):
    assert disagreements(original) == []
    assert {alert["kind"] for alert in original["alerts"]} >= {"new_malware", "high_tunnel_usage", "dead_letters"}


def put_at(document: Any, path: str, value: Any) -> None:
    *parents, last = [int(part) if part.isdigit() else part for part in path.split(".")]
    for part in parents:
        document = document[part]
    document[last] = value


ITEM = {"value": "z", "count": 1}


@pytest.mark.parametrize(
    ("path", "value", "rule"),
    [
        ("sessions.with_tunnel_requests", 9, "with_tunnel_requests is at most tunnel_requests"),
        ("sessions.commands_histogram.3.sessions", 9, "commands_histogram sums up to total"),
        ("sessions.commands_histogram.0.sessions", 0, "commands_histogram agrees with with_commands"),
        ("sessions.durations.histogram.0.sessions", 9, "durations sum up to total"),
        ("sessions.durations.median_seconds", 99.0, "durations are in order"),
        ("sessions.durations.mean_seconds", 0.5, "the mean duration is avg_duration_seconds"),
        ("sessions.by_protocol.0.sessions", 9, "by_protocol agrees with protocols"),
        ("sessions.by_protocol.0.commands", 9, "by_protocol sums up to at most the totals"),
        ("sessions.by_protocol.1.login_attempts", 9, "by_protocol sums up to at most the totals"),
        ("volume.by", "hour", "volume is by hour or day"),
        ("volume.items.1.start", "2026-08-31T00:00:00Z", "volume has each hour or day of the period"),
        ("volume.items", [], "volume has each hour or day of the period"),
        ("volume.items.2.sessions", 1, "volume sums up to the totals"),
        ("volume.items.2.file_uploads", 1, "volume sums up to the totals"),
        ("volume.items.2.ssh", 1, "volume: ssh and telnet are sessions"),
        ("heat_map", None, "heat_map is in weekly and monthly reports"),
        ("heat_map.weekdays.0.days", 5, "heat_map has each of its days"),
        ("heat_map.weekdays.0.hours", [], "heat_map has 24 hours a day"),
        ("heat_map.weekdays.0.hours.0", -9, "heat_map sums up to total"),
        ("sources.addresses.0.sessions", 9, "addresses are those of top_ips"),
        ("sources.addresses.0.login_attempts", 99, "addresses did at most what all sessions did"),
        ("sources.addresses.0.login_successes", 99, "addresses did at most what all sessions did"),
        ("interesting.0.headline.0.kind", "tunnel", "a headline tells at most a file"),
        ("enrichments.files.unjudged", 9, "enrichments: judged and unjudged are all there is"),
        ("enrichments.files.clean", 9, "enrichments: judged and unjudged are all there is"),
        ("enrichments.addresses.unlisted", 9, "enrichments: judged and unjudged are all there is"),
        ("commands.top_last_commands", [{"value": "id", "count": 9}], "top_last_commands"),
        ("commands.top_commands", [{"value": "id", "count": 1}, {"value": "ls", "count": 1}], "top_commands sums up"),
        ("sources.unique_networks", 9, "unique_networks is at most unique_ips"),
        ("sources.top_networks", [{"value": "192.0.2.0/24", "count": 9}], "top_networks"),
        ("credentials.top_usernames.0.previous_rank", 0, "previous_rank is a place of its own"),
        ("credentials.top_usernames.1.previous_rank", 1, "previous_rank is a place of its own"),
        ("new.hashes.total", 2, "new hashes"),
        ("new.urls.items", [ITEM, ITEM], "new urls"),
        ("new.commands.total", 0, "new commands"),
        ("new.passwords.items.0.count", 99, "new passwords"),
        ("new.hassh.total", 99, "new hassh"),
        ("new.networks.total", 99, "new networks"),
        ("new.techniques.total", 99, "new techniques"),
        ("campaigns.total", 9, "campaigns: each is in one list"),
        (
            "campaigns.gone.items",
            [{"campaign_id": "a", "sessions_before": 0}],
            "campaigns: lists are no longer than they say",
        ),
        ("campaigns.sessions", 99, "campaigns: no more sessions than there are"),
        (
            "snowshoe.items",
            [{"score": 1, "networks": 2, "light_addresses": 1, "addresses": 1, "sessions": 1}],
            "snowshoe: nothing of one is more than its sessions",
        ),
        (
            "longtail.items",
            [{"score": 1, "sensor": "a", "session_id": "b", "traits": [], "rare_traits": 0, "alike": 1}],
            "longtail: each session is listed once",
        ),
        ("ssh_keys.new", 9, "ssh_keys: no more than there are"),
        ("techniques.unique", 9, "techniques: as many as there are"),
        ("techniques.sessions", 99, "techniques: no more sessions than there are"),
        ("techniques.by_day.days", [], "techniques: each day has its place"),
        (
            "techniques.by_day.tactics",
            [{"tactic": "impact", "sessions": [1] * 7}],
            "techniques: days sum up to tactics",
        ),
        ("changes.figures.sessions.value", 9, "changes: the values are the document's"),
        ("changes.figures.sessions.previous", None, "changes add up"),
        ("changes.figures.sessions.change", 9, "changes add up"),
        ("changes.figures.sessions.change_percent", 9.0, "changes add up"),
        ("changes.figures.sessions.median", None, "changes add up"),
        ("changes.figures.sessions.change_to_median", 9.0, "changes add up"),
        ("changes.figures.sessions.change_to_median_percent", None, "changes add up"),
        ("changes.previous", None, "changes add up"),
        ("changes.median_of", ["2026-W35"], "changes: median_of names four periods or none"),
        ("interesting.0.score", 101, "interesting: scores are 0 to 100, the best first"),
        ("interesting.0.score", 0, "an interesting session has its reasons"),
        ("interesting.0.reasons", [], "an interesting session has its reasons"),
        ("interesting.0.alike", 0, "an interesting session has its reasons"),
        ("abnormal.uncommon_command_sessions", 9, "abnormal: rare numbers of commands sum up"),
        ("abnormal.rare_command_counts", [{"commands": 3, "sessions": 1}], "abnormal: rare numbers of commands sum up"),
        ("abnormal.recent_vt_submission_sessions", 99, "abnormal: at most all sessions"),
        ("abnormal.sessions", [{"reasons": ["odd"]}], "abnormal: at most all sessions"),
        ("alerts.0.severity", "low", "alerts are of a known kind, the gravest first"),
        ("alerts.0.kind", "all_is_well", "alerts are of a known kind, the gravest first"),
        ("alerts.0.message", "", "an alert has a printable message and figures"),
        ("alerts.0.message", "\x1b[2J", "an alert has a printable message and figures"),
        ("alerts.0.figures", {}, "an alert has a printable message and figures"),
        ("operations.events", 9, "operations: every line is accounted for"),
        ("operations.dead_letters.percent", 2.0, "dead letters: percent"),
        ("operations.gap_hours", 0, "gaps and usual_gap_hours are at most gap_hours"),
        ("operations.gaps", [{"hours": 1, "unusual_hours": 1}], "gaps are at most unusual_gaps"),
        ("operations.gaps", [{"hours": 1, "unusual_hours": 0}], "a gap has an unusual hour"),
        ("operations.reused_ids.total", -1, "reused_ids: sessions are at most total"),
        ("tunnels.unique_targets", 9, "unique_targets is at most tunnel_requests"),
        ("tunnels.top_targets", [{"value": "192.0.2.1:25", "count": 9}], "top_targets"),
        ("operations.missing_days", ["2026-09-01"], "a complete report misses no day"),
        ("enrichments.files.unique_hashes", 0, "enrichments are of the document's files and addresses"),
        ("enrichments.files.failed", 9, "enrichments: no more is judged than there is"),
        ("enrichments.addresses.dshield_flagged", 9, "enrichments: no more is judged than there is"),
        ("enrichments.files.coverage_percent", 99.0, "enrichments: coverage"),
    ],
)
def test_each_rule_is_broken_by_a_wrong_number(original, path, value, rule):
    document = deepcopy(original)
    put_at(document, path, value)
    assert [broken for broken in disagreements(document) if broken.startswith(rule)]


@pytest.mark.parametrize("section", ["volume", "heat_map", "new", "changes", "alerts", "enrichments", "operations"])
def test_a_document_without_a_section_is_none(original, section):
    document = {name: value for name, value in original.items() if name != section}
    assert disagreements(document) == [f"it is no report document: KeyError '{section}'"]


def test_every_key_of_the_document_is_explained(original):
    """docs/REPORTS.md; the rows of `interesting` and `abnormal` have those of `session_summaries` (DATA.md)."""
    page = (Path(__file__).parents[2] / "docs" / "REPORTS.md").read_text(encoding="utf-8")
    explained = set(re.findall(r"[a-z@][a-z0-9_@]*", page))
    own = {name: section for name, section in original.items() if name not in ("interesting", "abnormal")}
    assert set(keys_of(own)) - explained == set()


def keys_of(found: Any) -> Iterator[str]:
    """The keys in any depth."""
    if isinstance(found, dict):
        yield from found
    for value in found.values() if isinstance(found, dict) else found if isinstance(found, list) else ():
        yield from keys_of(value)
