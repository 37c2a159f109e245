"""The parts of `validate`: each is done by itself, on a snapshot of its own, in this process or in another one."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Protocol, TypeVar

from cowrie_assets.clock import day_number
from cowrie_assets.operations.day_checks import run_day_checks
from cowrie_assets.operations.evidence import Evidence, Reread
from cowrie_assets.operations.names_check import check_names
from cowrie_assets.reports.checks import check_reports
from cowrie_assets.reports.periods import Period
from cowrie_assets.settings import Settings
from cowrie_assets.summaries.checks import CheckResult
from cowrie_assets.summaries.differences import Difference, compare_with_events
from cowrie_assets.warehouse.engine import Warehouse

Found_co = TypeVar("Found_co", covariant=True)


class CheckTask(Protocol[Found_co]):
    """A part, and what it finds; both cross between processes as pickles."""

    def run(self, warehouse: Warehouse, settings: Settings) -> Found_co:
        """Look, and say what was found."""

    @property
    def about(self) -> str:
        """What it looks at, for people."""


@dataclass(frozen=True, slots=True)
class InSql:
    """Those of `DAY_CHECKS` over the days `start` to `end` (inclusive; open where None); they record what they find."""

    start: date | None
    end: date | None
    examples: int

    def run(self, warehouse: Warehouse, _: Settings) -> list[CheckResult]:
        """A result for each check."""
        return run_day_checks(warehouse, self.start, self.end, examples=self.examples)

    @property
    def about(self) -> str:
        """What it looks at."""
        return "checks in SQL"


@dataclass(frozen=True, slots=True)
class OfNames:
    """The rows that a digest knows: those of all days."""

    examples: int

    def run(self, warehouse: Warehouse, _: Settings) -> CheckResult:
        """What the check found."""
        return check_names(warehouse, examples=self.examples)

    @property
    def about(self) -> str:
        """What it looks at."""
        return "names"


@dataclass(frozen=True, slots=True)
class OfDays:
    """Some days: their events' JSON is read again, and what is made of events is computed anew. What is made of the
    summaries is computed by `InSql`."""

    days: Sequence[date]
    examples: int

    def run(self, warehouse: Warehouse, settings: Settings) -> tuple[list[Difference], Reread]:
        """What differs of the summaries, and what of the events."""
        anew: list[Difference] = []
        evidence = Evidence(settings.registry, self.examples)
        for day in map(day_number, self.days):
            with warehouse.read() as connection:
                seen = evidence.read_day(connection, day)
                anew += compare_with_events(connection, day, self.examples, seen)
        return anew, evidence.found

    @property
    def about(self) -> str:
        """The first of the days."""
        return f"events and summaries of {self.days[0]}"


@dataclass(frozen=True, slots=True)
class OfReports:
    """The reports of some periods."""

    periods: Sequence[Period]
    examples: int

    def run(self, warehouse: Warehouse, settings: Settings) -> list[CheckResult]:
        """A result for each check of reports."""
        return check_reports(warehouse, report_dir=settings.report_dir, periods=self.periods, examples=self.examples)

    @property
    def about(self) -> str:
        """The first of the periods."""
        return f"reports of {self.periods[0].label}" if self.periods else "reports"
