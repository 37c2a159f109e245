"""The proof: checks over all rows, never a sample. Each is a file of `sql/checks/` that selects what is wrong."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import Connection

from cowrie_assets.clock import now_us
from cowrie_assets.summaries.check_results import day_window, record_results
from cowrie_assets.summaries.sightings import BINDS as KINDS
from cowrie_assets.warehouse.engine import Warehouse
from cowrie_assets.warehouse.sql import statement

EXAMPLES = 10


@dataclass(frozen=True, slots=True)
class Check:
    """A check by the name of its SQL file; `asset` is the one whose data it proves."""

    name: str
    asset: str
    promise: str


@dataclass(frozen=True, slots=True)
class CheckResult:
    """What a check found.

    `examples` are the first of the `differences`: rows of numbers and references, never of attacker text.
    """

    name: str
    passed: bool
    summary: str
    differences: int
    examples: tuple[dict[str, Any], ...] = ()


CHECKS = (
    Check("ledger_accounts_for_every_line", "raw_events", "a log line is an event, duplicate, dead letter or blank"),
    Check("dead_letters_are_listed", "raw_events", "each log's dead lines are listed, each with its place"),
    Check("ledger_owns_its_events", "raw_events", "each log's events are stored, and no event is without its log"),
    Check("every_day_is_summarised", "session_summaries", "every event is in the summaries"),
    Check("sessions_are_the_same_set", "session_summaries", "raw_events and session_summaries have the same sessions"),
    Check("session_counts_equal_raw", "session_summaries", "each session's counts and times are those of its events"),
    Check("sessions_begin_before_they_end", "session_summaries", "sessions begin before they end, and lie on that day"),
    Check("active_hours_equal_raw", "session_summaries", "a sensor's active hours are those in which it wrote events"),
    Check("commands_sum_up", "command_stats", "each session's commands sum up to its command count"),
    Check("logins_sum_up", "login_stats", "each session's logins sum up to its attempts and successes"),
    Check("files_equal_raw", "files", "each session's files are those of its events"),
    Check("sightings_equal_facts", "sightings", "the values seen on a day are those of its sessions"),
)


def run_checks(
    warehouse: Warehouse, start: date | None = None, end: date | None = None, names: Iterable[str] | None = None
) -> list[CheckResult]:
    """Run `names` (all of them by default) over the days `start` to `end`, both inclusive and both open where None.

    Checks of the ledger always take every log. All run on one snapshot; what they found is recorded after it.
    """
    wanted = None if names is None else set(names)
    checked_at = now_us()
    with warehouse.read() as connection:
        checks = [check for check in CHECKS if wanted is None or check.name in wanted]
        results = [run_check(connection, check, start, end) for check in checks]
    record_results(warehouse, {each.name: each.differences for each in results}, start, end, checked_at=checked_at)
    return results


def run_check(connection: Connection, check: Check, start: date | None, end: date | None) -> CheckResult:
    """Run one check within the caller's snapshot."""
    query = statement(f"checks/{check.name}")
    binds = {name: value for name, value in (day_window(start, end) | KINDS).items() if f":{name}" in query.text}
    rows = connection.execution_options(yield_per=1000).execute(query, binds).mappings()
    differences = 0
    examples: list[dict[str, Any]] = []
    for row in rows:
        differences += 1
        if len(examples) < EXAMPLES:
            examples.append(dict(row))
    return result(check.name, check.promise, differences, examples)


def result(name: str, promise: str, differences: int, examples: Sequence[dict[str, Any]]) -> CheckResult:
    """A check's result in words."""
    summary = promise if not differences else f"{differences:,} rows break this: {promise}"
    return CheckResult(name, differences == 0, summary, differences, tuple(examples))
