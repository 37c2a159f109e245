"""What a load did, counted log by log and step by step."""

import logging
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path

from cowrie_assets.amounts import counted, duration, size
from cowrie_assets.clock import day_of_number
from cowrie_assets.ingest.ledger import KnownLog, Plan
from cowrie_assets.ingest.step import StepResult
from cowrie_assets.warehouse.codec import decode_text

_LOG = logging.getLogger(__name__)


@dataclass(slots=True)
class LoadResult:
    """What a load did. `lines = events + duplicates + dead_letters + blank + archived`; `events` are those inserted."""

    logs: int = 0
    unchanged: int = 0
    empty: int = 0
    """Files that hold nothing: they are no content, and are counted among neither."""
    moved: int = 0
    """Logs that were known in another folder."""
    moved_from: list[str] = field(default_factory=list)
    """Those folders, each once."""
    lines: int = 0
    events: int = 0
    duplicates: int = 0
    dead_letters: int = 0
    blank: int = 0
    archived: int = 0
    """Events of sealed days, which are not stored again."""
    late: int = 0
    """Those of them that came too late for the seal, and were not seen before: see the view `late_events`."""
    unusual: int = 0
    """Events, read now, in which a field that must hold a text holds an object or a list."""
    bytes: int = 0
    seconds: float = 0.0
    events_by_day: dict[date, int] = field(default_factory=dict)
    """Events inserted, by the UTC day they belong to."""
    warnings: list[str] = field(default_factory=list)
    unread: int = 0
    """Logs that could not be read, or not to their end; each has its warning."""

    @property
    def days(self) -> tuple[date, ...]:
        """The days that got new events."""
        return tuple(sorted(self.events_by_day))

    @property
    def figures(self) -> dict[str, int]:
        """What it did so far, by the names of the status files (docs/TELEMETRY.md)."""
        return {
            "files_processed": self.logs + self.unchanged + self.empty + self.unread,
            "files_unread": self.unread,
            "lines_read": self.lines,
            "bytes_read": self.bytes,
            "events_read": self.events + self.duplicates + self.archived,
            "events_inserted": self.events,
            "events_invalid": self.dead_letters,
            "events_archived": self.archived,
            "events_late": self.late,
            "duplicates_skipped": self.duplicates,
            "blank_lines": self.blank,
        }

    @property
    def sentence(self) -> str:
        """What it did, in one line."""
        if not self.lines:
            return f"nothing new in {counted(self.logs + self.unchanged, 'log')}"
        speed = counted(round(self.lines / max(self.seconds, 0.001)), "line")
        archived = f", {self.archived:,} archived" if self.archived else ""
        return (
            f"{counted(self.lines, 'line')} of {counted(self.logs, 'log')}: {counted(self.events, 'new event')}, "
            f"{counted(self.duplicates, 'duplicate')}, {counted(self.dead_letters, 'dead letter')}, "
            f"{self.blank:,} blank{archived}; {size(self.bytes)} in {duration(self.seconds)}, {speed} a second"
        )

    def add(self, step: StepResult) -> None:
        """Count a step in."""
        for day, count in step.inserted.items():
            self.events_by_day[day_of_number(day)] = self.events_by_day.get(day_of_number(day), 0) + count
        self.lines += step.lines
        self.events += step.events
        self.duplicates += step.duplicates
        self.dead_letters += step.dead_letters
        self.blank += step.blank
        self.bytes += step.bytes
        self.unusual += step.unusual
        self.archived += step.archived
        self.late += step.late

    def warn_failed(self, path: Path, error: OSError) -> None:
        """Tell of a log that the system does not let be read."""
        self.warn_unread(path, f"cannot be read: {error.strerror or error}")

    def tell_damage(self, plan: Plan, known: KnownLog, damage: str | None) -> None:
        """A log of which nothing could be had is unread. A damaged log that nothing was read of was told before."""
        if damage is None and plan.copied and known.status == "damaged":
            damage = f"It is a copy of a damaged archive, {decode_text(known.path)}."
        if damage is None:
            return
        what = f"{damage[:1].lower()}{damage[1:].rstrip('.')}"
        if known.bytes_read:
            self.warn(
                f"{plan.log.path}: {what}; what could be had of it is stored, and it is read again when it changes"
            )
        else:
            self.warn_unread(plan.log.path, f"cannot be read: {what}; it is read again when it changes")

    def warn_unread(self, path: Path, what: str) -> None:
        """Tell of a log that is unread; `what` goes on behind its path."""
        self.unread += 1
        self.warn(f"{path} {what}")

    def warn(self, sentence: str) -> None:
        """Keep a warning, and log it: attackers may have written names in it."""
        _LOG.warning("%s", sentence.encode("unicode_escape").decode("ascii"))
        self.warnings.append(sentence)
