"""What a status file says of one run of a phase: one JSON document for monitors of both older tools and for new ones.

`metrics`, `checkpoint`, `dead_letter`, `ingest_id` and `last_updated` are cowrieprocessor's; `version`,
`timestamp_iso`, `hostname`, `progress`, `elapsed`, `files` and `details` are its origin's; `state`, `process`,
`memory`, `database` and `error` are neither's. docs/TELEMETRY.md has all keys.
"""

import os
from collections.abc import Mapping
from datetime import datetime
from typing import Any, Literal

from cowrie_assets.activity import Figures, Stage, Value
from cowrie_assets.clock import from_us, iso_us, now_us
from cowrie_assets.printable import shown
from cowrie_assets.process import host_name, is_alive, memory, namespace, started
from cowrie_assets.progress import Progress

VERSION = 2
"""Of the form that the first tool wrote; keys were only added."""
SECONDS_BETWEEN = 5.0
"""A run that is in work says so anew after so many seconds."""
SILENT_AFTER_SECONDS = 60
"""A run that says nothing for so long hangs, was stopped, or is gone from a machine that this one does not see."""

KEYS = frozenset(
    (
        *("version", "phase", "ingest_id", "state", "error", "started_at", "last_updated", "timestamp_iso", "hostname"),
        *("pid", "process", "progress", "elapsed", "files", "details", "metrics", "checkpoint", "dead_letter"),
        *("memory", "database"),
    )
)
"""What every document has."""

State = Literal["running", "finished", "failed", "killed", "silent"]
Document = dict[str, Any]

_LONGEST_SENTENCE = 500
_INGEST_METRICS = (
    *("files_processed", "events_read", "events_inserted", "events_quarantined", "events_invalid"),
    *("duplicates_skipped", "batches_committed"),
)
"""What cowrieprocessor's monitors read; 0 where a phase has no such thing."""
OF_OTHER_KEYS = ("files_total", "last_flush_at", "last_dead_reason", "last_dead_source", "last_dead_at")
"""Figures that are no metrics: they stand elsewhere in a document, and in no span."""
_NOTHING_SAID = Progress("", 0, None, "")


def document_of(
    phase: Stage, state: State, database: Figures, *, error: str | None = None, total_seconds: float
) -> Document:
    """The document of a phase as it stands. `error` is the sentence that it failed with, `total_seconds` how long this
    process has been at work."""
    now, figures = now_us(), dict(phase.figures)
    progress = phase.progress or _NOTHING_SAID
    updated = iso_us(now)
    return {
        "version": VERSION,
        "phase": phase.name,
        "ingest_id": phase.identity,
        "state": state,
        "error": None if error is None else shown(error, _LONGEST_SENTENCE),
        "started_at": iso_us(phase.began_at),
        "last_updated": updated,
        "timestamp_iso": updated,
        "hostname": host_name(),
        "pid": os.getpid(),
        "process": {"started": started(os.getpid()), "namespace": namespace()},
        "progress": _progress(progress, phase.step_seconds, is_done=state == "finished"),
        "elapsed": {"phase_seconds": round(phase.seconds, 3), "total_seconds": round(total_seconds, 3)},
        "files": {
            "total": figures.get("files_total"),
            "processed": figures.get("files_processed", 0),
            "current": figures.get("last_source"),
        },
        "details": {"message": shown(progress.detail), **phase.attributes},
        "metrics": _metrics(figures, phase.seconds),
        "checkpoint": _checkpoint(phase.identity, figures),
        "dead_letter": {
            "total": figures.get("events_invalid", 0),
            "last_reason": figures.get("last_dead_reason"),
            "last_source": figures.get("last_dead_source"),
            "last_updated": _time(figures.get("last_dead_at")),
        },
        "memory": memory(),
        "database": dict(database),
    }


def _progress(progress: Progress, seconds: float, *, is_done: bool) -> Document:
    """Percent in tenths, rounded down: 100.0 is said of what is done, and of nothing else."""
    done, total = progress.done, progress.total
    rate = done / seconds if seconds > 0 else 0.0
    percent = None if total is None else min(done * 1000 // max(total, 1), 999) / 10
    left = None if total is None or not rate else round(max(total - done, 0) / rate, 1)
    return {
        "step": progress.phase,
        "unit": progress.unit,
        "current": done,
        "total": total,
        "percent": 100.0 if is_done else percent,
        "rate_per_sec": round(rate, 3),
        "eta_seconds": 0.0 if is_done else left,
    }


def _metrics(figures: Figures, seconds: float) -> Document:
    read = figures.get("events_read", 0)
    return {
        **dict.fromkeys(_INGEST_METRICS, 0),
        **{name: value for name, value in figures.items() if name not in OF_OTHER_KEYS},
        "last_source": figures.get("last_source"),
        "last_offset": figures.get("last_offset"),
        "duration_seconds": round(seconds, 3),
        "events_per_second": round(read / seconds, 1) if isinstance(read, int) and seconds > 0 else 0.0,
    }


def _checkpoint(identity: str, figures: Figures) -> Document:
    """What was committed last; empty before anything was."""
    if "last_flush_at" not in figures:
        return {}
    return {
        "ingest_id": identity,
        "source": figures.get("last_source"),
        "offset": figures.get("last_offset"),
        "batch_index": figures.get("batches_committed"),
        "events_inserted": figures.get("events_inserted"),
        "created_at": _time(figures["last_flush_at"]),
    }


def _time(at: Value) -> str | None:
    return iso_us(at) if isinstance(at, int) else None


def state_of(document: Mapping[str, Any], now: int) -> State:
    """What became of a run by now (microseconds): a document that says `running` cannot say that its process is gone.

    A process of this machine is looked for, by its number and its start. One of another machine, or of another
    container, is taken by its word for a minute.
    """
    said: State = document["state"]
    if said != "running":
        return said
    process = document["process"]
    is_seen = (document["hostname"], process["namespace"]) == (host_name(), namespace())
    if is_seen and not is_alive(document["pid"], process["started"]):
        return "killed"
    return "silent" if age_seconds(document, now) > SILENT_AFTER_SECONDS else "running"


def age_seconds(document: Mapping[str, Any], now: int) -> float:
    """How long ago a document was written."""
    return (from_us(now) - datetime.fromisoformat(document["last_updated"])).total_seconds()
