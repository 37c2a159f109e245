"""Report files of sensors that are none any more, as after a reparse that gave them another name.

Only what this project wrote is taken out: a JSON document that says of itself what its place says, with the text and
the page beside it.
"""

from collections.abc import Collection
from pathlib import Path
from typing import Any

import orjson

from cowrie_assets.reports.periods import Period
from cowrie_assets.reports.sensors import sensor_slug

_SUFFIXES = (".txt", ".html", ".json")
"""The document goes last: without it the others are nobody's."""


def remove_former(folder: Path, period: Period, labels: Collection[str]) -> list[Path]:
    """Take the reports of `period` out of its `folder` that are of none of the sensors `labels`; the files removed.

    Raises OSError where a file cannot be removed.
    """
    kept = {sensor_slug(label) for label in labels}
    removed = []
    for document in sorted(folder.glob("*.json")):
        if document.stem in kept or not _is_report(document, period):
            continue
        for path in (document.with_name(document.stem + suffix) for suffix in _SUFFIXES):
            if path.is_file() and not path.is_symlink():
                path.unlink()
                removed.append(path)
    return removed


def _is_report(path: Path, period: Period) -> bool:
    """Whether a file is the report of a sensor, written for this period and this name."""
    if path.name.startswith(".") or path.is_symlink() or not path.is_file():
        return False
    try:
        document: Any = orjson.loads(path.read_bytes())
    except (OSError, ValueError):
        return False
    if not isinstance(document, dict) or "schema_version" not in document:
        return False
    if (document.get("report_type"), document.get("period")) != (period.report_type, period.label):
        return False
    sensor = document.get("sensor")
    return isinstance(sensor, str) and sensor_slug(sensor) == path.stem
