"""Real logs, and what an independent program counted of them."""

import gzip
import json
import os
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any


@dataclass(frozen=True)
class RealLogs:
    """A folder with `logs/` and the two files of the truth about them; `real_logs/README.md` tells what they hold."""

    folder: Path

    @property
    def logs(self) -> Path:
        return self.folder / "logs"

    @cached_property
    def totals(self) -> dict[str, Any]:
        """Lines, events, event ids, days, sums."""
        return json.loads((self.folder / "expected.json").read_bytes())

    @cached_property
    def by_session(self) -> dict[str, Any]:
        """`sessions`: a row for each; `commands`: pairs of an input and how often it was typed."""
        return json.loads(gzip.decompress((self.folder / "expected_sessions.json.gz").read_bytes()))


def _found() -> dict[str, RealLogs]:
    found = {"share": RealLogs(Path(__file__).parent / "real_logs")}
    whole = os.environ.get("COWRIE_TEST_SHARED")
    if whole:
        if not (Path(whole) / "expected.json").is_file():
            raise FileNotFoundError(
                f"COWRIE_TEST_SHARED={whole} holds no expected.json: name the folder of the real logs"
            )
        found["whole"] = RealLogs(Path(whole))
    return found


REAL_LOGS = _found()
"""By name, the project's share first. Read once, before any test takes the user's `COWRIE_*` away."""
