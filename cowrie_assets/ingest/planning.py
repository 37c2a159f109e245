"""Planning: what is to be read of each log, by what the ledger knows of its content.

In doubt it is all of it: the ledger only saves work, and what is equal vanishes.
"""

import time
from collections.abc import Callable, Collection, Sequence
from contextlib import ExitStack, suppress
from dataclasses import dataclass
from operator import itemgetter
from typing import ParamSpec, TypeVar

from sqlalchemy import Connection, bindparam, update

from cowrie_assets.ingest import suspects
from cowrie_assets.ingest.content import LogContent
from cowrie_assets.ingest.copies import is_copy
from cowrie_assets.ingest.discovery import LogFile
from cowrie_assets.ingest.file_looks import Look, Seen, path_key, proves_more, seen_paths
from cowrie_assets.ingest.fingerprint import file_samples, first_line_fingerprint
from cowrie_assets.ingest.ledger import Candidates, FileState, KnownLog, Plan, matching
from cowrie_assets.ingest.moved import in_same_folder, is_the_same_log
from cowrie_assets.ingest.sources import folder_name
from cowrie_assets.ingest.unreadable import head_of, require_lines
from cowrie_assets.warehouse.codec import encode_text
from cowrie_assets.warehouse.engine import Warehouse
from cowrie_assets.warehouse.errors import WarehouseBusyError
from cowrie_assets.warehouse.schema import log_paths
from cowrie_assets.warehouse.write_scope import ROWS

_Given = ParamSpec("_Given")
_Found = TypeVar("_Found")
_LOOKED_AT = (
    update(log_paths)
    .where(
        log_paths.c.collector == bindparam("of_collector"),
        log_paths.c.path == bindparam("at_path"),
        log_paths.c.size == bindparam("was_size"),
        log_paths.c.mtime_ns == bindparam("was_mtime_ns"),
        log_paths.c.inode == bindparam("was_inode"),
        log_paths.c.samples == bindparam("was_samples"),
    )
    .values(ctime_ns=bindparam("new_ctime_ns"), looked_at_ns=bindparam("new_looked_at_ns"))
)


def plan_log(warehouse: Warehouse, log: LogFile, look: Look, *, skip_unchanged: bool) -> Plan | None:
    """What to read of `log`; None where `skip_unchanged` and the file is as it was when last looked at.

    What is known is read anew without `skip_unchanged`, and where it is in doubt: see `_is_in_doubt`. Raises OSError
    where the file cannot be read.
    """
    (plan,) = plan_logs(warehouse, [log], look, skip_unchanged=skip_unchanged)
    if isinstance(plan, OSError):
        raise plan
    return plan


def plan_logs(
    warehouse: Warehouse,
    logs: Sequence[LogFile],
    look: Look,
    *,
    skip_unchanged: bool,
    record_looks: bool = False,
    just_read: Collection[int] = (),
) -> list[Plan | OSError | None]:
    """What `plan_log` gives or raises for each of `logs`, a hundred at most: their files stay open meanwhile.

    The ledger is asked twice for all of them, and no transaction is open while logs are read. `record_looks`: what is
    found unchanged by its samples is recorded as looked at where a stat will do the next time. `just_read`: ids of the
    logs that this load read whole, of which copies need no reading even without `skip_unchanged`.
    """
    with ExitStack() as opened:
        files = [_caught(_open, opened, log, look) for log in logs]
        with warehouse.read() as connection:
            seen = seen_paths(connection, logs)
        heads = [
            _caught(_head, file, seen.get(file.file.path), skip_unchanged) if type(file) is _Opened else file
            for file in files
        ]
        with warehouse.read() as connection:
            candidates = _candidates(connection, [head for head in heads if type(head) is _Head])
        plans = [
            _caught(_planned, warehouse, head, candidates, skip_unchanged, just_read) if type(head) is _Head else head
            for head in heads
        ]
    if record_looks:
        _record_looks(warehouse, [head for head in heads if type(head) is _Unchanged])
    return [plan if isinstance(plan, (Plan, OSError)) else None for plan in plans]


def _caught(work: Callable[_Given, _Found], *given: _Given.args, **named: _Given.kwargs) -> _Found | OSError:
    try:
        return work(*given, **named)
    except OSError as error:
        return error


@dataclass(frozen=True, slots=True)
class _Opened:
    log: LogFile
    content: LogContent
    file: FileState
    closed: bool
    look: Look


@dataclass(frozen=True, slots=True)
class _Unchanged:
    """A log that is as it was, by its samples."""

    file: FileState
    proves_more: bool
    """This look lets the next one do with a stat."""


@dataclass(frozen=True, slots=True)
class _Head:
    opened: _Opened
    fingerprint: bytes | None
    head: bytes
    prefer: int | None
    """The ledger's row for what lay at the path at the last look."""
    changed: bool
    """The file is not what it was at that look."""


def _open(opened: ExitStack, log: LogFile, look: Look) -> _Opened:
    looked_at_ns = time.time_ns()
    content = opened.enter_context(LogContent(log.path))
    status = content.stat
    file = FileState(
        collector=log.collector,
        path=path_key(log),
        size=status.st_size,
        mtime_ns=status.st_mtime_ns,
        inode=status.st_ino,
        device=status.st_dev,
        samples=_samples(content),
        ctime_ns=status.st_ctime_ns,
        looked_at_ns=looked_at_ns,
    )
    compressed = content.compression != "plain"
    return _Opened(log, content, file, look.is_closed(log, status.st_mtime_ns, compressed=compressed), look)


def _head(opened: _Opened, seen: Seen | None, skip_unchanged: bool) -> _Head | _Unchanged:
    """The beginning of a content, by which it is known. Raises OSError where it is none that can be read."""
    file, content = opened.file, opened.content
    unchanged = seen is not None and _unchanged(file, seen)
    if seen is not None and unchanged and skip_unchanged and opened.look.is_done(opened.log, seen):
        return _Unchanged(file, proves_more(content.stat, seen, file.looked_at_ns))
    head = head_of(content, opened.log.path)
    fingerprint = first_line_fingerprint(head, closed=opened.closed)
    if fingerprint is None and content.damage is not None:
        fingerprint = file.samples  # an archive of which nothing can be had is known by its own bytes
    return _Head(opened, fingerprint, head, seen.log_id if seen else None, changed=not unchanged)


def _planned(
    warehouse: Warehouse, head: _Head, found: Candidates, skip_unchanged: bool, just_read: Collection[int]
) -> Plan:
    content, fingerprint, file = head.opened.content, head.fingerprint, head.opened.file
    candidates = [] if fingerprint is None else found.likeliest_first(fingerprint, file, head.prefer)
    if not candidates:
        require_lines(content, head.head, head.opened.log.path, closed=head.opened.closed)
    known = next(
        (candidate for candidate in matching(content, candidates) if _is_here(warehouse, candidate, head)), None
    )
    in_doubt = known is not None and (not skip_unchanged or _is_in_doubt(head, known))
    may_be_copy = in_doubt and known is not None and (skip_unchanged or known.id in just_read)
    copied = may_be_copy and known is not None and _is_copy(warehouse, head, known)
    return Plan(
        log=head.opened.log,
        file=file,
        compression=content.compression,
        seekable=content.seekable,
        closed=head.opened.closed,
        fingerprint=fingerprint,
        known=known,
        folder=_folder(head, known or next((each for each in candidates if each.id == head.prefer), None)),
        newest_candidate=max((candidate.id for candidate in candidates), default=0),
        log_at_path=head.prefer,
        from_start=in_doubt and not copied,
        copied=copied,
        rewritten=known is not None and head.changed and head.prefer == known.id,
    )


def _folder(head: _Head, log: KnownLog | None) -> str:
    """The name of the folder in which `log` was first read: the one that the file holds, or that it held when its first
    line was the same, for then it was mended since. Of a file that holds a log of its own it is today's."""
    return encode_text(folder_name(head.opened.log.path)) if log is None else log.folder


def _is_in_doubt(head: _Head, known: KnownLog) -> bool:
    """Whether the known part of a log has to be read again: also where the file was written since, and what was
    damaged, dead or a hole in it may be whole now."""
    if head.opened.look.calls_for_a_second(known.doubt, known.dead_letters, known.read_limit):
        return True
    if not head.changed:
        return False
    if known.status == "damaged":
        return True
    content = head.opened.content
    return suspects.changed(content.read_at, known.suspects) if content.seekable else bool(known.suspects)


def _is_copy(warehouse: Warehouse, head: _Head, known: KnownLog) -> bool:
    """Whether a file that is in doubt holds nothing that the reading of another file of its log did not see. In a
    closed file counts what was pending in an open one, and what calls for a second look does so in copies too."""
    opened = head.opened
    if opened.look.calls_for_a_second(known.doubt, known.dead_letters, known.read_limit):
        return False
    if known.status == "open" and opened.closed:
        return False
    with warehouse.read() as connection:
        return is_copy(connection, known.id, opened.file, opened.content)


def _is_here(warehouse: Warehouse, candidate: KnownLog, head: _Head) -> bool:
    """Whether a log with this content is the file's, and not one of another folder that holds the same."""
    path = head.opened.file.path
    if head.fingerprint is None or in_same_folder(candidate.path, path):
        return head.fingerprint is not None
    with warehouse.read() as connection:
        return is_the_same_log(connection, candidate, path, head.fingerprint)


def _record_looks(warehouse: Warehouse, unchanged: Sequence[_Unchanged]) -> None:
    """Where a look proved more than the last one, let the next one do with a stat."""
    rows = [
        {
            "of_collector": each.file.collector,
            "at_path": each.file.path,
            "was_size": each.file.size,
            "was_mtime_ns": each.file.mtime_ns,
            "was_inode": each.file.inode,
            "was_samples": each.file.samples,
            "new_ctime_ns": each.file.ctime_ns,
            "new_looked_at_ns": each.file.looked_at_ns,
        }
        for each in unchanged
        if each.proves_more
    ]
    if not rows:
        return
    rows.sort(key=itemgetter("at_path"))
    with suppress(WarehouseBusyError):  # it saves the next look a few reads, and is not worth a wait
        warehouse.run(lambda connection: connection.execute(_LOOKED_AT, rows), of=ROWS)


def _samples(content: LogContent) -> bytes:
    return file_samples(content.fileno(), content.stat.st_size)


def _unchanged(file: FileState, seen: Seen) -> bool:
    was = (seen.size, seen.mtime_ns, seen.inode, seen.samples)
    return (file.size, file.mtime_ns, file.inode, file.samples) == was


def _candidates(connection: Connection, heads: Sequence[_Head]) -> Candidates:
    fingerprints = {head.fingerprint for head in heads if head.fingerprint is not None}
    return Candidates.of(connection, fingerprints, [head.opened.file for head in heads])
