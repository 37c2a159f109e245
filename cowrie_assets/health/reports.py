"""Reports that are out of date, were never written, or are gone from the report folder."""

from collections.abc import Sequence
from pathlib import Path

from sqlalchemy import Connection

from cowrie_assets.amounts import counted
from cowrie_assets.clock import US_PER_SECOND
from cowrie_assets.health.result import Problem
from cowrie_assets.health.watch import Watch
from cowrie_assets.reports.gone_files import gone_reports
from cowrie_assets.reports.periods import REPORT_TYPES, Period
from cowrie_assets.reports.staleness import stale_periods, written_at

PATIENCE_US = 3 * 3600 * US_PER_SECOND
"""So long a report may wait for its turn, as behind a backfill of years."""


def late_reports(connection: Connection, now: int) -> tuple[list[Period], list[Period]]:
    """Reports of periods that are over: (out of date, never written), by type, then oldest first.

    Where no report was ever written, nobody wants any, and none is late.
    """
    older: list[Period] = []
    unwritten: list[Period] = []
    written = {kind: written_at(connection, kind) for kind in REPORT_TYPES}
    for kind in REPORT_TYPES if any(written.values()) else ():
        for period in stale_periods(connection, kind, now=now):
            if period.is_over(now):
                (older if period in written[kind] else unwritten).append(period)
    return older, unwritten


def report_problems(connection: Connection, report_dir: Path, watch: Watch) -> list[Problem]:
    """Where written reports are gone, and where others, of periods that are over, have been late for three hours."""
    gone = [period for kind in REPORT_TYPES for period in gone_reports(connection, kind, report_dir)]
    return [*_gone_problems(gone, report_dir), *_late_problems(connection, watch, gone)]


def _gone_problems(gone: Sequence[Period], report_dir: Path) -> list[Problem]:
    if not gone:
        return []
    of_which = counted(len(gone), "report that was written is", "reports that were written are")
    return [
        Problem(
            key="gone",
            sentence=f"{of_which} not all below {report_dir}",
            mend=f"put the files back, or mend COWRIE_REPORT_DIR, or write them anew: {backfill_command(gone)}",
            rows=[{"report": period.report_type, "period": period.label} for period in gone],
        )
    ]


def _late_problems(connection: Connection, watch: Watch, told: Sequence[Period]) -> list[Problem]:
    """`told` are those of which a command that writes them is told already."""
    older, unwritten = late_reports(connection, watch.now)
    written = {kind: written_at(connection, kind) for kind in REPORT_TYPES}
    late = []
    for period in (*older, *unwritten):
        stood = watch.since(f"report {period.report_type} {period.label}", str(written[period.report_type].get(period)))
        if period not in told and (stood is None or watch.now - stood > PATIENCE_US):
            late.append(period)
    if not late:
        return []
    return [
        Problem(
            key="late",
            state="warning",
            sentence=f"{counted(len(late), 'report is', 'reports are')} out of date or not written",
            mend=backfill_command(late),
            rows=[{"report": period.report_type, "period": period.label} for period in late],
        )
    ]


def backfill_command(periods: Sequence[Period]) -> str:
    """The command that writes the reports of `periods`, those of every day, week and month that begins among them."""
    starts = [period.start for period in periods]
    return f"cowrie-assets backfill {min(starts)} {max(starts)}"
