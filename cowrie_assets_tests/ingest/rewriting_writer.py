"""Truncates and refills a log in a tight loop until its standard input ends: `rewriting_writer.py PATH SEED`.

Every line follows from its number, so that whoever finds one can tell whether it was ever written.
"""

import hashlib
import random
import select
import sys
from pathlib import Path


def line(number: int) -> bytes:
    """The line of that number; its length differs from that of its neighbours."""
    digest = hashlib.sha256(str(number).encode()).hexdigest()
    text = digest * (1 + int(digest[:2], 16) % 9)
    second = number % 86_400
    return (
        b'{"eventid":"cowrie.command.input","number":%d,"input":"%b","session":"%b",'
        b'"timestamp":"2026-08-31T%02d:%02d:%02d.%06dZ","sensor":"hp-test","again":%d}'
        % (
            *(number, text.encode(), digest[:12].encode()),
            *(second // 3600, second // 60 % 60, second % 60, number % 1_000_000, number),
        )
    )


def main(path: Path, seed: int) -> None:
    """Write until nobody holds the other end of standard input any more."""
    chance = random.Random(seed)
    number = seed * 10_000_000
    first = True
    with path.open("r+b", buffering=0) as log:
        while not select.select([sys.stdin], [], [], 0)[0]:
            if chance.random() < 0.7:
                log.truncate(0)
                log.seek(0)
            for _ in range(chance.randint(1, 6)):
                lines = b"".join(line(number + each) + b"\n" for each in range(chance.randint(1, 60)))
                number += lines.count(b"\n")
                cut = chance.randrange(len(lines))
                log.write(lines[:cut])
                log.write(lines[cut:])
            if first:
                print("writing", flush=True)
                first = False


if __name__ == "__main__":
    main(Path(sys.argv[1]), int(sys.argv[2]))
