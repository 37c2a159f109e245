"""Which reports were asked for a short while ago: what the cursor of the sensor `stale_reports` keeps."""

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

from cowrie_assets.clock import from_us, to_us
from cowrie_assets.defs.sensors.requests import Range
from cowrie_assets.reports.periods import REPORT_TYPES, Period, ReportType, period_of

OPEN_INTERVAL = timedelta(hours=1)
"""A period that still runs changes all day: its report is asked for no more often than this."""

REST = timedelta(minutes=15)
"""In so long, the report of a period that is over is asked for once more where it was written since, else not again."""


@dataclass(frozen=True, slots=True)
class Asked:
    """A run over the periods of one type that begin on the days `first` to `last`."""

    at: datetime
    report_type: ReportType
    first: date
    last: date

    def covers(self, period: Period) -> bool:
        """Whether it writes the report of `period`."""
        return self.report_type == period.report_type and self.first <= period.start <= self.last

    def counts(self, now: datetime) -> bool:
        """Whether a period of it may still rest because of it."""
        runs = not period_of(self.report_type, self.last).is_over(to_us(now))
        return now - self.at < (OPEN_INTERVAL if runs else REST)


def read_cursor(cursor: str | None, now: datetime) -> list[Asked]:
    """What a cursor says that still counts, oldest first. Nothing of one that cannot be read.

    Before it was a list, a cursor was the time at which running periods were asked for last.
    """
    try:
        asked = [_entry(*entry) for entry in json.loads(cursor or "[]")]
    except (TypeError, ValueError):
        asked = _of_running_periods(cursor or "")
    return [each for each in asked if each.counts(now)]


def write_cursor(asked: Sequence[Asked], ranges: Iterable[Range], now: datetime) -> str:
    """What was asked for before, and is now."""
    added = [Asked(now, first.report_type, first.start, last.start) for first, last in ranges]
    return json.dumps(
        [
            [each.at.isoformat(timespec="microseconds"), each.report_type, str(each.first), str(each.last)]
            for each in [*asked, *added]
        ]
    )


def rests(period: Period, asked: Sequence[Asked], written_at: int | None, now: datetime) -> bool:
    """Whether a period is not to be asked for yet.

    `written_at` says when its report was written last, in microseconds since 1970-01-01 UTC.
    """
    times = [each.at for each in asked if each.covers(period)]
    if not period.is_over(to_us(now)):
        return any(now - at < OPEN_INTERVAL for at in times)
    lately = [at for at in times if now - at < REST]
    is_written_since = written_at is not None and bool(lately) and from_us(written_at) >= lately[-1]
    return len(lately) > 1 or (bool(lately) and not is_written_since)


def _entry(at: str, report_type: ReportType, first: str, last: str) -> Asked:
    if report_type not in REPORT_TYPES:
        raise ValueError(report_type)
    return Asked(datetime.fromisoformat(at), report_type, date.fromisoformat(first), date.fromisoformat(last))


def _of_running_periods(cursor: str) -> list[Asked]:
    try:
        at = datetime.fromisoformat(cursor).astimezone(UTC)
    except ValueError:
        return []
    running = (period_of(report_type, at.date()) for report_type in REPORT_TYPES)
    return [Asked(at, period.report_type, period.start, period.start) for period in running]
