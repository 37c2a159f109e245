"""Whether a warehouse holds what the oracle counts in a folder of logs."""

import gzip
from pathlib import Path

from cowrie_assets.warehouse.engine import Warehouse
from cowrie_assets_tests import oracle, tables


def holds_what_the_oracle_counts(warehouse: Warehouse, log_root: Path) -> int:
    """Compare every session, command, login and file; gives the number of distinct events."""
    logs = sorted(log_root.glob("*/cowrie.json*"))
    events = oracle.distinct_events((path.parent.name, line) for path in logs for line in _content(path).splitlines())
    assert tables.session_rows(warehouse) == oracle.session_rows(events)
    assert tables.command_rows(warehouse) == dict(oracle.command_rows(events))
    assert tables.login_rows(warehouse) == oracle.login_rows(events)
    assert tables.file_rows(warehouse) == dict(oracle.file_rows(events))
    return len(events)


def _content(path: Path) -> bytes:
    content = path.read_bytes()
    return gzip.decompress(content) if content[:2] == b"\x1f\x8b" else content
