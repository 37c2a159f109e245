"""Everything that happens to a log between two looks at it, at random, against a model of what must then be stored.

The model is one set: every event line that stood whole in some file when the loader looked.
"""

import gzip
import shutil
import tempfile
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, rule, run_state_machine_as_test

from cowrie_assets import second_opinion
from cowrie_assets.operations.ingest import ingest
from cowrie_assets.settings import Settings
from cowrie_assets.summaries.checks import run_checks
from cowrie_assets.warehouse.engine import Warehouse
from cowrie_assets_tests import events, tables

_GARBAGE = (b"\n", b"kernel: [ 12.3] oops\n", b"\x00" * 300, b"{\n", b'{"eventid":"x"}\n', b"\xff{\xfe\n", b"[1]\n")


class LogLife(RuleBasedStateMachine):
    """One sensor's folder and its loader. `database_url` gives the warehouse of each example."""

    @staticmethod
    def database_url(folder: Path) -> str:
        return f"sqlite:///{folder / 'warehouse.db'}"

    @initialize()
    def begin(self) -> None:
        self.folder = Path(tempfile.mkdtemp())
        self.logs = self.folder / "hp-test"
        self.logs.mkdir()
        self.live = self.logs / "cowrie.json"
        self.live.write_bytes(b"")
        self.written: dict[bytes, int] = {}
        self.torn = b""
        self.seen: set[bytes] = set()
        self.files = 0
        self.warehouse = Warehouse.open(self.database_url(self.folder))

    def teardown(self) -> None:
        if hasattr(self, "warehouse"):
            self.look("delta")
            self.warehouse.close()
            shutil.rmtree(self.folder)

    @rule(count=st.integers(1, 5))
    def append(self, count: int) -> None:
        self._append(b"".join(self._new_line() + b"\n" for _ in range(count)))

    @rule(cut=st.integers(1, 60))
    def tear(self, cut: int) -> None:
        """Write a line but for its end; the next write brings the end, unless the log is rotated before."""
        line = self._new_line()
        self._append(line[:-cut])
        self.torn = line[-cut:] + b"\n"

    @rule(count=st.integers(1, 3))
    def glue(self, count: int) -> None:
        """Half a line, and the next event behind it: what a killed Cowrie leaves."""
        self._append(self._new_line()[:-30] + b"".join(self._new_line() + b"\n" for _ in range(count)))

    @rule(garbage=st.sampled_from(_GARBAGE))
    def damage(self, garbage: bytes) -> None:
        self._append(garbage)

    @rule()
    def rotate(self) -> None:
        self.live.rename(self._rotated())
        self.live.write_bytes(b"")

    @rule()
    def copytruncate(self) -> None:
        shutil.copyfile(self.live, self._rotated())
        self.live.write_bytes(b"")

    @rule(keep=st.integers(0, 3000))
    def cut(self, keep: int) -> None:
        """Truncated in place, the head kept: what follows is written over what was there."""
        content = self.live.read_bytes()[:keep]
        self.live.write_bytes(content[: content.rfind(b"\n") + 1])
        self.torn = b""

    @rule(pick=st.integers(0, 100))
    def compress(self, pick: int) -> None:
        plain = [path for path in self._others() if path.suffix != ".gz"]
        if plain:
            path = plain[pick % len(plain)]
            path.with_name(path.name + ".gz").write_bytes(gzip.compress(path.read_bytes()))
            path.unlink()

    @rule(pick=st.integers(0, 100))
    def rename(self, pick: int) -> None:
        others = self._others()
        if others:
            path = others[pick % len(others)]
            path.rename(str(self._rotated()) + (".gz" if path.suffix == ".gz" else ""))

    @rule(pick=st.integers(0, 100))
    def copy(self, pick: int) -> None:
        files = [*self._others(), self.live]
        shutil.copyfile(files[pick % len(files)], self._rotated())

    @rule(shuffle=st.randoms(use_true_random=False))
    def replace(self, shuffle: object) -> None:
        """Another file put in the live one's place at once: the same events in another order, and one more."""
        lines = [line for line in self.live.read_bytes().split(b"\n") if line]
        shuffle.shuffle(lines)  # type: ignore[attr-defined]
        fresh = self.folder / "fresh"
        fresh.write_bytes(b"".join(line + b"\n" for line in [*lines, self._new_line()]))
        fresh.rename(self.live)
        self.torn = b""

    @rule(mode=st.sampled_from(["delta", "delta", "delta", "bulk"]), batch_events=st.sampled_from([1, 3, 1000]))
    def look(self, mode: str, batch_events: int = 1000) -> None:
        self._see()
        ingest(self.warehouse, Settings(log_root=self.folder, batch_events=batch_events), mode=mode)  # type: ignore[arg-type]
        truth = second_opinion.distinct_events(("hp-test", line) for line in self.seen)
        stored = tables.rows(self.warehouse, "raw_events")
        assert sorted(row["payload"].encode() for row in stored) == sorted(self.seen)
        assert tables.session_rows(self.warehouse) == second_opinion.session_rows(truth)
        assert tables.command_rows(self.warehouse) == second_opinion.command_rows(truth)
        assert [result for result in run_checks(self.warehouse) if not result.passed] == []

    def _new_line(self) -> bytes:
        number = len(self.written)
        line = events.line(number)
        self.written[line] = number
        return line

    def _append(self, content: bytes) -> None:
        with self.live.open("ab") as log:
            log.write(self.torn + content)
        self.torn = b""

    def _rotated(self) -> Path:
        self.files += 1
        return self.logs / f"cowrie.json.{self.files}"

    def _others(self) -> list[Path]:
        return sorted(path for path in self.logs.iterdir() if path != self.live)

    def _see(self) -> None:
        for path in [*self._others(), self.live]:
            content = path.read_bytes()
            if path.suffix == ".gz":
                content = gzip.decompress(content)
            for line in self.written.keys() - self.seen:
                if line + b"\n" in content or (path != self.live and content.endswith(line)):
                    self.seen.add(line)


def live(*, examples: int, steps: int) -> None:
    slow = [HealthCheck.too_slow, HealthCheck.data_too_large, HealthCheck.filter_too_much]
    chosen = settings(max_examples=examples, stateful_step_count=steps, deadline=None, suppress_health_check=slow)
    run_state_machine_as_test(LogLife, settings=chosen)


def test_whatever_happens_to_a_log_on_sqlite() -> None:
    live(examples=15, steps=15)


@pytest.mark.soak
@pytest.mark.timeout(7200)
def test_whatever_happens_to_a_log_for_a_long_time() -> None:
    live(examples=2000, steps=40)
