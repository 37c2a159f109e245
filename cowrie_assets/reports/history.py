"""The periods before a report's own, and the figures that it is compared with them by.

"`changes` (against the period before and the median of the four before ...; none where there is nothing to compare)":
a period that ended before the first session of the sensor, or of them all, is nothing to compare with.
"""

from collections.abc import Mapping
from typing import Any, cast

from cowrie_assets.clock import US_PER_DAY, US_PER_HOUR, day_number, day_of_number
from cowrie_assets.reports.figures import Scope
from cowrie_assets.reports.periods import Period, PeriodError, period_of

FIGURES = (
    *("sessions", "unique_ips", "login_attempts", "login_successes", "commands", "high_risk_commands"),
    *("file_downloads", "file_uploads", "unique_hashes", "unique_passwords"),
)
"""What periods are compared by, in the order of the document."""

Headline = Mapping[str, int]
"""A number for each of `FIGURES`."""


def periods_before(scope: Scope, count: int) -> list[Period]:
    """Up to `count` periods before the scope's, the nearest first; only those that can be compared with."""
    first = first_session_day(scope)
    periods: list[Period] = []
    period = scope.period
    while first is not None and len(periods) < count and day_number(period.start) > first:
        try:
            period = period.previous()
        except PeriodError:
            break
        periods.append(period)
    return periods


def first_session_day(scope: Scope) -> int | None:
    """The day (since 1970-01-01) of the first session of the scope's sensor, or of all; None where there is none."""

    def first() -> int | None:
        day: int | None = scope.one("first_session_day")[0]
        return day

    return scope.memo.once(("first session day", scope.sensor_id), first)


def known_days(scope: Scope) -> int:
    """The days of the scope's period of which the whole is known: those with a session, without the one within which
    the first session of all came, later than in its first hour."""
    return scope.memo.once(_key("known days", scope), lambda: _known_days(scope))


def _known_days(scope: Scope) -> int:
    days = int(scope.rows("known_days").scalar_one())
    first = first_session_day(scope)
    if first is None or not day_number(scope.period.start) <= first < day_number(scope.period.end):
        return days
    began = scope.at(period_of("daily", day_of_number(first))).rows("first_session_at").scalar_one()
    if began is None:  # the day's sessions lost their rows, which `validate` tells
        return days
    return days - int(began - first * US_PER_DAY >= US_PER_HOUR)


def headline(scope: Scope) -> Headline:
    """The figures of the scope's period, counted without the rest of its document, or as remembered from there."""
    figures = scope.memo.once(_key("headline", scope), lambda: _counted(scope))
    scope.memo.keep(_key("unique_ips", scope), figures["unique_ips"])
    return figures


def unique_ips(scope: Scope) -> int:
    """One of the figures of the scope's period, at a third of the cost of all."""
    return scope.memo.once(_key("unique_ips", scope), lambda: int(scope.one("unique_ips")[0]))


def remember(scope: Scope, document: Mapping[str, Any]) -> Headline:
    """The figures of the scope's period as its document has them; who compares with it need not count them again."""
    figures = headline_of(document)
    scope.memo.keep(_key("headline", scope), figures)
    return headline(scope)


def headline_of(document: Mapping[str, Any]) -> Headline:
    """The figures of a document, or of as much of it as is counted of the period alone."""
    sessions, commands = document["sessions"], document["commands"]
    return {
        "sessions": sessions["total"],
        "unique_ips": sessions["unique_ips"],
        "login_attempts": sessions["login_attempts"],
        "login_successes": sessions["login_successes"],
        "commands": commands["total"],
        "high_risk_commands": commands["high_risk_total"],
        "file_downloads": sessions["file_downloads"],
        "file_uploads": sessions["file_uploads"],
        "unique_hashes": document["files"]["unique_hashes"],
        "unique_passwords": document["credentials"]["unique_passwords"],
    }


def _key(what: str, scope: Scope) -> tuple[str, str, int]:
    return (what, scope.period.label, scope.sensor_id)


def _counted(scope: Scope) -> Headline:
    return cast(Headline, scope.one("headline")._asdict())
