"""The techniques of a session once more, in plain Python, from its events as they were written."""

from collections import defaultdict
from functools import lru_cache
from typing import Any

from cowrie_assets.cowrie.rule_set import RuleSet
from cowrie_assets.cowrie.techniques import Shown as MatchedRule
from cowrie_assets.cowrie.techniques import TechniqueMatcher
from cowrie_assets.warehouse.codec import encode_text
from cowrie_assets.warehouse.dictionary import digest_of

COUNTED = {
    "cowrie.login.failed": "login_failures",
    "cowrie.login.success": "login_successes",
    "cowrie.session.file_upload": "file_uploads",
    "cowrie.direct-tcpip.request": "tunnel_requests",
}
Shown = dict[str, tuple[str, str | None, str, str]]
"""By rule: technique, evidence, first and last seen."""


def shown_by(rules: RuleSet, group: list[dict[str, Any]]) -> Shown:
    """What the events of one session show."""
    times = sorted(event["timestamp"] for event in group)
    counts = {name: sum(event["eventid"] == kind for event in group) for kind, name in COUNTED.items()}
    found: Shown = {
        rule.name: (rule.technique, None, times[0], times[-1]) for rule in rules.techniques.of_counts(counts)
    }
    typed: dict[str, list[str]] = defaultdict(list)
    for event in group:
        if event["eventid"] == "cowrie.command.input":
            typed[event["input"]].append(event["timestamp"])
    spans = {command: (min(at), max(at)) for command, at in typed.items()}
    shown = {command: _matched(rules.techniques, command) for command in typed}
    for rule in dict.fromkeys(each.rule for found_by in shown.values() for each in found_by):
        bringing = [
            first
            for command, (first, _) in spans.items()
            if any(each.rule.technique in rule.after for each in shown[command])
        ]
        before = min(bringing, default="~")
        of_rule = []
        for command, (first, last) in spans.items():
            for each in shown[command]:
                if each.rule is rule and (not each.needs_other or last > before):
                    begin = last if each.needs_other and first <= before else first
                    of_rule.append((begin, digest_of(encode_text(command)), command, last))
        if of_rule:
            begin, _, evidence, _ = min(of_rule)
            found[rule.name] = (rule.technique, evidence, begin, max(last for *_, last in of_rule))
    return found


@lru_cache(maxsize=4096)
def _matched(matcher: TechniqueMatcher, command: str) -> list[MatchedRule]:
    return matcher.shown_by(command)
