"""Whether what the work needs is there and has room: settings, folders, the database."""

import errno
import os
import shlex
import shutil
import tempfile
from collections.abc import Callable, Sequence
from pathlib import Path

from cowrie_assets.amounts import counted, size
from cowrie_assets.health.observation import LogState
from cowrie_assets.health.result import Problem
from cowrie_assets.health.unread import unreadable_logs, unreadable_sentence
from cowrie_assets.ingest.discovery import Discovery
from cowrie_assets.ingest.other_machines import ANYWHERE
from cowrie_assets.ingest.unlisted import unlisted
from cowrie_assets.settings import Settings

LOWEST_FREE_BYTES = 100_000_000
"""Less is not enough for a database to work in."""

_FULL = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG)
_PROBE = bytes(256 * 1024)
"""What a report of a day takes, about."""


def setting_problems(faults: Sequence[str]) -> list[Problem]:
    """The settings that cannot be used, by the sentences that say so."""
    return [
        Problem(
            key=fault,
            sentence=fault,
            mend="mend the setting that the sentence names; `cowrie-assets doctor` looks again",
        )
        for fault in faults
    ]


def root_problems(
    settings: Settings, discovery: Discovery | None, fault: str | None, is_ours: Callable[[Path], bool]
) -> list[Problem]:
    """The log root, and the folders that the sensors file names; `is_ours` says of a folder whether this machine is to
    have logs below it (`other_machines.is_of_this_machine`)."""
    if discovery is None:
        return [
            Problem(
                key="root",
                sentence=fault or "no log folder is set",
                mend="mount the folder again, or set COWRIE_LOG_ROOT to where the logs are now",
            )
        ]
    problems = [
        Problem(
            key=f"folder {sensor.name}",
            sentence=f"the folder {str(sensor.logpath)!r} of sensor {sensor.name} does not exist",
            mend="mount it again, or mend logpath in the sensors file",
            rows=[{"sensor": sensor.name, "folder": str(sensor.logpath)}],
        )
        for sensor in discovery.missing
        if sensor.logpath and is_ours(sensor.logpath)
    ]
    if not discovery.logs and not problems and is_ours(ANYWHERE):
        problems.append(
            Problem(
                key="root",
                sentence=f"no log was found below {settings.log_root}",
                mend="mount the folder again, or set COWRIE_LOG_ROOT to where the logs are now",
            )
        )
    return problems


def passed_over_problems(discovery: Discovery, logs: Sequence[LogState]) -> list[Problem]:
    """What is a log, or is named like one, and is not read."""
    problems = [
        Problem(
            key=f"warning {warning}",
            state="warning",
            sentence=warning,
            mend="rename it, or mend what the sentence says",
            rows=[{"sensor": None, "log": None, "reason": warning}],
        )
        for warning in discovery.warnings
    ]
    shut = [log for log in logs if not log.readable]
    if shut:
        problems.append(
            Problem(
                key="rights",
                sentence=f"{counted(len(shut), 'log')} cannot be read by this user, such as {str(shut[0].log.path)!r}: "
                "give it the right to",
                mend=f"chmod a+r {shlex.quote(str(shut[0].log.path))}, or make this user one of the logs' group",
                rows=[{"sensor": log.log.sensor, "log": str(log.log.path), "reason": "no right"} for log in shut],
            )
        )
    problems += [
        Problem(
            key=f"unreadable {reason}",
            sentence=unreadable_sentence(reason, some),
            mend="put a log that can be read there, or move it out of the logs' folders; then cowrie-assets ingest",
            rows=[{"sensor": log.log.sensor, "log": str(log.log.path), "reason": reason} for log in some],
        )
        for reason, some in sorted(unreadable_logs(logs).items())
    ]
    passed = unlisted(discovery)
    if passed is not None:
        problems.append(
            Problem(
                key="names",
                state="warning",
                sentence=passed.sentence,
                mend="set COWRIE_LOG_NAMES to globs that match, then cowrie-assets ingest",
                rows=[{"sensor": None, "log": passed.example, "reason": "its name"}],
            )
        )
    return problems


def database_problems(file: Path | None, fault: str | None) -> list[Problem]:
    """The warehouse; `file` is a SQLite database's own, `fault` what keeps it from being opened."""
    if fault is not None:
        return [
            Problem(
                key="open",
                sentence=fault,
                mend="put the database back, or set COWRIE_DATABASE_URL; then `cowrie-assets doctor`",
            )
        ]
    free = None if file is None else free_bytes(file)
    if file is None or free is None or free >= LOWEST_FREE_BYTES:
        return []
    return [
        Problem(
            key="disk",
            sentence=f"only {size(free)} free for the database at {file}",
            mend=f"make room on the disk of {shlex.quote(str(nearest_folder(file)))}",
            rows=[{"folder": str(nearest_folder(file)), "free_bytes": free}],
        )
    ]


def report_folder_problems(folder: Path) -> list[Problem]:
    """Whether a report could be written now: a nameless file of its size is, and is gone again."""
    place = nearest_folder(folder)
    free = free_bytes(place)
    try:
        if folder.exists() and not folder.is_dir():
            raise NotADirectoryError(errno.ENOTDIR, os.strerror(errno.ENOTDIR))
        with tempfile.TemporaryFile(dir=place, buffering=0) as probe:
            written = probe.write(_PROBE)
            if written < len(_PROBE):
                probe.write(_PROBE[written:])
    except OSError as error:
        if isinstance(error, NotADirectoryError):
            mend = f"move the file {shlex.quote(str(folder))} away, or set COWRIE_REPORT_DIR to a folder"
        elif error.errno in _FULL:
            mend = f"make room in {shlex.quote(str(folder))}, or set COWRIE_REPORT_DIR to another folder"
        else:
            mend = f"give this user the right to write {shlex.quote(str(folder))}, or set COWRIE_REPORT_DIR"
        room = f", {size(free or 0)} free" if error.errno in _FULL else ""
        return [
            Problem(
                key="write",
                sentence=f"no report can be written to {folder}: {error.strerror}{room}",
                mend=mend,
                rows=[{"folder": str(folder), "free_bytes": free}],
            )
        ]
    return []


def nearest_folder(path: Path) -> Path:
    """`path` where it is a folder, else the first one above it that exists."""
    return next(folder for folder in (path.absolute(), *path.absolute().parents) if folder.is_dir())


def free_bytes(path: Path) -> int | None:
    """Bytes that this user may still write where `path` lies or would lie; None where nobody can tell."""
    try:
        return shutil.disk_usage(nearest_folder(path)).free
    except OSError:
        return None
