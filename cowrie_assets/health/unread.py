"""What lies in the logs and was not read."""

from collections import defaultdict
from collections.abc import Iterable, Sequence

from cowrie_assets.amounts import age, counted, size
from cowrie_assets.clock import US_PER_SECOND
from cowrie_assets.health.observation import LogState
from cowrie_assets.health.result import Cell, Problem
from cowrie_assets.health.watch import Watch

PATIENCE_US = 900 * US_PER_SECOND
"""Bytes that nobody has read for longer are a problem."""


def unread_logs(logs: Iterable[LogState]) -> list[LogState]:
    """The logs with bytes that were never read and can be, the longest unchanged first. An empty log has none, and one
    of which nothing can be read is told elsewhere."""
    waiting = (log for log in logs if log.readable and log.fault is None and log.unread_bytes)
    return sorted(waiting, key=lambda log: log.changed_at)


def unreadable_logs(logs: Iterable[LogState]) -> dict[str, list[LogState]]:
    """The logs of which nothing can be read, by the reason."""
    found: dict[str, list[LogState]] = defaultdict(list)
    for log in logs:
        if log.fault is not None:
            found[log.fault].append(log)
    return found


def unreadable_sentence(reason: str, logs: Sequence[LogState]) -> str:
    """How many logs cannot be read for a reason, and which is one of them."""
    return f"{counted(len(logs), 'log')} cannot be read, such as {str(logs[0].log.path)!r}: {reason}"


def unread_problems(logs: Iterable[LogState], watch: Watch) -> list[Problem]:
    """One for each sensor whose logs hold bytes that have been unread for more than 15 minutes.

    A look after looks goes by how long the ledger has stood where it stands: so one that is written all the time is
    told as well, and one that has just come is not. A look of its own goes by when the file was last touched.
    """
    late: dict[str, list[tuple[LogState, int]]] = defaultdict(list)
    for log in unread_logs(logs):
        stood = watch.since(f"unread {log.log.path}", str(log.seen.size if log.seen else None))
        if watch.now - (log.changed_at if stood is None else stood) > PATIENCE_US:
            late[log.log.sensor].append((log, log.changed_at if stood is None else min(log.changed_at, stood)))
    return [_problem(sensor, found, watch.now) for sensor, found in sorted(late.items())]


def _problem(sensor: str, found: list[tuple[LogState, int]], now: int) -> Problem:
    waiting = sum(log.unread_bytes for log, _ in found)
    oldest = min(since for _, since in found)
    logs = counted(len(found), "log")
    return Problem(
        key=f"unread {sensor}",
        sentence=f"{logs} of {sensor} {'holds' if len(found) == 1 else 'hold'} {size(waiting)} that nobody has read "
        f"for {age(now - oldest)}",
        mend="cowrie-assets ingest; with Dagster, see why the sensor new_logs or its runs fail",
        rows=[_row(log, since, now) for log, since in found],
    )


def _row(log: LogState, since: int, now: int) -> dict[str, Cell]:
    return {
        "sensor": log.log.sensor,
        "log": str(log.log.path),
        "unread_bytes": log.unread_bytes,
        "unread_for": age(now - since),
        "ever_read": "yes" if log.seen else "no",
    }
