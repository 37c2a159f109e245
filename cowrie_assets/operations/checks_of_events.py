"""The checks that read the events, for a process of its own: the reports are compared meanwhile."""

import gc
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date

from cowrie_assets.operations.day_checks import run_day_checks
from cowrie_assets.operations.evidence import check_evidence
from cowrie_assets.progress import ProgressSink, silent
from cowrie_assets.settings import Settings
from cowrie_assets.summaries.checks import CheckResult
from cowrie_assets.warehouse.engine import Warehouse


@dataclass(frozen=True, slots=True)
class ChecksOfEvents:
    """A task of `ReaderProcess`: those of `DAY_CHECKS`, and at last the check of the evidence."""

    settings: Settings
    start: date | None
    end: date | None
    examples: int

    def read(self, _: Callable[[], None]) -> Iterator[CheckResult]:
        """What they find, in a connection of this process's own."""
        gc.enable()
        waits = self.settings.lock_wait_seconds
        with Warehouse.open(self.settings.database_url, create=False, longest_wait=waits) as warehouse:
            yield from self.results(warehouse, silent)

    def results(self, warehouse: Warehouse, progress: ProgressSink) -> Iterator[CheckResult]:
        """What they find, by a warehouse that is open."""
        start, end, examples = self.start, self.end, self.examples
        yield from run_day_checks(warehouse, start, end, progress=progress, examples=examples)
        yield check_evidence(warehouse, self.settings.registry, start, end, progress, examples=examples)
