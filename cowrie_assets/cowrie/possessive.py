"""Patterns of groups that are taken as often as they fit and never given back, right on every Python.

Python before 3.11.5 (that of Debian 12 is 3.11.2) leaves the place behind half a group in `(?:...)*+`, as its issue
106052 tells: of `aca`, `(?:ab?c)*+` takes all. There an atomic group does the same, and remembers each round meanwhile.
"""

import re

_IS_RIGHT = re.fullmatch(rb"(?:ab?c)*+a", b"aca") is not None


def any_number(pattern: bytes) -> bytes:
    """The pattern of none, one or more."""
    return rb"(?:%b)*+" % pattern if _IS_RIGHT else rb"(?>(?:%b)*)" % pattern


def at_least_one(pattern: bytes) -> bytes:
    """The pattern of one or more."""
    return rb"(?:%b)++" % pattern if _IS_RIGHT else rb"(?>(?:%b)+)" % pattern
