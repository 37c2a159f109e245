"""The proof: checks over all rows, never a sample. Each is a file of `sql/checks/` that selects what is wrong."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Literal

from sqlalchemy import Connection

from cowrie_assets.amounts import counted
from cowrie_assets.clock import now_us
from cowrie_assets.summaries.check_results import day_window, record_results
from cowrie_assets.summaries.lateness import Lateness, Waits
from cowrie_assets.summaries.sightings import BINDS as KINDS
from cowrie_assets.warehouse.engine import Warehouse
from cowrie_assets.warehouse.sql import statement

EXAMPLES = 10
_ROWS_AT_ONCE = 500


@dataclass(frozen=True, slots=True)
class Check:
    """A check by the name of its SQL file; `asset` is the one whose data it proves."""

    name: str
    asset: str
    promise: str
    waits: Waits | None = None
    """What tells of a row that it differs because events are loaded and not yet summarised; None where none does."""


@dataclass(frozen=True, slots=True)
class CheckResult:
    """What a check found, in one snapshot.

    Of the `differences`, rows that are not as they should be, some may be `late`: because of events that are loaded and
    not yet in the summaries, as beside a load that runs. The others are wrong. `examples` are the first of these, or
    else of the late ones: numbers and references, never attacker text.
    """

    name: str
    passed: bool
    """There are no differences."""
    summary: str
    differences: int
    examples: tuple[dict[str, Any], ...] = ()
    late: int = 0

    @property
    def state(self) -> Literal["ok", "late", "differs"]:
        """What it comes to; only `differs` says that something is wrong."""
        return "differs" if self.wrong else "late" if self.late else "ok"

    @property
    def wrong(self) -> int:
        """The differences that no refresh of late events explains."""
        return self.differences - self.late


CHECKS = (
    Check("ledger_accounts_for_every_line", "raw_events", "a log line is an event, duplicate, dead letter or blank"),
    Check("dead_letters_are_listed", "raw_events", "each log's dead lines are listed, each with its place"),
    Check("ledger_owns_its_events", "raw_events", "each log's events are stored, and no event is without its log"),
    Check("every_day_is_summarised", "session_summaries", "every event is in the summaries", "summary"),
    Check(
        "sessions_are_the_same_set",
        "session_summaries",
        "raw_events and session_summaries have the same sessions",
        "session",
    ),
    Check(
        "session_counts_equal_raw",
        "session_summaries",
        "each session's counts and times are those of its events",
        "session",
    ),
    Check("sessions_begin_before_they_end", "session_summaries", "sessions begin before they end, and lie on that day"),
    Check(
        "active_hours_equal_raw",
        "session_summaries",
        "a sensor's active hours are those in which it wrote events",
        "hour",
    ),
    Check("commands_sum_up", "command_stats", "each session's commands sum up to its command count", "session"),
    Check("logins_sum_up", "login_stats", "each session's logins sum up to its attempts and successes", "session"),
    Check("files_equal_raw", "files", "each session's files are those of its events", "session"),
    Check("sightings_equal_facts", "sightings", "the values seen on a day are those of its sessions", "sightings"),
)


def run_checks(
    warehouse: Warehouse, start: date | None = None, end: date | None = None, names: Iterable[str] | None = None
) -> list[CheckResult]:
    """Run `names` (all of them by default) over the days `start` to `end`, both inclusive and both open where None.

    Checks of the ledger always take every log. All run on one snapshot, and so does the look at what is late: a refresh
    that ends meanwhile makes no error of it. What they found is recorded after it.
    """
    wanted = None if names is None else set(names)
    checked_at = now_us()
    with warehouse.read() as connection:
        checks = [check for check in CHECKS if wanted is None or check.name in wanted]
        late = Lateness.of(connection)
        results = [run_check(connection, check, start, end, late) for check in checks]
    record_results(warehouse, {each.name: each.wrong for each in results}, start, end, checked_at=checked_at)
    return results


def run_check(
    connection: Connection, check: Check, start: date | None, end: date | None, lateness: Lateness
) -> CheckResult:
    """Run one check within the caller's snapshot, of which `lateness` is."""
    query = statement(f"checks/{check.name}")
    binds = {name: value for name, value in (day_window(start, end) | KINDS).items() if f":{name}" in query.text}
    rows = connection.execute(query, binds, execution_options={"yield_per": _ROWS_AT_ONCE}).mappings()
    found = {True: 0, False: 0}
    examples: dict[bool, list[dict[str, Any]]] = {True: [], False: []}
    for some in rows.partitions():
        for row, is_late in zip(some, lateness.of_rows(connection, check.waits, check.asset, some), strict=True):
            found[is_late] += 1
            if len(examples[is_late]) < EXAMPLES:
                examples[is_late].append(dict(row))
    late = found[True]
    return result(check.name, check.promise, found[False] + late, examples[False] or examples[True], late)


def result(name: str, promise: str, differences: int, examples: Sequence[dict[str, Any]], late: int = 0) -> CheckResult:
    """A check's result in words. Of the `differences`, `late` ones are late."""
    summary = promise
    if differences > late:
        summary = f"{counted(differences - late, 'row breaks', 'rows break')} this: {promise}"
    if late:
        more = " more" if differences > late else ""
        rows = "row breaks" if late == 1 else "rows break"
        summary += f" ({late:,}{more} {rows} it until events that are loaded are summarised)"
    return CheckResult(name, not differences, summary, differences, tuple(examples), late)
