"""Real logs, and what an independent program counted of them."""

import gzip
import json
import os
import shutil
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cached_property
from pathlib import Path
from typing import Any, Self

_WRITTEN = datetime(2026, 9, 4, tzinfo=UTC).timestamp()


@dataclass(frozen=True)
class RealLogs:
    """Logs and the folder with the two files of the truth about them; `real_logs/README.md` tells what they hold."""

    folder: Path
    logs: Path

    @classmethod
    def of(cls, name: str, scratch: Path) -> Self:
        """Those of a `name` in `REAL_LOGS`, with their logs copied into `scratch`."""
        folder = REAL_LOGS[name]
        return cls(folder, copied(folder / "logs", scratch / name))

    @cached_property
    def totals(self) -> dict[str, Any]:
        """Lines, events, event ids, days, sums."""
        return json.loads((self.folder / "expected.json").read_bytes())

    @cached_property
    def by_session(self) -> dict[str, Any]:
        """`sessions`: a row for each; `commands`: pairs of an input and how often it was typed."""
        return json.loads(gzip.decompress((self.folder / "expected_sessions.json.gz").read_bytes()))


def copied(logs: Path, to: Path) -> Path:
    """A copy of a folder of logs, each last written long ago: a fresh clone's are of today, and would count as live."""
    shutil.copytree(logs, to, ignore=shutil.ignore_patterns("downloads"), copy_function=shutil.copyfile)
    for path in to.rglob("cowrie.json*"):
        os.utime(path, (_WRITTEN, _WRITTEN))
    return to


def _found() -> dict[str, Path]:
    found = {"share": Path(__file__).parent / "real_logs"}
    whole = os.environ.get("COWRIE_TEST_SHARED")
    if whole:
        if not (Path(whole) / "expected.json").is_file():
            raise FileNotFoundError(
                f"COWRIE_TEST_SHARED={whole} holds no expected.json: name the folder of the real logs"
            )
        found["whole"] = Path(whole)
    return found


REAL_LOGS = _found()
"""Their folders by name, the project's share first. Read once, before any test takes the user's `COWRIE_*` away."""
