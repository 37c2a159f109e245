"""What every asset does alike: take its run's partitions in turn, keep what is done, say how far it is, name faults.

A run over a range would record nothing where a later partition fails, though the earlier ones are committed. So the
partitions that were done are recorded on the way out, and the pages show them as materialized.
"""

import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager

import dagster as dg
from dagster._core.definitions.data_version import DATA_VERSION_IS_USER_PROVIDED_TAG, DATA_VERSION_TAG
from sqlalchemy.exc import OperationalError

from cowrie_assets.defs.figures import Metadata
from cowrie_assets.operations.positions import Position, position
from cowrie_assets.progress import Progress, ProgressSink
from cowrie_assets.warehouse.engine import Warehouse
from cowrie_assets.warehouse.errors import WarehouseBusyError

SECONDS_BETWEEN_LINES = 5.0
PASSING_FAULTS = dg.RetryPolicy(max_retries=2, delay=10, backoff=dg.Backoff.EXPONENTIAL)
"""For a locked or restarting database. What will not pass by itself fails at once: see `faults_named`."""


def each_partition(
    context: dg.AssetExecutionContext, database: Warehouse, work: Callable[[str], Metadata]
) -> dg.MaterializeResult[None]:
    """Run `work` for each partition key of the run in turn; what it returns is shown with that partition."""
    name, keys = context.asset_key.to_user_string(), context.partition_keys
    progress = log_progress(context)
    done: dict[str, Metadata] = {}
    try:
        with faults_named():
            for key in keys:
                progress(Progress(name, len(done), len(keys), "partitions", key))
                done[key] = work(key)
    except BaseException:
        record(context, name, done, _position(database))
        raise
    for key, metadata in done.items():
        context.add_asset_metadata(metadata, partition_key=key)
    return dg.MaterializeResult(data_version=dg.DataVersion(_position(database).version))


def record(
    context: dg.AssetExecutionContext | dg.OpExecutionContext,
    asset_name: str,
    done: Mapping[str, Metadata],
    made_from: Position,
) -> None:
    """Record partitions as materialized in a step that is about to fail, or that is no asset's."""
    for key, metadata in done.items():
        context.log_event(materialization(asset_name, key, metadata, made_from))


def materialization(
    asset_name: str, key: str, metadata: Metadata, made_from: Position, description: str | None = None
) -> dg.AssetMaterialization:
    """The record of a partition whose figures were read when the warehouse stood at `made_from`."""
    return dg.AssetMaterialization(
        asset_name,
        partition=key,
        metadata=metadata,
        description=description,
        tags={DATA_VERSION_TAG: made_from.version, DATA_VERSION_IS_USER_PROVIDED_TAG: "true"},
    )


def _position(database: Warehouse) -> Position:
    with database.read() as connection:
        return position(connection)


@contextmanager
def faults_named() -> Iterator[None]:
    """Let faults that may pass through to the retry policy; any other fails the step at once, with its own sentence."""
    try:
        yield
    except (OperationalError, OSError, WarehouseBusyError, dg.Failure):
        raise
    except Exception as error:
        raise dg.Failure(f"{type(error).__name__}: {error}", allow_retries=False) from error


def log_progress(context: dg.AssetExecutionContext | dg.OpExecutionContext) -> ProgressSink:
    """A sink that logs where the work stands, a line every few seconds."""
    phase, started, last = "", 0.0, 0.0

    def sink(progress: Progress) -> None:
        nonlocal phase, started, last
        now = time.monotonic()
        if progress.phase != phase:
            phase, started, last = progress.phase, now, now
        if now - last >= SECONDS_BETWEEN_LINES:
            last = now
            context.log.info(progress_line(progress, now - started))

    return sink


def progress_line(progress: Progress, elapsed: float) -> str:
    """One line for people: `load: 120.0 of 480.0 MiB (25%), 12.3 MiB/s, 30 s left, hp-fra-01/cowrie.json`."""
    scale, unit = (1024 * 1024, "MiB") if progress.unit == "bytes" else (1, progress.unit)
    digits = 1 if scale > 1 else 0
    done, rate = progress.done / scale, progress.done / scale / max(elapsed, 1e-9)
    parts = [f"{done:,.{digits}f} {unit}"]
    if progress.total:
        total = progress.total / scale
        parts = [f"{done:,.{digits}f} of {total:,.{digits}f} {unit} ({done / total:.0%})"]
    parts.append(f"{rate:,.1f} {unit}/s")
    if progress.total and rate > 0:
        parts.append(f"{max(progress.total / scale - done, 0) / rate:,.0f} s left")
    if progress.detail:
        parts.append(progress.detail)
    return f"{progress.phase}: {', '.join(parts)}"
