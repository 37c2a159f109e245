"""The files that attackers left, examined: what lies in the downloads' folders, and what the bytes of each say.

A file whose size, times and inode are known is not opened; one whose bytes are known is not examined. Some files are
written in a transaction, so a run that was stopped goes on behind them. A file that is gone is taken from the list;
what is known of its bytes stays. Where a report shows otherwise, it is marked as by a verdict: `enrichment.marking`.
"""

import json
import os
import re
import stat
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from itertools import islice
from pathlib import Path
from typing import Any

from sqlalchemy import ColumnElement, Connection, delete, insert, select

from cowrie_assets import clock
from cowrie_assets.activity import stage
from cowrie_assets.cowrie.event_types import KNOWN
from cowrie_assets.enrichment.answers import Kind
from cowrie_assets.enrichment.file_contents import (
    ChangingError,
    Content,
    Examination,
    Rules,
    UnreadableError,
    examine,
    examined_as,
    read_content,
)
from cowrie_assets.enrichment.marking import mark_reports, reports_of_days
from cowrie_assets.printable import shown
from cowrie_assets.progress import Progress, ProgressSink, silent
from cowrie_assets.summaries.similar_files import bands, neighbours
from cowrie_assets.warehouse.chunks import chunks
from cowrie_assets.warehouse.codec import decode_text, encode_text
from cowrie_assets.warehouse.dictionary import Dictionaries, digest_of
from cowrie_assets.warehouse.engine import Warehouse
from cowrie_assets.warehouse.schema import downloaded_artefacts, downloaded_contents, tlsh_bands
from cowrie_assets.warehouse.sql import statement
from cowrie_assets.warehouse.verdict_lock import begin_verdicts
from cowrie_assets.warehouse.write_scope import ROWS, of_name

MOST_FILES = 1_000_000
"""In a folder. Of a fuller one so many are looked at, and none is taken from the list."""
_AT_A_TIME = 200
_BYTES_AT_A_TIME = 64 * 1024**2
_NAMES_AT_A_TIME = 5_000
_SHASUM = re.compile("[0-9a-fA-F]{64}")
_PLACES = of_name("downloads")
"""One process at a time writes what it found."""


@dataclass(slots=True)
class Examined:
    """What came of examining the files of some folders."""

    files: int = 0
    """That lie in them."""
    read: int = 0
    """That were not known by size, times and inode."""
    examined: int = 0
    """Contents that were not known, or were examined by other means."""
    gone: int = 0
    """Files that were there before, or lie in folders that are no longer configured."""
    folders_no_more: int = 0
    """Of these folders, how many."""
    changing: int = 0
    """Files that were being written: the next run reads them."""
    faults: list[str] = field(default_factory=list)
    """Folders that cannot be read, each with its reason."""


@dataclass(frozen=True, slots=True)
class _Place:
    """A file in a folder, by its name."""

    name: str
    size: int
    mtime_ns: int
    ctime_ns: int
    inode: int


@dataclass(frozen=True, slots=True)
class _Found:
    """What is to be written of a file."""

    place: _Place
    shasum: str | None
    error: str | None
    content: tuple[Content, Examination] | None
    """Where its bytes were examined: without those that were kept."""


def examine_downloads(
    warehouse: Warehouse,
    folders: Sequence[Path],
    *,
    collector: str = "",
    is_wanted: Callable[[Path], bool] = lambda _folder: True,
    rules: Rules | None = None,
    now_us: int | None = None,
    progress: ProgressSink = silent,
) -> Examined:
    """Examine the files that lie in folders, and mark the reports that show otherwise.

    `collector` is the machine whose folders they are. A folder that cannot be read is told, and its files stay listed;
    those of one that is not `is_wanted` any more leave the list. `now_us` is in microseconds since 1970-01-01 UTC.
    """
    now = clock.now_us() if now_us is None else now_us
    done = Examined()
    with stage("enrichment", database=warehouse) as run:
        work = _Work(warehouse, collector, rules, now, run.telling(progress), done)
        for path in folders:
            try:
                folder = os.open(path, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
            except OSError as error:
                done.faults.append(f"the downloads' folder {path} cannot be read: {error.strerror}")
                continue
            try:
                with stage("enrich", service="downloads", source=shown(str(path))):
                    _Folder(work, path, folder).examine()
            finally:
                os.close(folder)
                run.note(values_asked=done.read, values_answered=done.examined, faults=len(done.faults))
        _forget_folders(warehouse, collector, folders, is_wanted, done)
    return done


def folders_no_more(
    connection: Connection, collector: str, folders: Sequence[Path], is_wanted: Callable[[Path], bool]
) -> list[str]:
    """The folders of which files are listed that are none of `folders`, and not wanted."""
    columns = downloaded_artefacts.c
    query = select(columns.folder).distinct().where(columns.collector == collector).order_by(columns.folder)
    listed = map(decode_text, connection.execute(query).scalars())
    here = {str(path.absolute()) for path in folders}
    return [each for each in listed if each not in here and not is_wanted(Path(each))]


def _forget_folders(
    warehouse: Warehouse, collector: str, folders: Sequence[Path], is_wanted: Callable[[Path], bool], done: Examined
) -> None:
    with warehouse.read() as connection:
        gone = folders_no_more(connection, collector, folders, is_wanted)
    columns = downloaded_artefacts.c
    for some in chunks(list(map(encode_text, gone))):
        away = delete(downloaded_artefacts).where(columns.collector == collector, columns.folder.in_(some))
        done.gone += warehouse.run(lambda c, away=away: c.execute(away).rowcount, ROWS | _PLACES)  # type: ignore[misc]
    done.folders_no_more += len(gone)


@dataclass(frozen=True, slots=True)
class _Work:
    """What is done alike in every folder."""

    warehouse: Warehouse
    collector: str
    rules: Rules | None
    now: int
    progress: ProgressSink
    done: Examined


class _Folder:
    """One folder, open."""

    def __init__(self, work: "_Work", path: Path, folder: int) -> None:
        self._warehouse, self._rules, self._now, self._done = work.warehouse, work.rules, work.now, work.done
        self._folder = folder
        self._path = path
        self._key = {"collector": work.collector, "folder": encode_text(str(path.absolute()))}
        self._examined_as = examined_as(work.rules)
        self._progress = work.progress

    def examine(self) -> None:
        """Write what is new in it, and what is gone."""
        try:
            names, are_all = self._names()
        except OSError as error:
            self._done.faults.append(f"the downloads' folder {self._path} cannot be read: {error.strerror}")
            return
        self._done.files += len(names)
        done = 0
        for some in chunks(names, _AT_A_TIME):
            self._tell(done, len(names))
            for found in self._batches(some):
                self._warehouse.run(partial(self._write, found=found), ROWS | _PLACES)
            done += len(some)
        if are_all:
            self._forget_gone(set(names))
        self._tell(done, done)

    def _tell(self, done: int, total: int) -> None:
        self._progress(Progress("examine downloads", done, total, "files", str(self._path)))

    def _names(self) -> tuple[list[str], bool]:
        """Of the regular files that are not hidden, in order; and whether these are all of them."""
        with os.scandir(self._folder) as entries:
            some = list(islice(entries, MOST_FILES))
            are_all = next(entries, None) is None
        if not are_all:
            self._done.faults.append(f"the downloads' folder {self._path} has more than {MOST_FILES:,} files")
        names = [each.name for each in some if not each.name.startswith(".") and each.is_file(follow_symlinks=False)]
        return sorted(names, key=encode_text), are_all

    def _batches(self, names: Sequence[str]) -> Iterator[list[_Found]]:
        """What is to be written of some files: as many at once as were read in 64 MiB."""
        known = self._known(names)
        batch: list[_Found] = []
        read = 0
        for name in names:
            place = self._place(name)
            if place is None or known.get(name) == (place, self._examined_as):
                continue
            self._done.read += 1
            found = self._look_into(place)
            if found is not None:
                batch.append(found)
                read += place.size
            if read >= _BYTES_AT_A_TIME:
                yield batch
                batch, read = [], 0
        if batch:
            yield batch

    def _known(self, names: Sequence[str]) -> dict[str, tuple[_Place, bytes]]:
        """The files as they were last, and what their bytes were examined by; of an unreadable one what is done so
        today."""
        by_name = {encode_text(name): name for name in names}
        columns = downloaded_artefacts.c
        query = (
            select(downloaded_artefacts, downloaded_contents.c.examined_as)
            .outerjoin(downloaded_contents, downloaded_contents.c.shasum_id == columns.shasum_id)
            .where(*self._mine(), columns.name.in_(by_name))
        )
        with self._warehouse.read() as connection:
            rows = connection.execute(query).all()
        return {
            by_name[row.name]: (
                _Place(by_name[row.name], row.size, row.mtime_ns, row.ctime_ns, row.inode),
                self._examined_as if row.shasum_id is None else bytes(row.examined_as or b""),
            )
            for row in rows
        }

    def _mine(self) -> tuple[ColumnElement[bool], ...]:
        columns = downloaded_artefacts.c
        return columns.collector == self._key["collector"], columns.folder == self._key["folder"]

    def _place(self, name: str) -> _Place | None:
        try:
            found = os.stat(name, dir_fd=self._folder, follow_symlinks=False)
        except OSError:
            return None
        if not stat.S_ISREG(found.st_mode):
            return None
        return _Place(name, found.st_size, found.st_mtime_ns, found.st_ctime_ns, found.st_ino)

    def _look_into(self, place: _Place) -> _Found | None:
        """None where the file is being written."""
        try:
            content = read_content(place.name, self._folder)
        except UnreadableError as error:
            return _Found(place, None, str(error), None)
        except ChangingError:
            self._done.changing += 1
            return None
        with self._warehouse.read() as connection:
            binds = {"digest": digest_of(content.sha256)}
            mark = connection.execute(statement("enrichment/examined_as"), binds).scalar()
        if mark is not None and bytes(mark) == self._examined_as:
            return _Found(place, content.sha256, None, None)
        self._done.examined += 1
        said = examine(content, self._rules)
        light = Content(content.size, b"", content.sha256, content.sha1, content.md5)
        return _Found(place, content.sha256, None, (light, said))

    def _write(self, connection: Connection, found: Sequence[_Found]) -> None:
        shasums = sorted({each.shasum for each in found if each.shasum is not None})
        numbers = Dictionaries(KNOWN.__contains__).texts.resolve(connection, shasums)
        ids = dict(zip(shasums, numbers, strict=True))
        contents = {ids[each.shasum]: each.content for each in found if each.shasum and each.content}
        begin_verdicts(connection)
        concerned = self._put_contents(connection, contents)
        columns = downloaded_artefacts.c
        names = [encode_text(each.place.name) for each in found]
        connection.execute(delete(downloaded_artefacts).where(*self._mine(), columns.name.in_(names)))
        rows = [
            {
                **self._key,
                "name": encode_text(each.place.name),
                "size": each.place.size,
                "mtime_ns": each.place.mtime_ns,
                "ctime_ns": each.place.ctime_ns,
                "inode": each.place.inode,
                "shasum_id": ids[each.shasum] if each.shasum else None,
                "name_matches": _name_matches(each),
                "error": encode_text(each.error),
                "seen_at": self._now,
            }
            for each in found
        ]
        connection.execute(insert(downloaded_artefacts), rows)
        mark_reports(connection, reports_of_days(connection, {Kind.FILE: sorted(concerned)}), self._now)

    def _put_contents(self, connection: Connection, contents: dict[int, tuple[Content, Examination]]) -> set[int]:
        """The files of which a report may show otherwise: those that are told otherwise, and, where their digest is
        another, those that are like them."""
        if not contents:
            return set()
        columns = downloaded_contents.c
        of_these = columns.shasum_id.in_(contents)
        stored = connection.execute(select(downloaded_contents).where(of_these).with_for_update()).mappings()
        before = {row["shasum_id"]: dict(row) for row in stored}
        rows = {shasum_id: self._row(shasum_id, *content) for shasum_id, content in contents.items()}
        connection.execute(delete(downloaded_contents).where(of_these))
        connection.execute(insert(downloaded_contents), list(rows.values()))
        concerned = {each for each, row in rows.items() if _told(row) != _told(before.get(each, {}))}
        compared = {each: row["tlsh"] for each, row in rows.items() if row["tlsh"] != before.get(each, {}).get("tlsh")}
        connection.execute(delete(tlsh_bands).where(tlsh_bands.c.shasum_id.in_(compared)))
        digests = {each: digest for each, digest in compared.items() if digest is not None}
        keys = [{"band": band, "shasum_id": each} for each, digest in digests.items() for band in bands(digest)]
        if keys:
            connection.execute(insert(tlsh_bands), keys)
        for each, digest in digests.items():
            concerned.update(near.shasum_id for near in neighbours(connection, digest, apart_from=each))
        return concerned

    def _row(self, shasum_id: int, content: Content, said: Examination) -> dict[str, Any]:
        return {
            "shasum_id": shasum_id,
            "size": content.size,
            "type": said.type,
            "description": encode_text(said.description),
            "entropy": said.entropy,
            "sha1": content.sha1,
            "md5": content.md5,
            "tlsh": said.tlsh,
            "ssdeep": said.ssdeep,
            "packer": said.packer,
            "strings": json.dumps(said.strings, separators=(",", ":")) if said.strings else None,
            "rules": json.dumps(said.rules, separators=(",", ":")) if said.rules else None,
            "examined_as": self._examined_as,
            "examined_at": self._now,
        }

    def _forget_gone(self, names: set[str]) -> None:
        """Take the files from the list that are not there any more."""
        there = set(map(encode_text, names))
        last = ""
        columns = downloaded_artefacts.c
        while True:
            with self._warehouse.read() as connection:
                query = select(columns.name).where(*self._mine(), columns.name > last).order_by(columns.name)
                listed = connection.execute(query.limit(_NAMES_AT_A_TIME)).scalars().all()
            if not listed:
                return
            last = listed[-1]
            for gone in chunks([name for name in listed if name not in there]):
                away = delete(downloaded_artefacts).where(*self._mine(), columns.name.in_(gone))
                self._done.gone += self._warehouse.run(lambda c, away=away: c.execute(away).rowcount, ROWS | _PLACES)  # type: ignore[misc]


def _told(row: Mapping[str, Any]) -> dict[str, Any]:
    """What is told of a file, without what it was examined by and when."""
    return {name: value for name, value in row.items() if name not in ("examined_as", "examined_at")}


def _name_matches(found: _Found) -> int | None:
    """Whether a file that is named by a SHA-256 is what it is named; None where it is named otherwise."""
    if found.shasum is None or not _SHASUM.fullmatch(found.place.name):
        return None
    return int(found.place.name.lower() == found.shasum)
