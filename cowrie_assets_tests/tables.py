"""What a warehouse holds, read through the contract's views: as `second_opinion` counts, and to compare two loads."""

from collections.abc import Iterator
from typing import Any

from sqlalchemy import text

from cowrie_assets.warehouse.codec import decode_text
from cowrie_assets.warehouse.engine import Warehouse

_SESSION = (
    *("event_count", "command_count", "login_successes", "login_failures", "file_downloads", "file_uploads", "closed"),
    *("file_downloads_failed", "first_event_at", "last_event_at", "src_ip"),
)
VIEWS = ("raw_events", "session_summaries", "command_stats", "login_stats", "files", "session_techniques")
_OF_THE_LOAD = {"log_file_id", "byte_offset", "ingested_at", "updated_at", "last_updated", "payload"}
"""Columns that tell which copy of an event came first and when: they may differ between two loads of the same."""


def rows(warehouse: Warehouse, view: str) -> list[dict[str, Any]]:
    """Every row of a view, in an order of its own, texts decoded and times as ISO text on both engines."""
    with warehouse.read() as connection:
        found = connection.execute(text(f"SELECT * FROM {view}")).mappings().all()
    return sorted(({name: _plain(value) for name, value in row.items()} for row in found), key=repr)


def contents(warehouse: Warehouse) -> dict[str, list[tuple[tuple[str, Any], ...]]]:
    """All that must be equal however the same events were loaded: every view's rows, in a fixed order."""
    return {view: sorted(lasting(warehouse, view), key=repr) for view in VIEWS}


def lasting(warehouse: Warehouse, view: str) -> Iterator[tuple[tuple[str, Any], ...]]:
    """What must be equal of a view's rows, one after the other as they come."""
    with warehouse.read() as connection:
        found = connection.execution_options(stream_results=True).execute(text(f"SELECT * FROM {view}"))
        for row in found.mappings():
            yield tuple((name, _plain(value)) for name, value in row.items() if name not in _OF_THE_LOAD)


def session_rows(warehouse: Warehouse) -> dict[tuple[str, str], dict[str, Any]]:
    """As `second_opinion.session_rows`."""
    return {
        (row["sensor"], row["session_id"]): {name: row[name] for name in _SESSION}
        for row in rows(warehouse, "session_summaries")
    }


def command_rows(warehouse: Warehouse) -> dict[tuple[str, str, str], int]:
    """As `second_opinion.command_rows`."""
    return {
        (row["sensor"], row["session_id"], row["command"]): row["occurrences"]
        for row in rows(warehouse, "command_stats")
    }


def login_rows(warehouse: Warehouse) -> dict[tuple[str, str, str | None, str | None], tuple[int, int]]:
    """As `second_opinion.login_rows`."""
    return {
        (row["sensor"], row["session_id"], row["username"], row["password"]): (row["attempts"], row["successes"])
        for row in rows(warehouse, "login_stats")
    }


def file_rows(warehouse: Warehouse) -> dict[tuple[str, str, str], int]:
    """As `second_opinion.file_rows`."""
    return {(row["sensor"], row["session_id"], row["shasum"]): row["occurrences"] for row in rows(warehouse, "files")}


def _plain(value: Any) -> Any:
    if isinstance(value, str):
        return decode_text(value)
    if hasattr(value, "astimezone"):
        from datetime import UTC

        return value.astimezone(UTC).replace(tzinfo=None).isoformat(timespec="microseconds") + "Z"
    return value.isoformat() if hasattr(value, "isoformat") else value
