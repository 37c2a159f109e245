"""How fast the framer is on what an attacker may type, pattern by pattern.

python -m benchmarks.framing --megabytes 16
"""

import argparse
import gc
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from benchmarks.outcome import Outcome
from cowrie_assets.cowrie.framing import Framer

_BLOCK = 128 * 1024
_MB = 1_000_000
_LEAST = 20.0
"""MB a second that every pattern must reach."""
_EVENT = (
    b'{"eventid":"cowrie.command.input","session":"0123456789ab","input":"uname -a","timestamp":"2026-08-31T01:02:03Z"}'
)

_FRAGMENTS = {
    "open members": b'{"a":',
    "open arrays": b'{"a":[',
    "quotes": b'"',
    "newlines": b"\n",
    "blanks": b" ",
    "NULs": b"\0",
    "opening braces": b"{",
    "closing braces": b"}",
    "backslashes": b"\\",
    "brackets": b"[",
    "closing brackets": b"]",
    "commas": b",",
    "colons": b":",
    "letters": b"a",
    "digits": b"1",
    "invalid UTF-8": b"\xff",
    "eventid fragments": b'{"eventid":',
    "eventid members": b'{"eventid":"x",',
    "eventid strings": b'{"eventid":"x"}x',
    "torn objects": _EVENT[:60],
    "whole objects": _EVENT,
    "objects without eventid": b'{"a":1}',
    "empty objects": b"{}",
    "broken members": b'{"a":{"b":x',
    "escaped braces": b'\\{"',
    "strings of braces": b'","{":":',
    "numbers": b"1,",
    "big numbers": b'{"a":1e999}',
    "NaN": b'{"eventid":NaN}',
    "objects with lone surrogates": b'{"eventid":"\\ud800"}',
    "objects of invalid UTF-8": b'{"eventid":"\xff"}',
    "carriage returns": b"\r",
    "byte order marks": b"\xef\xbb\xbf",
    "half an object, then one": _EVENT[:40] + _EVENT,
    "nested members": b'{"a":{"b":{"c":',
    "deep arrays": b"[[[[[[[[",
    "kernel lines": b"[12345.678901] audit: {",
}
_SPREAD = {
    "objects over lines": b'{\n"eventid": "x",\n"a": 1\n}\n',
    "half objects over lines": b'{\n"eventid": "x",\n"a": 1\n',
    "half objects over lines, broken": b'{\n"eventid": "x",\n"a": x\n',
    "arrays over lines": b"[\n{\n",
    "members over lines": b'{"a":\n',
    "elements over lines": b'{"a":[\n{"b":1},\n',
    "one member a line": b'"a":1,\n',
    "torn events": _EVENT[:60] + b"\n",
    "events": _EVENT + b"\n",
}


@dataclass(frozen=True, slots=True)
class Pattern:
    """A name, and a content of about the wanted size."""

    name: str
    content: bytes


def patterns(size: int) -> Iterator[Pattern]:
    """Each fragment as one long line, as short lines, as lines of 100 kB and behind an object that stays open."""
    for name, text in _FRAGMENTS.items():
        times = size // len(text)
        yield Pattern(f"{name}: one line", text * times + b"\n" + _EVENT + b"\n")
        yield Pattern(f'{name}: one line that ends in "eventid"', text * times + b'"eventid"\n' + _EVENT + b"\n")
        lines = (text + b"\n") * (size // (len(text) + 1))
        yield Pattern(f"{name}: a line each", lines + _EVENT + b"\n")
        yield Pattern(f"{name}: a line each in an open object", b'{"eventid":"x","a":[\n' + lines + _EVENT + b"\n")
        long = text * (100_000 // len(text)) + b"\n"
        yield Pattern(f"{name}: lines of 100 kB", long * (size // len(long)) + _EVENT + b"\n")
    for name, text in _SPREAD.items():
        yield Pattern(name, text * (size // len(text)) + _EVENT + b"\n")
        yield Pattern(f"{name}, in an array", b"[\n" + text * (size // len(text)) + _EVENT + b"\n")


def speed(content: bytes, patience: float) -> tuple[float, bool]:
    """MB a second of a framer that is fed `content`, and whether it came to the end within `patience` seconds."""
    framer = Framer()
    start = time.process_time()
    for position in range(0, len(content), _BLOCK):
        framer.feed(content[position : position + _BLOCK])
        elapsed = time.process_time() - start
        if elapsed > patience:
            return (position + _BLOCK) / _MB / elapsed, False
    framer.finish(closed=True)
    return len(content) / _MB / max(time.process_time() - start, 1e-9), True


def main() -> int:
    """Print the slowest patterns first; 1 where one is slower than the bound."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--megabytes", type=float, default=16)
    parser.add_argument("--patience", type=float, default=5, help="seconds of one pattern")
    parser.add_argument("--only", default="", help="the patterns whose name holds this")
    parser.add_argument("--json", type=Path, metavar="FILE", help="where the figures and the machine are kept")
    parser.add_argument("--all", action="store_true", help="print every pattern, not only those below the bound")
    arguments = parser.parse_args()
    gc.disable()  # as a load does
    size = int(arguments.megabytes * _MB)
    chosen = [pattern for pattern in patterns(size) if arguments.only in pattern.name]
    found = sorted((*speed(pattern.content, arguments.patience), pattern.name) for pattern in chosen)
    for rate, ended, name in found:
        if arguments.all or rate < _LEAST:
            print(f"{rate:9.1f} MB/s{'' if ended else '  (stopped)'}  {name}")
    slow = sum(rate < _LEAST for rate, _, _ in found)
    slowest, _, name = found[0]
    outcome = Outcome(f"{len(found)} patterns of lines; no database has a part in it")
    outcome.add("patterns below the bound", "framer", slow)
    outcome.add(f"the slowest: {name}", "framer", slowest, "MB/s", bound=_LEAST, at_least=True)
    return outcome.finish(arguments.json)


if __name__ == "__main__":
    sys.exit(main())
