"""Alerts: a run that failed, a check that found a difference, a trouble that began or is over."""

import json
import re
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Literal

from cowrie_assets.notifications.message import Message, Section, quoted, title

_LOGIN_IN_URL = re.compile(r"(?<=://)[^/\s]*@")
_REASON_COLUMNS = 300


@dataclass(frozen=True, slots=True)
class Alert:
    """What happened last of one kind, ready to be kept until it is told."""

    subject: str
    """`run:<job>` or `check:<name>`: of one subject, one alert an hour is sent."""
    headline: str
    lines: tuple[str, ...]
    """Harmless text: see `message.quoted`."""

    def to_json(self) -> str:
        """As `alert_of_json` reads it."""
        return json.dumps(asdict(self))


def alert_of_json(content: str) -> Alert:
    """The alert that `Alert.to_json` wrote."""
    fields = json.loads(content)
    return Alert(fields["subject"], fields["headline"], tuple(fields["lines"]))


def failed_run(job: str, run_id: str, reason: str) -> Alert:
    """A run of `job` failed. Of `reason` the first line is told, without logins that stand in a URL."""
    return Alert(
        subject=f"run:{quoted(job)}",
        headline=title(f"Cowrie: a run of {job} failed"),
        lines=(f"Run {quoted(run_id)}", *_reason(reason)),
    )


def failed_check(check: str, asset: str, run_id: str, summary: str) -> Alert:
    """A check of `asset` found what must not be."""
    return Alert(
        subject=f"check:{quoted(check)}",
        headline=title(f"Cowrie: the check {check} of {asset} failed"),
        lines=(f"Run {quoted(run_id)}", *_reason(summary)),
    )


def alert_message(alert: Alert, *, occurrences: int, key: str, at_us: int) -> Message:
    """What is told of an alert; `occurrences` is how often it happened since it was last told, this one included."""
    again = (f"It happened {occurrences:,} times since the last message; this was the latest.",)
    lines = (*alert.lines, *(again if occurrences > 1 else ()))
    return Message(
        event="alert",
        key=key,
        at_us=at_us,
        title=alert.headline,
        sections=(Section("What happened", lines),),
        payload={
            "event": "alert",
            "subject": alert.subject,
            "title": alert.headline,
            "details": list(alert.lines),
            "occurrences": occurrences,
        },
    )


def trouble_message(
    subject: str, trouble: str, details: Sequence[str], *, phase: Literal["firing", "resolved"], key: str, at_us: int
) -> Message:
    """What is told of a trouble that lasts, once when it began and once when it is over.

    `trouble` is of our own words; `details` may quote an attacker, and are cut.
    """
    headline = title(f"Cowrie: {trouble}" if phase == "firing" else f"Cowrie: over: {trouble}")
    lines = tuple(quoted(_LOGIN_IN_URL.sub("***@", line), _REASON_COLUMNS) for line in details)
    return Message(
        event="alert",
        key=key,
        at_us=at_us,
        title=headline,
        sections=(Section("What is the matter" if phase == "firing" else "What was the matter", lines),),
        payload={
            "event": "alert",
            "subject": subject,
            "title": headline,
            "details": list(lines),
            "occurrences": 1,
            "status": phase,
        },
    )


def _reason(text: str) -> tuple[str, ...]:
    first = next((line for line in text.splitlines() if line.strip()), "")
    return (quoted(_LOGIN_IN_URL.sub("***@", first.strip()), _REASON_COLUMNS),) if first else ()
