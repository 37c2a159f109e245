"""Repairing what `validate` found: the work that its checks name, on exactly the days and logs that differ.

What only an operator can decide is left: to open a sealed day whose raw events are not those that were sealed gives up
the proof that they ever were. Whether all is right then, another `validate` tells.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from pathlib import Path

from cowrie_assets.activity import phase
from cowrie_assets.campaigns.update import update_campaigns
from cowrie_assets.errors import UserError
from cowrie_assets.indicators.feeds import write_feeds
from cowrie_assets.indicators.storing import store_indicators
from cowrie_assets.operations.backfill import backfill
from cowrie_assets.operations.ingest import ingest
from cowrie_assets.operations.rebuild import rebuild
from cowrie_assets.operations.reparse import reparse
from cowrie_assets.operations.seal import seal, unseal
from cowrie_assets.progress import ProgressSink, silent
from cowrie_assets.settings import Settings
from cowrie_assets.summaries.checks import CheckResult
from cowrie_assets.summaries.mending import Kind, Stretch, Work, commands, merged
from cowrie_assets.warehouse.engine import Warehouse


@dataclass(slots=True)
class RepairResult:
    """What was done, as commands that do the same."""

    done: list[str] = field(default_factory=list)
    left: list[str] = field(default_factory=list)
    """What is left to an operator, in order."""
    failed: list[str] = field(default_factory=list)
    """Sentences: which work could not be done, and why."""


@phase("repair")
def repair(
    warehouse: Warehouse, settings: Settings, results: Iterable[CheckResult], *, progress: ProgressSink = silent
) -> RepairResult:
    """Do the work that mends what differs in `results`; work that fails does not keep the other from being done."""
    mends = [each.work for each in results if each.state == "differs"]
    to_decide = [mend for mend in mends if any(work.kind is Kind.UNSEAL_AS_THEY_ARE for work in mend)]
    result = RepairResult(left=commands(merged(to_decide)))
    for work in merged(mend for mend in mends if mend not in to_decide):
        try:
            _DOES[work.kind](warehouse, settings, work, progress)
        except UserError as error:
            result.failed.append(f"{' && '.join(work.commands)}: {error}")
        else:
            result.done += work.commands
    return result


def _stretches(work: Work) -> list[Stretch] | list[tuple[None, None]]:
    """The days of some work; one stretch open at both ends where it names none."""
    return work.stretches or [(None, None)]


def _rebuild(warehouse: Warehouse, _: Settings, work: Work, progress: ProgressSink) -> None:
    for first, last in _stretches(work):
        rebuild(warehouse, start=first, end=last, anew=True, progress=progress)


def _reparse(warehouse: Warehouse, settings: Settings, work: Work, progress: ProgressSink) -> None:
    for first, last in _stretches(work):
        reparse(warehouse, settings, start=first, end=last, progress=progress)


def _ingest(warehouse: Warehouse, settings: Settings, _: Work, progress: ProgressSink) -> None:
    ingest(warehouse, settings, progress=progress)


def _read_again(warehouse: Warehouse, settings: Settings, work: Work, progress: ProgressSink) -> None:
    paths = [Path(path) for path in sorted(work.logs)] or None
    ingest(warehouse, settings, mode="bulk", paths=paths, progress=progress)


def _backfill(warehouse: Warehouse, settings: Settings, work: Work, progress: ProgressSink) -> None:
    for first, last in work.stretches:
        backfill(warehouse, settings, first=first, last=last, only_written=True, progress=progress)


def _campaigns(warehouse: Warehouse, _: Settings, __: Work, progress: ProgressSink) -> None:
    update_campaigns(warehouse, anew=True, progress=progress)


def _indicators(warehouse: Warehouse, settings: Settings, _: Work, progress: ProgressSink) -> None:
    update_campaigns(warehouse, progress=progress)
    store_indicators(warehouse)
    write_feeds(warehouse, settings.report_dir, progress=progress)


def _unseal(warehouse: Warehouse, settings: Settings, work: Work, progress: ProgressSink) -> None:
    for first, last in work.stretches:
        unseal(warehouse, settings, first, last, progress=progress)


def _seal(warehouse: Warehouse, _: Settings, work: Work, progress: ProgressSink) -> None:
    for first, last in work.stretches:
        seal(warehouse, first, last, progress=progress)


_DOES: dict[Kind, Callable[[Warehouse, Settings, Work, ProgressSink], None]] = {
    Kind.UNSEAL: _unseal,
    Kind.REBUILD: _rebuild,
    Kind.REPARSE: _reparse,
    Kind.INGEST: _ingest,
    Kind.READ_AGAIN: _read_again,
    Kind.CAMPAIGNS: _campaigns,
    Kind.INDICATORS: _indicators,
    Kind.BACKFILL: _backfill,
    Kind.SEAL: _seal,
}
