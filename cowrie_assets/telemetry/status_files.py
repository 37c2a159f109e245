"""Status files: `<phase>.json` and `status.json` below COWRIE_STATUS_DIR, for whoever watches from outside.

A file is replaced as a whole, so a reader never sees half of one; writers take turns by a lock. Of several runs of a
phase, the file is the one's that began last, for as long as it runs. `status.json` has the documents of all phases, and
beside them that of the phase that was heard of last. What cannot be written is told once, and the work goes on.
"""

import fcntl
import json
import logging
import os
import re
import stat
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path

from cowrie_assets.activity import Stage, Subscriber, Value
from cowrie_assets.clock import now_us
from cowrie_assets.faults import sentence_of
from cowrie_assets.reports.json_writer import dump
from cowrie_assets.telemetry.status_document import KEYS, SECONDS_BETWEEN, Document, State, document_of, state_of

ALL_PHASES = "status.json"
METRICS_NAME = "cowrie_assets.prom"
"""The file of metrics beside them, unless a setting names another place: `telemetry.textfile` writes it."""
_PHASE_FILE = re.compile(r"[a-z_]+\.json")
_FOLDER_MODE, _FILE_MODE = 0o750, 0o640
_SECONDS_FOR_LOCK = 1.0
_LOG = logging.getLogger(__name__)


class StatusFiles(Subscriber):
    """Writes the files of this process's phases as they begin and end, and every five seconds in between."""

    def __init__(
        self,
        folder: Path,
        seconds_between: float = SECONDS_BETWEEN,
        written: Callable[[Stage, State], None] = lambda _, __: None,
    ) -> None:
        """`written` is called behind each writing, in the thread that wrote. It may raise OSError."""
        self._folder = folder
        self._between = seconds_between
        self._written = written
        self._running: dict[str, Stage] = {}
        self._asked: dict[str, Mapping[str, Value]] = {}
        """What each phase's database said as it began."""
        self._began = time.monotonic()
        self._ended = threading.Event()
        self._writing = threading.Lock()
        self._failed = False
        self._thread: threading.Thread | None = None

    def began(self, stage: Stage) -> None:
        """Say that a phase runs."""
        if stage.parent is not None:
            return
        self._asked[stage.identity] = _vitals(stage, ask=True)
        self._running[stage.identity] = stage
        self._write(stage, "running")
        if self._thread is None:
            self._thread = threading.Thread(target=self._say_again, name="status files", daemon=True)
            self._thread.start()

    def ended(self, stage: Stage, error: BaseException | None) -> None:
        """Say how a phase ended."""
        if self._running.pop(stage.identity, None) is None:
            return
        if error is None:
            self._asked[stage.identity] = _vitals(stage, ask=True)
            self._write(stage, "finished")
        else:
            self._write(stage, "failed", _sentence(error))
        del self._asked[stage.identity]

    def close(self) -> None:
        """End the thread; nothing is written behind it."""
        self._ended.set()
        if self._thread is not None:
            self._thread.join()

    def _say_again(self) -> None:
        while not self._ended.wait(self._between):
            for phase in list(self._running.values()):
                self._write(phase, "running")

    def _write(self, phase: Stage, state: State, error: str | None = None) -> None:
        database = {**self._asked.get(phase.identity, {}), **_vitals(phase, ask=False)}
        with self._writing:
            if state == "running" and phase.identity not in self._running:
                return  # it ended while the thread waited for its turn
            total = time.monotonic() - self._began
            document = document_of(phase, state, database, error=error, total_seconds=total)
            try:
                write_document(self._folder, document)
                self._written(phase, state)
                self._failed = False
            except Exception as fault:
                if not self._failed:
                    _LOG.warning("no status is written: %s", sentence_of(fault) or repr(fault))
                self._failed = True


def write_document(folder: Path, document: Document) -> None:
    """Put a document in its phase's file, unless a run that began later and still runs has that, and write
    `status.json` anew. Raises OSError; where another process keeps the lock for a second, nothing is written."""
    folder.mkdir(_FOLDER_MODE, parents=True, exist_ok=True)
    with _locked(folder) as is_mine:
        if not is_mine:
            return
        now = now_us()
        phases = {found["phase"]: found for found in _documents(folder)}
        standing = phases.get(document["phase"])
        if standing is None or not _belongs_to_another(standing, document, now):
            phases[document["phase"]] = document
            _replace(folder, f"{document['phase']}.json", document)
        for name, found in phases.items():
            if state_of(found, now) == "killed" and found["state"] != "killed":
                phases[name] = {**found, "state": "killed"}
                _replace(folder, f"{name}.json", phases[name])
        newest = max(phases.values(), key=lambda found: (found["state"] == "running", found["last_updated"]))
        _replace(folder, ALL_PHASES, {**newest, "phases": dict(sorted(phases.items()))})


def read_documents(folder: Path) -> list[Document]:
    """The documents of all phases, by name, each with the state that is true now. A file that is none is passed over;
    where there is no folder, there is none."""
    now = now_us()
    return [{**document, "state": state_of(document, now)} for document in _documents(folder)]


def _belongs_to_another(standing: Document, document: Document, now: int) -> bool:
    is_newer = standing["started_at"] > document["started_at"]
    return standing["ingest_id"] != document["ingest_id"] and is_newer and state_of(standing, now) == "running"


def _documents(folder: Path) -> Iterator[Document]:
    try:
        names = sorted(entry.name for entry in os.scandir(folder))
    except OSError:
        return
    for name in names:
        if name == ALL_PHASES or not _PHASE_FILE.fullmatch(name):
            continue
        try:
            document = json.loads((folder / name).read_bytes())
        except (OSError, ValueError):
            continue
        if isinstance(document, dict) and document.keys() >= KEYS and document["phase"] == name.removesuffix(".json"):
            yield document


@contextmanager
def _locked(folder: Path) -> Iterator[bool]:
    """Whether this process has the folder to itself: a process that was stopped while it had it holds up no work."""
    descriptor = os.open(folder / ".lock", os.O_CREAT | os.O_RDWR | os.O_CLOEXEC, _FILE_MODE)
    try:
        ends_at = time.monotonic() + _SECONDS_FOR_LOCK
        while not (is_mine := _lock(descriptor)) and time.monotonic() < ends_at:
            time.sleep(0.01)
        yield is_mine
    finally:
        os.close(descriptor)


def _lock(descriptor: int) -> bool:
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def _replace(folder: Path, name: str, document: Document) -> None:
    """Replace a file, which keeps its mode; one that is new is for its owner and group."""
    replace_file(folder / name, dump(document))


def replace_file(file: Path, content: bytes, mode: int = _FILE_MODE) -> None:
    """Replace a file as a whole. It keeps its mode; one that is new has `mode`. Raises OSError."""
    new = file.with_name(f".{file.name}.new")
    new.unlink(missing_ok=True)
    descriptor = os.open(new, os.O_CREAT | os.O_EXCL | os.O_WRONLY | os.O_CLOEXEC, mode)
    with open(descriptor, "wb") as opened:  # noqa: PTH123  (a descriptor)
        opened.write(content)
        with suppress(FileNotFoundError):
            os.fchmod(descriptor, stat.S_IMODE(file.stat().st_mode))
    new.replace(file)


def _vitals(phase: Stage, *, ask: bool) -> Mapping[str, Value]:
    if phase.database is None:
        return {}
    try:
        return phase.database.vitals(ask=ask)
    except Exception:
        return {}  # the work itself tells what is the matter with it


def _sentence(error: BaseException) -> str:
    if isinstance(error, KeyboardInterrupt):
        return "interrupted"
    return sentence_of(error) or type(error).__name__
