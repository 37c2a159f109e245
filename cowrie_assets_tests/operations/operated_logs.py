"""The log folders of an operator at work: logs are written, spoiled and mended, renamed, moved and copied."""

import gzip
import lzma
import shutil
from collections.abc import Sequence
from pathlib import Path
from typing import Literal

from cowrie_assets_tests import events

FOLDERS = ("alpha", "beta", "gamma", "hp-test")
Form = Literal["plain", "gz", "xz"]
Spoiled = Literal["whole", "hole", "dead line", "cut"]

_GARBAGE = (b"", b"kernel: oops", b"[1]", b'{"eventid":"x"}')
_LONG = 3000
"""Bytes by which some lines exceed the least line limit of those who use this."""
_HOLE = (70 * 1024, 100 * 1024)
"""Behind all that the ledger samples of a log's head."""


class OperatedLogs:
    """Folders of logs below `root`; knows of each file what it holds once it is mended."""

    def __init__(self, root: Path) -> None:
        self.root = root
        root.mkdir()
        self.whole: dict[Path, bytes] = {}
        self._files = 0

    @property
    def files(self) -> list[Path]:
        return list(self.whole)

    @property
    def spoiled(self) -> list[Path]:
        return [path for path, whole in self.whole.items() if path.read_bytes() != whole]

    def write(self, folder: str, lines: Sequence[bytes], form: Form, spoiled: Spoiled) -> None:
        """One more closed log; here and there is garbage in it, or a line that is longer than the limit."""
        content = b"".join(line + b"\n" for line in lines)
        path = self._new_path(folder, form)
        self.whole[path] = _packed(content, form)
        path.write_bytes(self.whole[path])
        if spoiled != "whole":
            self.spoil(path, spoiled)

    def append(self, folder: str, lines: Sequence[bytes]) -> None:
        """More lines in the folder's live log."""
        path = self._in(folder) / "cowrie.json"
        content = b"".join(line + b"\n" for line in lines)
        with path.open("ab") as log:
            log.write(content)
        self.whole[path] = self.whole.get(path, b"") + content

    def rotate(self, folder: str) -> None:
        path = self.root / folder / "cowrie.json"
        if path in self.whole:
            self._move(path, self._new_path(folder, "plain"))

    def spoil(self, path: Path, how: Spoiled) -> None:
        """As the log stands while it is still being copied here, or was written wrong: cut, with a hole, torn."""
        whole = self.whole[path]
        if how == "cut" and path.suffix in (".gz", ".xz"):
            path.write_bytes(whole[: len(whole) * 2 // 3])
        elif how == "hole" and path.suffix not in (".gz", ".xz"):
            begin, end = _HOLE if len(whole) > _HOLE[1] else (len(whole) // 3, len(whole) // 2)
            _write_at(path, begin, b"\0" * (end - begin))
        elif how == "dead line" and path.suffix not in (".gz", ".xz"):
            _write_at(path, whole.index(b'"eventid":', len(whole) // 2) + 9, b"#")

    def mend(self, path: Path, *, in_place: bool) -> None:
        """The log as it ought to be: written over what is there, or put in its place."""
        whole = self.whole[path]
        if in_place:
            _write_at(path, 0, whole)
            return
        fresh = self.root.parent / "fresh"
        fresh.write_bytes(whole)
        fresh.rename(path)

    def rename_folder(self, folder: str, name: str) -> None:
        (self.root / folder).rename(self.root / name)
        for path in [path for path in self.whole if path.parent.name == folder]:
            self.whole[self.root / name / path.name] = self.whole.pop(path)

    def move(self, path: Path, folder: str) -> None:
        """A log goes to another folder, under a name of its own."""
        self._move(path, self._new_path(folder, _form(path)))

    def copy(self, path: Path, folder: str) -> None:
        """A copy of a log as it stands; what mends the one does not mend the other."""
        copied = self._new_path(folder, _form(path))
        shutil.copyfile(path, copied)
        self.whole[copied] = self.whole[path]

    def compress(self, path: Path, form: Form) -> None:
        """A plain closed log is compressed where it lies, spoiled or not: it is then what it ought to be."""
        if path.suffix in (".gz", ".xz") or path.name == "cowrie.json" or path in self.spoiled:
            return
        packed = path.with_name(f"{path.name}.{form}")
        packed.write_bytes(_packed(self.whole.pop(path), form))
        path.unlink()
        self.whole[packed] = packed.read_bytes()

    def _move(self, path: Path, to: Path) -> None:
        path.rename(to)
        self.whole[to] = self.whole.pop(path)

    def _new_path(self, folder: str, form: Form) -> Path:
        self._files += 1
        return self._in(folder) / (f"cowrie.json.{self._files}" + ("" if form == "plain" else f".{form}"))

    def _in(self, folder: str) -> Path:
        path = self.root / folder
        path.mkdir(exist_ok=True)
        return path


def lines_of_a_log(first: int, own: str, uuid: str, *, large: bool) -> list[bytes]:
    """Twenty events from number `first` on, or those of a log of which a part is not sampled; some garbage among them
    and a line over the least limit."""
    padding = {"padding": "x" * 1400} if large else {}
    lines = [events.line(number, sensor=own, uuid=uuid, **padding) for number in range(first, first + 20 + 60 * large)]
    lines[7] = events.line(first + 7, sensor=own, uuid=uuid, padding="y" * _LONG)
    return [*lines[:12], _GARBAGE[first // 10 % len(_GARBAGE)], *lines[12:]]


def _packed(content: bytes, form: str) -> bytes:
    if form == "gz":
        return gzip.compress(content, 1, mtime=0)
    return lzma.compress(content, preset=0) if form == "xz" else content


def _form(path: Path) -> Form:
    if path.suffix == ".gz":
        return "gz"
    return "xz" if path.suffix == ".xz" else "plain"


def _write_at(path: Path, offset: int, content: bytes) -> None:
    with path.open("r+b") as log:
        log.seek(offset)
        log.write(content)
