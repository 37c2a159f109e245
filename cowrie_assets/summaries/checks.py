"""The proof: checks over all rows, never a sample. Each is a file of `sql/checks/` that selects what is wrong."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import chain
from typing import Any, Literal

from sqlalchemy import Connection, RowMapping, select

from cowrie_assets.amounts import counted
from cowrie_assets.clock import now_us
from cowrie_assets.summaries import mending
from cowrie_assets.summaries.check_results import day_window, record_results
from cowrie_assets.summaries.found_rows import EXAMPLES, dates, days_of, named
from cowrie_assets.summaries.lateness import Lateness, Waits
from cowrie_assets.summaries.mending import Mend
from cowrie_assets.warehouse.codec import decode_text
from cowrie_assets.warehouse.engine import Warehouse
from cowrie_assets.warehouse.schema import seals
from cowrie_assets.warehouse.sql import statement

_ROWS_AT_ONCE = 500


@dataclass(frozen=True, slots=True)
class Check:
    """A check by its name, which is that of its SQL file where it has one; `asset` is the one whose data it proves."""

    name: str
    asset: str
    promise: str
    waits: Waits | None = None
    """What tells of a row that it differs because events are loaded and not yet summarised; None where none does."""
    mended_by: Literal["rebuild", "reread"] = "rebuild"
    """The summaries of its days follow from the events; what the ledger says of a log follows from reading it again."""
    passes_sealed_by: bool = True
    """What mends it leaves sealed days as they are: these have to be opened for it."""


@dataclass(frozen=True, slots=True)
class CheckResult:
    """What a check found, in one snapshot.

    Of the `differences`, rows that are not as they should be, some may be `late`: because of events that are loaded and
    not yet in the summaries, as beside a load that runs. The others are wrong. `rows` are the first of these, or else
    of the late ones, named by day, sensor, session id or log: what they hold may be an attacker's text.
    """

    name: str
    passed: bool
    """There are no differences."""
    summary: str
    differences: int
    rows: tuple[dict[str, Any], ...] = ()
    late: int = 0
    work: Mend = ()
    """What mends what is wrong, or else late; none where nothing is either."""
    days: tuple[date, ...] = ()
    """The days that the command concerns; of logs the first and the last."""
    promise: str = ""
    """What it proves."""

    @property
    def mend(self) -> str | None:
        """The same as a command to be copied into a shell."""
        return mending.line(self.work) or None

    @property
    def state(self) -> Literal["ok", "late", "differs"]:
        """What it comes to; only `differs` says that something is wrong."""
        return "differs" if self.wrong else "late" if self.late else "ok"

    @property
    def wrong(self) -> int:
        """The differences that no refresh of late events explains."""
        return self.differences - self.late


CHECKS = (
    Check(
        "ledger_accounts_for_every_line",
        "raw_events",
        "a log line is an event, duplicate, dead letter or blank",
        mended_by="reread",
    ),
    Check(
        "dead_letters_are_listed",
        "raw_events",
        "each log's dead lines are listed, each with its place",
        mended_by="reread",
    ),
    Check(
        "ledger_owns_its_events",
        "raw_events",
        "each log's events are stored, and no event is without its log",
        mended_by="reread",
    ),
    Check("every_day_is_summarised", "session_summaries", "every event is in the summaries", "day"),
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
    Check(
        "techniques_equal_facts",
        "session_techniques",
        "each session's techniques are those of its commands and counts",
        "session",
        passes_sealed_by=False,
    ),
    Check("files_equal_raw", "files", "each session's files are those of its events", "session"),
    Check(
        "sightings_equal_facts",
        "sightings",
        "the values seen on a day are those of its sessions",
        passes_sealed_by=False,
    ),
)


def run_checks(
    warehouse: Warehouse,
    start: date | None = None,
    end: date | None = None,
    names: Iterable[str] | None = None,
    examples: int = EXAMPLES,
) -> list[CheckResult]:
    """Run `names` (all of them by default) over the days `start` to `end`, both inclusive and both open where None; a
    result shows so many rows as `examples`.

    Checks of the ledger take the logs that have events of these days, or none at all. All run on one snapshot, and so
    does the look at what is late: a refresh that ends meanwhile makes no error of it. What they found is recorded after
    it.
    """
    wanted = None if names is None else set(names)
    checked_at = now_us()
    with warehouse.read() as connection:
        checks = [check for check in CHECKS if wanted is None or check.name in wanted]
        late = Lateness.of(connection)
        results = [run_check(connection, check, start, end, late, examples) for check in checks]
    record_results(warehouse, {each.name: each.wrong for each in results}, start, end, checked_at=checked_at)
    return results


def run_check(  # noqa: PLR0917
    connection: Connection,
    check: Check,
    start: date | None,
    end: date | None,
    lateness: Lateness,
    examples: int = EXAMPLES,
) -> CheckResult:
    """Run one check within the caller's snapshot, of which `lateness` is."""
    query = statement(f"checks/{check.name}", connection.dialect.name)
    binds = day_window(start, end)
    rows = connection.execute(query, binds, execution_options={"yield_per": _ROWS_AT_ONCE}).mappings()
    wrong, late = _Found(examples), _Found(examples)
    for some in rows.partitions():
        for row, is_late in zip(some, lateness.of_rows(connection, check.waits, some), strict=True):
            (late if is_late else wrong).add(row)
    told = wrong if wrong.number else late
    return result(
        check.name,
        check.promise,
        wrong.number + late.number,
        named(connection, told.rows),
        late.number,
        mend=mending.reread(told.logs) if check.mended_by == "reread" else _rebuild(connection, check, told.days),
        days=dates(told.days),
    )


def _rebuild(connection: Connection, check: Check, days: Collection[int]) -> Mend:
    sealed = select(seals.c.session_day).order_by(seals.c.session_day)
    to_open = connection.execute(sealed).scalars() if days and check.passes_sealed_by else ()
    return mending.resealed(dates(day for day in to_open if day in days), mending.rebuild(dates(days)))


class _Found:
    """What a check found of one kind, late or wrong: how many rows, the first of them, and where all of them are."""

    def __init__(self, examples: int) -> None:
        self.number = 0
        self._examples = examples
        self.rows: list[RowMapping] = []
        self.days: set[int] = set()
        self.logs: set[str | None] = set()

    def add(self, row: RowMapping) -> None:
        """Take in a row."""
        self.number += 1
        if len(self.rows) < self._examples:
            self.rows.append(row)
        self.days.update(days_of(row))
        if "path" in row:
            self.logs.add(decode_text(row["path"]))


def result(
    name: str,
    promise: str,
    differences: int,
    rows: Iterable[dict[str, Any]],
    late: int = 0,
    *,
    mend: Mend,
    days: Iterable[date] = (),
) -> CheckResult:
    """A check's result in words. Of the `differences`, `late` ones are late; `mend` and `days` are of what it found."""
    if not differences:
        return CheckResult(name, passed=True, summary=promise, differences=0, promise=promise)
    summary = promise
    if differences > late:
        summary = f"{counted(differences - late, 'row breaks', 'rows break')} this: {promise}"
    if late:
        more = " more" if differences > late else ""
        breaks = "row breaks" if late == 1 else "rows break"
        summary += f" ({late:,}{more} {breaks} it until events that are loaded are summarised)"
    return CheckResult(name, False, summary, differences, tuple(rows), late, mend, tuple(days), promise)


def together(results: Iterable[Iterable[CheckResult]], examples: int = EXAMPLES) -> list[CheckResult]:
    """What the same checks found over several stretches of days, as one result for each check."""
    by_name: dict[str, list[CheckResult]] = {}
    for each in chain.from_iterable(results):
        by_name.setdefault(each.name, []).append(each)
    return [_together(found, examples) for found in by_name.values()]


def _together(found: Sequence[CheckResult], examples: int) -> CheckResult:
    failed = [each for each in found if not each.passed]
    if len(failed) < 2:  # noqa: PLR2004
        return (failed or found)[0]
    wrong = [each for each in failed if each.wrong] or failed
    return result(
        found[0].name,
        found[0].promise,
        sum(each.differences for each in failed),
        [row for each in wrong for row in each.rows][:examples],
        sum(each.late for each in failed),
        mend=mending.merged(each.work for each in wrong),
        days=sorted({day for each in wrong for day in each.days}),
    )
