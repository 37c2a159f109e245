"""A sensor's folder that goes on being written, rotated and compressed, and what every load of it must end with."""

import gzip
import random
import shutil
from collections import Counter
from pathlib import Path

from cowrie_assets import second_opinion
from cowrie_assets.operations.ingest import ingest
from cowrie_assets.operations.validate import validate
from cowrie_assets.settings import Settings
from cowrie_assets.warehouse.engine import Warehouse
from cowrie_assets_tests import events, tables

_NUMBERS = range(12 * 24 * 60)
"""The events of twelve days, taken in no order: whatever is written is late for many days, and much to refresh."""


class WrittenLogs:
    """The logs of one sensor in a folder below `root`; knows every line it wrote."""

    def __init__(self, root: Path, chance: random.Random) -> None:
        self.lines: list[bytes] = []
        self.garbage: list[bytes] = []
        self._chance = chance
        self._numbers = iter(chance.sample(_NUMBERS, len(_NUMBERS)))
        self._root = root
        self._folder = root / "hp-test"
        self._folder.mkdir(parents=True)
        self._live = self._folder / "cowrie.json"
        self._live.touch()
        self._rest = b""
        self._rotations = 0

    @property
    def whole_lines(self) -> int:
        """Events whose line has its end."""
        return len(self.lines) - bool(self._rest)

    def write(self, count: int) -> None:
        """Events, here and there garbage, and at the end perhaps half a line, whose rest the next write brings."""
        with self._live.open("ab", buffering=0) as log:
            for _ in range(count):
                if self._chance.random() < 0.02:
                    self.garbage.append(b"kernel: oops %d" % len(self.garbage))
                    self._rest += self.garbage[-1] + b"\n"
                self.lines.append(events.line(next(self._numbers)))
                log.write(self._rest + self.lines[-1] + b"\n")
                self._rest = b""
            if self._chance.random() < 0.3:
                self.lines.append(events.line(next(self._numbers)))
                log.write(self.lines[-1][:40])
                self._rest = self.lines[-1][40:] + b"\n"

    def complete(self) -> None:
        """Write the rest of a half line."""
        with self._live.open("ab") as log:
            log.write(self._rest)
        self._rest = b""

    def rotate(self) -> None:
        """What logrotate and Cowrie do to a log between two writes."""
        self.complete()
        self._rotations += 1
        rotated = self._folder / f"cowrie.json.{self._rotations}"
        match self._chance.choice(("rename", "rename", "copytruncate", "compress")):
            case "rename":
                self._live.rename(rotated)
            case "copytruncate":
                shutil.copyfile(self._live, rotated)
            case "compress":
                rotated.with_name(rotated.name + ".gz").write_bytes(gzip.compress(self._live.read_bytes(), 1))
        self._live.write_bytes(b"")

    def assert_loaded(self, database_url: str, scratch: Path) -> None:
        """The database holds what a second program counts, and what one clean load of the folder elsewhere gives."""
        truth = second_opinion.distinct_events(("hp-test", line) for line in self.lines)
        settings = Settings(log_root=self._root, database_url=f"sqlite:///{scratch / 'clean.db'}")
        with Warehouse.open(database_url) as warehouse, Warehouse.open(settings.database_url) as clean:
            payloads = sorted(row["payload"].encode() for row in tables.rows(warehouse, "raw_events"))
            assert payloads == sorted(self.lines)
            assert tables.session_rows(warehouse) == second_opinion.session_rows(truth)
            assert tables.command_rows(warehouse) == second_opinion.command_rows(truth)
            assert tables.login_rows(warehouse) == second_opinion.login_rows(truth)
            assert tables.file_rows(warehouse) == second_opinion.file_rows(truth)
            dead = Counter(row["content"].encode() for row in tables.rows(warehouse, "dead_letter_events"))
            assert dead == Counter(self.garbage)
            assert [result for result in validate(warehouse, settings) if not result.passed] == []
            ingest(clean, settings)
            assert tables.contents(warehouse) == tables.contents(clean)
