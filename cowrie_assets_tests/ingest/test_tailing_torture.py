"""Two loaders go over a folder again and again while everything happens to its logs that happens to logs, at random.

What is truncated before anyone read it is lost; else each event that was ever written is stored once, and nothing else.
"""

import gzip
import random
import shutil
import threading
from collections import Counter
from contextlib import suppress
from pathlib import Path

import pytest

from cowrie_assets.ingest.discovery import DiscoveryError
from cowrie_assets.operations.ingest import ingest
from cowrie_assets.settings import Settings
from cowrie_assets.warehouse.engine import Warehouse
from cowrie_assets_tests import events, tables
from cowrie_assets_tests.databases import ENGINES, Databases, Engine
from cowrie_assets_tests.loading import is_proven

_STEPS = 60
_LOOKS = 4
"""Looks of each loader at least while the logs are written: the writer waits for them, here and there."""


class Tortured:
    """The logs of one sensor in two folders; every line differs from every other."""

    def __init__(self, root: Path, chance: random.Random) -> None:
        self.written: list[bytes] = []
        self.may_be_lost: set[bytes] = set()
        """What was truncated away: a loader may have seen it or not."""
        self._root = root
        self._chance = chance
        self._live = root / "hp-test" / "cowrie.json"
        self._live.parent.mkdir(parents=True)
        (root / "moved").mkdir()
        self._live.touch()
        self._in_live: list[bytes] = []
        self._rest = b""
        self._rotations = 0

    def step(self) -> None:
        steps = (self.write, self.write, self.write, self.rename, self.copytruncate, self.refill, self.gzip, self.move)
        self._chance.choice(steps)()

    def write(self) -> None:
        """Some lines in several writes, each torn anywhere; the last one may stay torn until the next write."""
        lines = [self._line() for _ in range(self._chance.randint(1, 12))]
        content = self._rest + b"".join(line + b"\n" for line in lines)
        cuts = sorted(self._chance.randrange(len(content)) for _ in range(3))
        self._in_live += lines
        with self._live.open("ab", buffering=0) as log:
            for begin, end in zip([0, *cuts], [*cuts, len(content)], strict=True):
                log.write(content[begin:end])
            self._rest = b""
            if self._chance.random() < 0.3:
                line = self._line()
                self._in_live.append(line)
                log.write(line[:40])
                self._rest = line[40:] + b"\n"

    def finish_line(self) -> None:
        with self._live.open("ab", buffering=0) as log:
            log.write(self._rest)
        self._rest = b""

    def rename(self) -> None:
        self.finish_line()
        self._live.rename(self._rotated())
        self._live.touch()
        self._in_live = []

    def copytruncate(self) -> None:
        self.finish_line()
        shutil.copyfile(self._live, self._rotated())
        self._truncate()

    def refill(self) -> None:
        """Cut to nothing and written anew, with as many bytes or more as soon as it may be."""
        self.may_be_lost.update(self._in_live)
        self._rest = b""
        self._truncate()
        for _ in range(self._chance.randint(0, 3)):
            self.write()

    def gzip(self) -> None:
        plain = [path for path in self._closed() if path.suffix != ".gz"]
        if plain:
            path = self._chance.choice(plain)
            draft = path.with_name("." + path.name + ".tmp")
            draft.write_bytes(gzip.compress(path.read_bytes(), 1))
            draft.rename(path.with_name(path.name + ".gz"))
            path.unlink()

    def move(self) -> None:
        closed = self._closed()
        if closed:
            path = self._chance.choice(closed)
            path.rename(self._root / self._chance.choice(("hp-test", "moved")) / path.name)

    def _truncate(self) -> None:
        with self._live.open("r+b", buffering=0) as log:
            log.truncate(0)
        self._in_live = []

    def _line(self) -> bytes:
        number = len(self.written)
        self.written.append(events.line(number, padding="x" * self._chance.choice((0, 0, 300, 3000))))
        return self.written[-1]

    def _closed(self) -> list[Path]:
        return sorted(path for path in self._root.rglob("cowrie.json.*") if not path.name.startswith("."))

    def _rotated(self) -> Path:
        self._rotations += 1
        return self._live.with_name(f"cowrie.json.{self._rotations}")


class Loader(threading.Thread):
    """Ingests again and again until it is told to stop."""

    def __init__(self, settings: Settings) -> None:
        super().__init__(daemon=True)
        self.stop = threading.Event()
        self.looked = threading.Semaphore(0)
        self.error: BaseException | None = None
        self._settings = settings

    def run(self) -> None:
        try:
            with Warehouse.open(self._settings.database_url) as warehouse:
                while not self.stop.is_set():
                    with suppress(DiscoveryError):  # the one log that there was has another name since it was found
                        ingest(warehouse, self._settings)
                    self.looked.release()
        except BaseException as error:
            self.error = error
        finally:
            for _ in range(_LOOKS):
                self.looked.release()


def torture(database_url: str, folder: Path, seed: int) -> None:
    chance = random.Random(seed)
    root = folder / "logs"
    logs = Tortured(root, chance)
    logs.write()
    settings = [Settings(log_root=root, database_url=database_url, batch_events=count) for count in (3, 20_000)]
    loaders = [Loader(each) for each in settings]
    for loader in loaders:
        loader.start()
    for number in range(_STEPS):
        logs.step()
        if number % (_STEPS // _LOOKS) == 0:
            assert all(loader.looked.acquire(timeout=120) for loader in loaders)
    logs.finish_line()
    for loader in loaders:
        loader.stop.set()
    for loader in loaders:
        loader.join()
        if loader.error is not None:
            raise loader.error
    with Warehouse.open(database_url) as warehouse:
        ingest(warehouse, settings[0])
        stored = Counter(row["payload"].encode() for row in tables.rows(warehouse, "raw_events"))
        assert set(stored.values()) == {1}
        assert set(stored) <= set(logs.written), "an event was stored that was never written"
        assert set(logs.written) - logs.may_be_lost <= set(stored), "an event was lost"
        is_proven(warehouse)


def torture_of(engine: Engine, databases: Databases, folder: Path, seed: int) -> None:
    folder.mkdir()
    url = databases.new(engine, folder)
    torture(url, folder, seed)
    if engine == "postgresql":
        databases.postgres.drop(url)
    shutil.rmtree(folder)


@pytest.mark.parametrize("engine", ENGINES)
def test_whatever_happens_to_logs_beside_two_loaders(engine: Engine, databases: Databases, tmp_path: Path) -> None:
    for seed in range(8 if engine == "sqlite" else 4):
        torture_of(engine, databases, tmp_path / "torture", seed)


@pytest.mark.soak
@pytest.mark.timeout(7200)
@pytest.mark.parametrize("engine", ENGINES)
def test_whatever_happens_to_logs_beside_two_loaders_for_a_long_time(
    engine: Engine, databases: Databases, tmp_path: Path
) -> None:
    for seed in range(1000, 1500):
        torture_of(engine, databases, tmp_path / "torture", seed)
