"""What is no log is an error that says what it is, named or found, in delta and in bulk; a damaged log is read."""

import gzip
import io
import random
import tarfile
import zipfile
from pathlib import Path

import pytest

from cowrie_assets.ingest.foreign_formats import foreign_format, is_no_text
from cowrie_assets_tests import events
from cowrie_assets_tests.cli.conftest import Cowrie, cowrie  # noqa: F401  (a fixture)

LINE = events.line(0) + b"\n"
NOISE = random.Random(3).randbytes(100_000)


def zipped() -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        archive.writestr("cowrie.json", LINE)
    return buffer.getvalue()


def tarred(mode: str) -> bytes:
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode=mode) as archive:
        archive.addfile(tarfile.TarInfo("cowrie.json"), io.BytesIO())
    return buffer.getvalue()


FOREIGN = {
    "zip": zipped(),
    "tar": tarred("w"),
    "tar archive": tarred("w:gz"),
    "7z": b"7z\xbc\xaf\x27\x1c\0\4",
    "rar": b"Rar!\x1a\x07\x01\0",
    "lz4": b"\x04\x22\x4d\x18\x64\x40\xa7",
    "encrypted": b"Salted__" + NOISE[:100],
    "more than 3 times over": gzip.compress(gzip.compress(gzip.compress(gzip.compress(LINE)))),
    "no lines of text": NOISE,
    "lines of text": gzip.compress(NOISE[:300].replace(b"\n", b"")),
}


@pytest.mark.parametrize("mode", ["delta", "bulk"])
@pytest.mark.parametrize("what", FOREIGN)
def test_it_is_an_error_that_says_what_it_is(
    cowrie: Cowrie,  # noqa: F811
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
    what: str,
    mode: str,
) -> None:
    (tmp_path / "cowrie.json.1").write_bytes(FOREIGN[what])
    monkeypatch.setenv("COWRIE_LOG_ROOT", str(tmp_path))
    named = cowrie("ingest", "--mode", mode, tmp_path / "cowrie.json.1")
    assert named.code == 1
    assert what in named.err
    (tmp_path / "cowrie.json").write_bytes(LINE)
    found = cowrie("ingest", "--mode", mode)
    assert found.code == 1
    assert what in found.err
    assert "1 log could not be read" in found.err
    assert "events inserted              1" in found.out, "the other log is loaded"


def test_what_is_text_or_a_damaged_log() -> None:
    for head in (b"", LINE, b"\0" * 70_000, "пароль\n".encode() * 999, b"\xff{\xfe\n", b"kernel: oops\n", b"half a li"):
        assert foreign_format(head) is None
        assert not is_no_text(head, [], closed=True)
    assert not is_no_text(NOISE, [NOISE, b'{"event', b'id":"cowrie.x"}\n'], closed=True)
    assert is_no_text(NOISE, [NOISE], closed=False)
    assert is_no_text(NOISE[:100].replace(b"\n", b""), [], closed=True)
    assert not is_no_text(NOISE[:100], [], closed=False), "a line that is being written"
