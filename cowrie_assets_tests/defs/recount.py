"""Whether a warehouse holds what a second program counts in a folder of logs."""

import gzip
from pathlib import Path

from cowrie_assets import second_opinion
from cowrie_assets.warehouse.engine import Warehouse
from cowrie_assets_tests import tables


def holds_what_is_counted_twice(warehouse: Warehouse, log_root: Path) -> int:
    """Compare every session, command, login and file; gives the number of distinct events."""
    logs = sorted(log_root.glob("*/cowrie.json*"))
    events = second_opinion.distinct_events(
        (path.parent.name, line) for path in logs for line in _content(path).splitlines()
    )
    assert tables.session_rows(warehouse) == second_opinion.session_rows(events)
    assert tables.command_rows(warehouse) == dict(second_opinion.command_rows(events))
    assert tables.login_rows(warehouse) == second_opinion.login_rows(events)
    assert tables.file_rows(warehouse) == dict(second_opinion.file_rows(events))
    return len(events)


def _content(path: Path) -> bytes:
    content = path.read_bytes()
    return gzip.decompress(content) if content[:2] == b"\x1f\x8b" else content
