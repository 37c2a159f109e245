"""What a document is about: the sessions of a period and a sensor, and the views of the periods before it."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta
from functools import cached_property

from cowrie_assets_tests.reports.golden.evidence import Evidence, Session

DAY = timedelta(days=1)


@dataclass(frozen=True)
class View:
    """`sensor` None is the aggregate; `label` names a `report_type`'s period."""

    evidence: Evidence
    report_type: str
    label: str
    sensor: str | None
    now: datetime
    top: int = 10
    look_back_days: int | None = None

    @cached_property
    def start(self) -> date:
        if self.report_type == "daily":
            return date.fromisoformat(self.label)
        if self.report_type == "weekly":
            year, week = self.label.split("-W")
            return date.fromisocalendar(int(year), int(week), 1)
        return date.fromisoformat(f"{self.label}-01")

    @cached_property
    def end(self) -> date:
        if self.report_type == "monthly":
            return (self.start + 31 * DAY).replace(day=1)
        return self.start + (DAY if self.report_type == "daily" else 7 * DAY)

    @property
    def days(self) -> list[date]:
        return days_between(self.start, self.end)

    @property
    def is_over(self) -> bool:
        return self.now >= midnight(self.end)

    @cached_property
    def sessions(self) -> list[Session]:
        return self.sessions_of(self.days)

    def sessions_of(self, days: Iterable[date]) -> list[Session]:
        """This view's sensor's sessions that began on one of `days`."""
        return [
            session
            for day in days
            for session in self.evidence.sessions_of_day.get(day, [])
            if self.sensor in (None, session.sensor)
        ]

    @cached_property
    def first_day(self) -> date | None:
        """The day of the sensor's first session in any period."""
        return next((day for day in sorted(self.evidence.sessions_of_day) if self.sessions_of([day])), None)

    @cached_property
    def previous(self) -> "View":
        """The same of the period before."""
        last = self.start - DAY
        year, week, _ = last.isocalendar()
        labels = {"daily": f"{last}", "weekly": f"{year}-W{week:02}", "monthly": f"{last:%Y-%m}"}
        return replace(self, label=labels[self.report_type])


def days_between(start: date, end: date) -> list[date]:
    """From `start` to before `end`."""
    return [start + number * DAY for number in range((end - start).days)]


def midnight(day: date) -> datetime:
    return datetime.combine(day, time(), UTC)
