"""Peak memory of `cowrie-assets ingest`, all its processes together, on inputs that an attacker may make.

A PostgreSQL server is not one of them: it takes what its settings give it.

python -m benchmarks.memory --only "lines of 60 MB"
"""

import argparse
import bz2
import gzip
import json
import lzma
import os
import sys
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path

from benchmarks.engines import add_engine_options, databases, engines_of
from benchmarks.outcome import Outcome
from benchmarks.process_memory import run_measured

_MIB = 1024 * 1024
_MB = 1_000_000
_MOST = 512 * _MIB
_COMMAND = [sys.executable, "-c", "from cowrie_assets.cli import main; main()"]


def _event(number: int, **fields: object) -> bytes:
    second = number % 86_400
    common = {
        "eventid": "cowrie.command.input",
        "session": f"{number:012x}",
        "sensor": "hp-test",
        "timestamp": f"2026-08-31T{second // 3600:02}:{second // 60 % 60:02}:{second % 60:02}.{number % _MB:06}Z",
    }
    return json.dumps(common | fields, ensure_ascii=False).encode() + b"\n"


def _random(size: int) -> str:
    return os.urandom(size // 2).hex()


def _plain(lines: Callable[[], Iterator[bytes]]) -> Callable[[Path], None]:
    def write(folder: Path) -> None:
        with (folder / "cowrie.json.1").open("wb") as file:
            file.writelines(lines())

    return write


def _long_lines(count: int, size: int, text: Callable[[int], str]) -> Callable[[], Iterator[bytes]]:
    return lambda: (_event(number, input=text(size), message=f"CMD: {number}") for number in range(count))


def _passwords() -> Iterator[bytes]:
    for number in range(_MB):
        yield _event(number, eventid="cowrie.login.failed", username="root", password=f"{number:x}-{_random(16)}")


def _long_sessions() -> Iterator[bytes]:
    for number in range(900_000):
        yield _event(number, session=f"{number // 300_000:012x}", input=f"echo {number}")


def _dead_lines() -> Iterator[bytes]:
    for _ in range(1000):
        yield b"x" * _MB + b"\n"


def _objects_over_lines() -> Iterator[bytes]:
    for _ in range(4):
        yield b'{"eventid":"x","list":[\n'
        for number in range(60_000):
            yield b'{"a":"%d%b"},\n' % (number, b"x" * 900)


def _bomb(suffix: str, opened: Callable[[Path], object], block: bytes, size: int) -> Callable[[Path], None]:
    def write(folder: Path) -> None:
        with opened(folder / f"cowrie.json.1.{suffix}") as file:  # type: ignore[attr-defined]
            for _ in range(size // len(block)):
                file.write(block)
            file.write(_event(1))

    return write


def _zstd(path: Path) -> object:
    import zstandard  # noqa: PLC0415

    return zstandard.open(path, "wb")


def cases(bomb_size: int) -> dict[str, Callable[[Path], None]]:
    """What fills a folder with a log, by what is hostile about it."""
    found = {
        "lines of 60 MB": _plain(_long_lines(6, 60 * _MB, lambda size: "x" * size)),
        "lines of 60 MB that hold one wide character": _plain(
            _long_lines(6, 60 * _MB, lambda size: "x" * (size - 4) + "\U0001f600")
        ),
        "lines of 60 MB in no order": _plain(_long_lines(6, 60 * _MB, _random)),
        "5,000 lines of 120 kB": _plain(_long_lines(5000, 120_000, _random)),
        "2 GB of lines of 20 kB": _plain(_long_lines(100_000, 20_000, _random)),
        "a million passwords": _plain(_passwords),
        "three sessions of 300,000 events": _plain(_long_sessions),
        "a thousand dead lines of 1 MB": _plain(_dead_lines),
        "broken objects over 60,000 lines": _plain(_objects_over_lines),
    }
    openers: dict[str, Callable[[Path], object]] = {
        "gz": lambda path: gzip.open(path, "wb", compresslevel=1),  # noqa: SIM115
        "bz2": lambda path: bz2.open(path, "wb"),  # noqa: SIM115
        "xz": lambda path: lzma.open(path, "wb", preset=0),  # noqa: SIM115
        "zst": _zstd,
    }
    for suffix, opened in openers.items():
        for name, byte in {"blanks": b" ", "newlines": b"\n", "letters": b"x"}.items():
            found[f"{bomb_size // _MB} MB of {name} in {suffix}"] = _bomb(suffix, opened, byte * _MIB, bomb_size)
    found["6 lines of 60 MB in gz"] = _compressed_long_lines
    return found


def _compressed_long_lines(folder: Path) -> None:
    with gzip.open(folder / "cowrie.json.1.gz", "wb", compresslevel=1) as file:
        file.writelines(_long_lines(6, 60 * _MB, lambda size: "x" * size)())


def main() -> int:
    """Print the peak of each case; 1 where one is above the bound."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--only", default="", help="the cases whose name holds this")
    parser.add_argument("--bomb-megabytes", type=int, default=5000)
    parser.add_argument("--data", type=Path, default=None, help="where logs are made")
    add_engine_options(parser)
    arguments = parser.parse_args()
    outcome = Outcome("peak memory of all processes of an ingest, and its time")
    with databases() as made:
        for name, write in cases(arguments.bomb_megabytes * _MB).items():
            if arguments.only not in name:
                continue
            with tempfile.TemporaryDirectory(dir=arguments.data) as place:
                folder = Path(place) / "hp-test"
                folder.mkdir()
                write(folder)
                for engine in engines_of(arguments.engine):
                    with made.new(engine) as database:
                        settings = database.environment | {"COWRIE_LOG_ROOT": place}
                        run = run_measured([*_COMMAND, "ingest", "--mode", "bulk"], settings)
                    print(f"{run.peak_bytes / _MIB:8.0f} MiB {run.seconds:7.1f} s  {name} ({engine})", flush=True)
                    outcome.add(name, engine, run.peak_bytes / _MIB, "MiB", bound=_MOST / _MIB)
                    outcome.add(f"{name}: time", engine, run.seconds, "s")
    return outcome.finish(arguments.json)


if __name__ == "__main__":
    sys.exit(main())
