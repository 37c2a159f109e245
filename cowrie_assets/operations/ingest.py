"""Bringing logs in: all of them, some of them, or those that have events of certain days."""

import logging
import time
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from itertools import zip_longest
from pathlib import Path

from sqlalchemy import Connection

from cowrie_assets.amounts import counted
from cowrie_assets.clock import day_number, today
from cowrie_assets.ingest.discovery import Discovery, DiscoveryError
from cowrie_assets.ingest.load import Mode, load
from cowrie_assets.ingest.load_result import LoadResult
from cowrie_assets.ingest.other_machines import missed_sentences, missing_sentence
from cowrie_assets.ingest.outdated import outdated
from cowrie_assets.ingest.spans import LogSpan, Looked, log_spans, look_at, spans_of
from cowrie_assets.ingest.unlisted import unlisted
from cowrie_assets.operations.logs import find_changed, find_logs
from cowrie_assets.progress import ProgressSink, silent
from cowrie_assets.rules_file import read_rules_file
from cowrie_assets.settings import EARLIEST_DAY, Settings
from cowrie_assets.summaries.refresh import refresh
from cowrie_assets.summaries.refresh_day import RefreshResult
from cowrie_assets.summaries.rules import remap
from cowrie_assets.warehouse.engine import Warehouse
from cowrie_assets.warehouse.sql import statement

_LOG = logging.getLogger(__name__)
_SEARCHES = 5
"""How often logs are searched for again where none that was found is there any more."""
_FOLDERS_NAMED = 3
_GOLDEN_SECTION = (5**0.5 - 1) / 2


@dataclass(frozen=True, slots=True)
class IngestResult:
    """What an ingest loaded, and what it then recomputed."""

    load: LoadResult
    refresh: RefreshResult


@dataclass(frozen=True, slots=True)
class DayCounts:
    """What `raw_events` holds of a day; times in microseconds since 1970-01-01 UTC."""

    day: date
    events: int
    sessions: int
    sensors: int
    first_event_at: int | None
    last_event_at: int | None


def ingest(
    warehouse: Warehouse,
    settings: Settings,
    *,
    mode: Mode = "delta",
    paths: Sequence[Path] | None = None,
    found: Discovery | None = None,
    progress: ProgressSink = silent,
) -> IngestResult:
    """Load the logs at `paths` (files or folders; the log root without them), or those that `logs_to_read` has `found`,
    and bring every summary up to date.

    Raises DiscoveryError where there is nothing to read, and where nothing of it can be read; SettingsError where the
    file of rules cannot be used: nothing was loaded then.
    """
    own_rules, _ = read_rules_file(settings.rules_file)
    found = found or logs_to_read(settings, paths)
    loaded = load(warehouse, settings, logs=found.logs, mode=mode, progress=progress)
    for _ in range(_SEARCHES):
        if loaded.logs or loaded.unchanged or loaded.empty or any(log.path.exists() for log in found.logs):
            break
        # A rotation moved every log before it could be opened: they lie under other names now.
        found = logs_to_read(settings, paths)
        loaded = load(warehouse, settings, logs=found.logs, mode=mode, progress=progress)
    loaded.warnings[:0] = [*missed_sentences(warehouse, settings.collector, found), *found.warnings]
    if not loaded.logs and not loaded.unchanged and not loaded.empty:
        raise DiscoveryError("none of the logs could be read: " + "; ".join(loaded.warnings))
    loaded.warnings += [*outside(loaded, settings), *_unlisted(found)]
    loaded.warnings += derived_otherwise(warehouse, settings, loaded)
    remap(warehouse, own_rules)
    return IngestResult(loaded, refresh(warehouse, progress=progress))


def logs_to_read(settings: Settings, paths: Sequence[Path] | None = None) -> Discovery:
    """The logs at `paths`, or below the log root. Raises DiscoveryError where there is none."""
    found = find_logs(settings, paths)
    if not found.logs:
        where = ", ".join(map(str, paths)) if paths else settings.log_root
        hints = "; ".join((*map(missing_sentence, found.missing), *found.warnings, *_unlisted(found)))
        raise DiscoveryError(
            f"no Cowrie logs (cowrie.json, cowrie.json.2026-08-31, ...) found in {where}{hints and ': '}{hints}"
        )
    return found


def _unlisted(found: Discovery) -> list[str]:
    passed = unlisted(found)
    return [passed.sentence] if passed else []


def load_days(
    warehouse: Warehouse,
    settings: Settings,
    *,
    days: Sequence[date] = (),
    stretches: Sequence[tuple[date, date]] = (),
    mode: Mode = "delta",
    sensors: frozenset[str] | None = None,
    progress: ProgressSink = silent,
) -> LoadResult:
    """Load every log that has events of `days` or of `stretches`, each once; of `sensors` only, where given.

    A stretch is (first day, last day), both inclusive; it may be as long as the calendar, for no day of it is listed.
    No log at all is no error: a day may have none.
    """
    own_rules, _ = read_rules_file(settings.rules_file)
    found = find_logs(settings)
    wanted = [log for log in found.logs if sensors is None or log.sensor in sensors]
    chosen = [
        span.log
        for span in log_spans(warehouse, settings, wanted)
        if span.holds_any_of(days) or any(span.overlaps(*stretch) for stretch in stretches)
    ]
    loaded = load(warehouse, settings, logs=chosen, mode=mode, progress=progress)
    loaded.warnings[:0] = [*missed_sentences(warehouse, settings.collector, found), *found.warnings]
    loaded.warnings += derived_otherwise(warehouse, settings, loaded)
    remap(warehouse, own_rules)
    return loaded


def outside(loaded: LoadResult, settings: Settings) -> list[str]:
    """A sentence where events were stored that lie before the first day or in the future; else none."""
    first = settings.first_day or EARLIEST_DAY
    days = [day for day in loaded.days if not first <= day <= today()]
    if not days:
        return []
    events = f"{counted(sum(loaded.events_by_day[day] for day in days), 'event')} from {days[0]} to {days[-1]}"
    return [
        f"{events} are stored, and no partition shows them: they lie in the future "
        f"or before {'the first partition' if settings.first_day else 'Cowrie was there'} ({first})"
    ]


def derived_otherwise(warehouse: Warehouse, settings: Settings, loaded: LoadResult) -> list[str]:
    """What of the stored events other settings or an older reader made what they are, and what to run; where logs were
    found in another folder, also what became of them, and again where something was read that is stored already: it may
    be a copy of such a log, whose events are the other folder's until then."""
    with warehouse.read() as connection:
        found = outdated(connection, settings.registry)
    of_folders = found.of_folders() if loaded.moved or loaded.duplicates else []
    if loaded.moved and not of_folders:
        of_folders = [_moved(loaded)]
    return [*found.of_settings(), *of_folders]


def _moved(loaded: LoadResult) -> str:
    """What is told of moved logs of which no event bears the former folder's name."""
    lie = "log lies" if loaded.moved == 1 else "logs lie"
    folders = ", ".join(loaded.moved_from[:_FOLDERS_NAMED])
    more = ", ..." if len(loaded.moved_from) > _FOLDERS_NAMED else ""
    return (
        f"{loaded.moved:,} {lie} in another folder than before ({folders}{more}): what is stored stays as it is, for "
        "the events name their sensor themselves; only in `cowrie-assets status` a log stands for its folder, and "
        "`cowrie-assets reparse` gives it the name of today's"
    )


def changed_logs(
    warehouse: Warehouse, settings: Settings, *, patience: float | None = None, turn: int | None = None
) -> tuple[LogSpan, ...]:
    """The logs that hold what the warehouse does not, with the days of it. Opens only what changed; loads nothing.

    With `patience`, in seconds, it only glances at archives, and stops when that time is over. What it leaves out shows
    at a later `turn` (the minute of the clock, unless given): each begins elsewhere, with logs that grew and logs that
    are unread by turns, so that none waits for ever behind others.
    """
    looked = [each for each in look_at(warehouse, settings, find_changed(warehouse, settings).logs) if each.changed]
    deadline = None
    if patience is not None:
        looked = _in_turn(looked, int(time.time() // 60) if turn is None else turn)
        deadline = time.monotonic() + patience
    spans = spans_of(warehouse, settings, looked, glance=patience is not None, until=deadline)
    return tuple(span for span in spans if span.new)


def _in_turn(looked: Sequence[Looked], turn: int) -> list[Looked]:
    """All logs, those that grew and those that are unread by turns, each from a place that moves by the golden section:
    after so many turns the places lie evenly, whatever share of the logs a turn comes to look at."""
    grown = _from(turn, [each for each in looked if each.seen is not None])
    unread = _from(turn, [each for each in looked if each.seen is None])
    return [each for pair in zip_longest(grown, unread) for each in pair if each is not None]


def _from(turn: int, looked: list[Looked]) -> list[Looked]:
    place = int(len(looked) * (turn * _GOLDEN_SECTION % 1))
    return looked[place:] + looked[:place]


def day_counts(connection: Connection, day: date) -> DayCounts:
    """What `raw_events` holds of a day; zeros for a day without events."""
    return DayCounts(day, *connection.execute(statement("ingest/day_counts"), {"day": day_number(day)}).one())
