"""Metrics for Prometheus: what the status files and the warehouse say at this moment, as text.

Nothing is counted here. A run is a process of its own that ends, so a counter in it would begin at 0 each time; what is
told is where things stand, recomputed from the status files and from the ledger, and a gap costs nothing.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from typing import get_args

from prometheus_client import CollectorRegistry, generate_latest
from prometheus_client.core import GaugeMetricFamily
from prometheus_client.registry import Collector

from cowrie_assets.clock import US_PER_SECOND
from cowrie_assets.operations.status import Status
from cowrie_assets.printable import shown
from cowrie_assets.telemetry.status_document import Document, State

PREFIX = "cowrie_assets_"
MOST_SENSORS = 200
"""Whoever writes a log chooses the names of its sensors: a monitor must not drown in them."""

PHASE = {
    "phase_state": "1 for the state of the latest run of the phase, 0 for the others.",
    "phase_started_timestamp_seconds": "When the latest run of the phase began.",
    "phase_updated_timestamp_seconds": "When it was last heard of.",
    "phase_duration_seconds": "How long it has taken.",
    "phase_progress_ratio": "How much of it is done; 1 when it is finished. None where that is not known.",
    "phase_rate_per_second": "How fast it is, in its own unit: bytes, days, reports, values.",
    "phase_memory_bytes": "Memory that its process held when it was last heard of.",
}
RUN = {
    "files_processed": "Logs that the latest run of the phase went through.",
    "files_unread": "Logs that it could not read, or not to their end.",
    "bytes_read": "Bytes that it read.",
    "lines_read": "Lines that it read.",
    "events_read": "Events that it read.",
    "events_inserted": "Events that it stored.",
    "events_invalid": "Lines that it took for dead letters.",
    "events_late": "Events that came too late for a sealed day.",
    "duplicates_skipped": "Events that were stored before.",
    "batches_committed": "Transactions of the load.",
    "days_refreshed": "Days of which it made the summaries.",
    "sessions_computed": "Sessions that it computed.",
    "rows_removed": "Rows of summaries that were wrong.",
    "rows_written": "Rows of summaries that it wrote.",
    "periods_written": "Days, weeks and months that it wrote reports of.",
    "files_written": "Report files that it wrote.",
    "index_attempts": "Documents that it sent to the search server.",
    "index_confirmed": "Documents that the server confirmed.",
    "index_errors": "Documents that the server refused, and failures of it.",
    "calls": "Calls of services.",
    "values_answered": "Values that services said something of.",
    "values_failed": "Values that services failed for.",
    "faults": "Services, lists and folders that could not be used.",
}
"""Of `metrics` in a status file; as `run_<name>`."""
DATABASE = {
    "transactions": "Write transactions of the process.",
    "transactions_repeated": "Transactions that were done again.",
    "transaction_seconds": "Time in write transactions.",
    "transaction_seconds_longest": "The longest of them.",
    "lock_wait_seconds": "Time in which they waited for locks.",
    "cache_hits": "Pages found in the cache.",
    "cache_misses": "Pages not found in the cache.",
    "wal_pages": "Pages in SQLite's write-ahead log.",
    "checkpoint_busy": "1 where a reader kept the last checkpoint from ending.",
    "waiting_sessions": "Sessions that wait for their summaries.",
    "waiting_publications": "Documents that the search server did not take, and that are tried again.",
    "waiting_notifications": "Messages that a channel did not take, and that are tried again.",
}
"""Of `database` in a status file, as the phase saw it; as `database_<name>`."""
WAREHOUSE = {
    "database_size_bytes": "Bytes that the database takes on disk.",
    "logs": "Logs known, by content.",
    "events": "Events stored.",
    "sessions": "Sessions.",
    "days": "Days with events.",
    "days_pending": "Days that wait for their summaries.",
    "late_events": "Events that came too late for a sealed day.",
    "dead_letters": "Lines that are no event and were not read well since.",
    "last_ingested_timestamp_seconds": "When a log was read last.",
    "sensor_events": "Events from the logs of a sensor's folder.",
    "sensor_dead_letters": "Dead letters of these logs.",
    "sensor_bytes_read": "Bytes read of these logs.",
    "sensor_newest_event_timestamp_seconds": "The newest event in these logs.",
}


def exposition(documents: Sequence[Document], status: Status | None) -> bytes:
    """The metrics as Prometheus reads them. `status` None: the warehouse cannot be looked at."""
    registry = CollectorRegistry(auto_describe=False)
    registry.register(_Collected([*_phases(documents), *_warehouse(status)]))
    return generate_latest(registry)


class _Collected(Collector):
    def __init__(self, families: Iterable[GaugeMetricFamily]) -> None:
        self._families = families

    def collect(self) -> Iterable[GaugeMetricFamily]:
        return self._families


def _phases(documents: Sequence[Document]) -> Iterator[GaugeMetricFamily]:
    families = {name: _gauge(name, text, ["phase"]) for name, text in PHASE.items() if name != "phase_state"}
    state = _gauge("phase_state", PHASE["phase_state"], ["phase", "state"])
    for document in documents:
        phase, at = document["phase"], document["progress"]
        for each in get_args(State):
            state.add_metric([phase, each], each == document["state"])
        values = {
            "phase_started_timestamp_seconds": _seconds(document["started_at"]),
            "phase_updated_timestamp_seconds": _seconds(document["last_updated"]),
            "phase_duration_seconds": document["elapsed"]["phase_seconds"],
            "phase_progress_ratio": None if at["percent"] is None else at["percent"] / 100,
            "phase_rate_per_second": at["rate_per_sec"],
            "phase_memory_bytes": document["memory"]["rss_bytes"],
        }
        for name, value in values.items():
            _add(families[name], [phase], value)
    yield state
    yield from families.values()
    yield from _of_key(documents, "metrics", "run_", RUN)
    yield from _of_key(documents, "database", "database_", DATABASE)


def _of_key(
    documents: Sequence[Document], key: str, prefix: str, names: Mapping[str, str]
) -> Iterator[GaugeMetricFamily]:
    for name, text in names.items():
        family = _gauge(f"{prefix}{name}", text, ["phase"])
        for document in documents:
            _add(family, [document["phase"]], document[key].get(name))
        if family.samples:
            yield family


def _warehouse(status: Status | None) -> Iterator[GaugeMetricFamily]:
    yield _gauge("up", "1 where the warehouse could be looked at.", value=float(status is not None))
    if status is None:
        return
    totals: dict[str, float | None] = {
        "database_size_bytes": status.database_bytes,
        "logs": status.logs,
        "events": status.events,
        "sessions": status.sessions,
        "days": status.days,
        "days_pending": len(status.pending_days),
        "late_events": status.sealed.late_events,
        "last_ingested_timestamp_seconds": _of_us(status.last_ingested_at),
    }
    for name, value in totals.items():
        if value is not None:
            yield _gauge(name, WAREHOUSE[name], value=value)
    letters = _gauge("dead_letters", WAREHOUSE["dead_letters"], ["reason"])
    for each in status.dead_letters:
        _add(letters, [each.reason], each.unresolved)
    yield letters
    sensors = sorted(status.sensors, key=lambda sensor: (-sensor.events, sensor.sensor))[:MOST_SENSORS]
    for name in ("sensor_events", "sensor_dead_letters", "sensor_bytes_read", "sensor_newest_event_timestamp_seconds"):
        family = _gauge(name, WAREHOUSE[name], ["sensor"])
        for sensor in sensors:
            values = {
                "sensor_events": sensor.events,
                "sensor_dead_letters": sensor.dead_letters,
                "sensor_bytes_read": sensor.bytes_read,
                "sensor_newest_event_timestamp_seconds": _of_us(sensor.newest_event_at),
            }
            _add(family, [shown(sensor.sensor, 100)], values[name])
        yield family


def _gauge(name: str, text: str, labels: Sequence[str] | None = None, value: float | None = None) -> GaugeMetricFamily:
    return GaugeMetricFamily(f"{PREFIX}{name}", text, value=value, labels=labels)


def _add(family: GaugeMetricFamily, labels: Sequence[str], value: object) -> None:
    if isinstance(value, int | float):
        family.add_metric(labels, value)


def _seconds(at: str) -> float:
    return datetime.fromisoformat(at).timestamp()


def _of_us(us: int | None) -> float | None:
    return None if us is None else us / US_PER_SECOND
