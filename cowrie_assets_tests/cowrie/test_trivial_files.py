"""Trivial files: what is one, by content; and that the list is what its words say."""

from hashlib import sha256

import pytest

from cowrie_assets.cowrie.trivial_files import LONGEST_RUN, is_trivial, trivial_content, trivial_contents


def shasum(content: bytes) -> str:
    return sha256(content).hexdigest()


@pytest.mark.parametrize(
    "content",
    [
        *(b"", b"\n", b"\r\n", b"\0", b"a", b"\xff\xfe", b"0\n", b"1\n", b"ok\n", b"1\r\n", b"10\r\n"),
        *(b"\0" * 4, b"\0" * LONGEST_RUN, b"\n" * 7, b"\r\n" * 3, b"   "),
    ],
)
def test_next_to_nothing_is_trivial(content):
    assert is_trivial(shasum(content))
    assert trivial_content(shasum(content)) == content


@pytest.mark.parametrize("content", [b"abc", b"abc\n", b"\0" * (LONGEST_RUN + 1), b"\x7fELF", b"id\nw\n", b"#!/bin/sh"])
def test_a_file_with_something_in_it_is_not(content):
    assert not is_trivial(shasum(content))
    assert trivial_content(shasum(content)) is None


def test_the_known_sha256_of_the_empty_file():
    assert is_trivial("e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855")


def test_no_trivial_file_is_long():
    assert max(map(len, trivial_contents())) == LONGEST_RUN
