"""The collection that the TAXII server hands out: the newest version of each object of the newest feeds, and its date.

The date on which a version came is not that on which it was seen: what is read late comes late. It follows from no
event, so the file keeps it: an object whose content stands as it was keeps its date and version.
"""

from collections.abc import Iterator, Mapping
from datetime import datetime
from pathlib import Path
from typing import Any

import orjson

from cowrie_assets.clock import to_us
from cowrie_assets.indicators.formats import SUFFIXES
from cowrie_assets.indicators.stix import stix_time
from cowrie_assets.reports.periods import REPORT_TYPES, ReportType
from cowrie_assets.reports.staged_files import StagedFiles
from cowrie_assets.reports.ways import FEEDS, collection_file

FEEDS_VERSION = 3
"""Raised where the same days give other indicators or another file: all feeds are written anew."""
_NEWEST: Mapping[ReportType, int] = {"monthly": 2, "weekly": 1, "daily": 1}
_STIX_NAME = f"indicators{SUFFIXES['stix']}"
_MILLISECOND = 1_000

_Entry = dict[str, Any]
"""`{"date_added": ..., "object": ...}`."""


def has_other_rules(report_dir: Path) -> bool:
    """Whether the feeds were written by the rules of another release, or nobody knows by which."""
    return bool(_kept(report_dir).get("version") != FEEDS_VERSION)


def is_late(report_dir: Path) -> bool:
    """Whether the newest feeds are others than those that the collection was made from."""
    return bool(_standing(report_dir) != _kept(report_dir)["feeds"])


def write_collection(report_dir: Path, now: int) -> None:
    """Write the collection anew, at `now` (microseconds). Call it in a transaction that is alone with the reports.

    Raises OSError.
    """
    before = {entry["object"]["id"]: entry for entry in _kept(report_dir)["objects"]}
    feeds = _standing(report_dir)
    added = stix_time(max([now, *(_behind(entry["date_added"]) for entry in before.values())]))
    found: dict[str, _Entry] = {}
    for each in _objects(report_dir, feeds):
        known = found.get(each["id"]) or before.get(each["id"])
        found[each["id"]] = known if known and _holds(known["object"], each) else {"date_added": added, "object": each}
    entries = sorted(found.values(), key=lambda entry: (entry["date_added"], entry["object"]["id"]))
    with StagedFiles() as files:
        files.add(
            collection_file(report_dir), orjson.dumps({"version": FEEDS_VERSION, "feeds": feeds, "objects": entries})
        )
        files.place()


def _holds(known: _Entry, other: _Entry) -> bool:
    """Whether the other version is none, or the same but for its date."""
    return bool(known["modified"] >= other["modified"]) or {**known, "modified": ""} == {**other, "modified": ""}


def _behind(date_added: str) -> int:
    return to_us(datetime.fromisoformat(date_added)) + _MILLISECOND


def _kept(report_dir: Path) -> dict[str, Any]:
    """The collection as it was written; an empty one where there is none that can be read."""
    try:
        kept = orjson.loads(collection_file(report_dir).read_bytes())
    except (FileNotFoundError, orjson.JSONDecodeError):
        return {"feeds": [], "objects": []}
    return dict(kept)


def _standing(report_dir: Path) -> list[list[Any]]:
    """The newest feeds, by their paths below the folder, each with when it was written."""
    paths = (path for report_type in REPORT_TYPES for path in _newest(report_dir / FEEDS / report_type, report_type))
    return [[str(path.relative_to(report_dir)), path.stat().st_mtime_ns] for path in paths if path.is_file()]


def _newest(folder: Path, report_type: ReportType) -> list[Path]:
    periods = sorted((each for each in folder.iterdir() if each.is_dir()), reverse=True) if folder.is_dir() else []
    return [period / _STIX_NAME for period in periods[: _NEWEST[report_type]]]


def _objects(report_dir: Path, feeds: list[list[Any]]) -> Iterator[_Entry]:
    for path, _ in feeds:
        yield from orjson.loads((report_dir / path).read_bytes())["objects"]
