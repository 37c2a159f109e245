"""The check of the evidence: every stored event's JSON, read again, gives what its columns say, identity included."""

from collections.abc import Iterator
from datetime import date
from typing import Any

from sqlalchemy import RowMapping

from cowrie_assets.clock import US_PER_DAY, day_number
from cowrie_assets.cowrie.event import NotAnEventError, Source, read_event
from cowrie_assets.cowrie.lenient_json import NotJsonError, decode
from cowrie_assets.ingest.batch import DETAILED_NUMBERS, DETAILED_TEXTS
from cowrie_assets.progress import Progress, ProgressSink, silent
from cowrie_assets.settings import SensorRegistry
from cowrie_assets.summaries.checks import EXAMPLES, CheckResult, result
from cowrie_assets.summaries.refresh import days_with_data
from cowrie_assets.warehouse.codec import decode_text
from cowrie_assets.warehouse.engine import Warehouse
from cowrie_assets.warehouse.sql import statement

NAME = "evidence_says_what_is_stored"
_PROMISE = "each event's JSON gives the values and the identity that are stored with it"
_TEXTS = ("session_id", "event_type", "src_ip", "protocol")
_NUMBERS = ("matcher", "counts_as", "event_day", "src_port", "dst_port")


def check_evidence(
    warehouse: Warehouse,
    registry: SensorRegistry,
    start: date | None = None,
    end: date | None = None,
    progress: ProgressSink = silent,
) -> CheckResult:
    """Read every event of the days `start` to `end` (inclusive; open where None) again."""
    days = days_with_data(warehouse, start, end)
    offsets = registry.clock_offsets()
    differences = 0
    examples: list[dict[str, Any]] = []
    for position, day in enumerate(days):
        progress(Progress("read again", position, len(days), "days", str(day)))
        for example in _differing(warehouse, day, offsets):
            differences += 1
            if len(examples) < EXAMPLES:
                examples.append(example)
    progress(Progress("read again", len(days), len(days), "days"))
    return result(NAME, _PROMISE, differences, examples)


def _differing(warehouse: Warehouse, day: date, offsets: dict[str, int]) -> Iterator[dict[str, Any]]:
    number = day_number(day)
    with warehouse.read() as connection:
        query = connection.execution_options(yield_per=1000)
        for row in query.execute(statement("checks/evidence"), {"first_day": number, "last_day": number}).mappings():
            columns = _differing_columns(row, offsets)
            if columns:
                yield {"event_id": row["id"], "columns": ", ".join(columns)}


def _differing_columns(row: RowMapping, offsets: dict[str, int]) -> list[str]:
    if row["sensor"] is None:
        return ["sensor_id"]
    sensor = decode_text(row["sensor"])
    try:
        value = _loads(decode_text(row["payload"]))
        # The stored sensor is the resolved one: whatever name the JSON carries means it.
        event = read_event(value, Source(sensor, {str(value.get("sensor")): sensor}, offsets))
    except (NotAnEventError, NotJsonError):
        return ["payload"]
    matcher, session_id = event.session or (None, None)
    says = {**event._asdict(), "matcher": matcher, "session_id": session_id, "event_day": row["event_at"] // US_PER_DAY}
    # Where the sensor has an offset, that may have been configured after the event was ingested.
    differs = ["event_at"] if sensor not in offsets and event.event_at != row["event_at"] else []
    differs += [name for name in _NUMBERS if says[name] != row[name]]
    differs += [name for name in DETAILED_NUMBERS if event.detail(name) != row[name]]
    differs += [name for name in _TEXTS if says[name] != decode_text(row[name])]
    differs += [name for name in DETAILED_TEXTS if event.detail(name) != decode_text(row[name])]
    return [*differs, "event_hash"] if bytes(row["event_hash"]) != event.identity else differs


def _loads(payload: str) -> dict[str, Any]:
    value = decode(payload.encode("utf-8")).value
    if type(value) is not dict:
        raise NotJsonError("not_an_object")
    return value
