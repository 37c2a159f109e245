"""The techniques of a session once more, in plain Python, from its events as they were written."""

from collections import defaultdict
from typing import Any

from cowrie_assets.cowrie.rule_set import RuleSet
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
    found: Shown = {rule.name: (rule.technique, None, times[0], times[-1]) for rule in rules.matcher.of_counts(counts)}
    typed: dict[str, list[str]] = defaultdict(list)
    for event in group:
        if event["eventid"] == "cowrie.command.input":
            typed[event["input"]].append(event["timestamp"])
    for rule in rules.rules:
        before = min(
            (min(at) for command, at in typed.items() if _techniques(rules, command) & rule.after), default="~"
        )
        spans = []
        for command, at in typed.items():
            for shown in rules.matcher.shown_by(command):
                first, last = min(at), max(at)
                if shown.rule is rule and (not shown.needs_other or last > before):
                    begin = last if shown.needs_other and first <= before else first
                    spans.append((begin, digest_of(encode_text(command)), command, last))
        if spans:
            begin, _, evidence, _ = min(spans)
            found[rule.name] = (rule.technique, evidence, begin, max(last for *_, last in spans))
    return found


def _techniques(rules: RuleSet, command: str) -> set[str]:
    return {rule.technique for rule in rules.matcher.of_command(command)}
