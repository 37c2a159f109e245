"""What every asset does alike: take its run's partitions in turn, keep what is done, say how far it is, name faults.

A run over a range would record nothing where a later partition fails, though the earlier ones are committed. So the
partitions that were done are recorded on the way out, and the pages show them as materialized.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager

import dagster as dg
from dagster._core.definitions.data_version import DATA_VERSION_IS_USER_PROVIDED_TAG, DATA_VERSION_TAG

from cowrie_assets.defs.faults import one_sentence
from cowrie_assets.defs.figures import Metadata
from cowrie_assets.operations.positions import MadeFrom
from cowrie_assets.printable import printable
from cowrie_assets.progress import Lines, Progress, ProgressSink, Tell, telling

PASSING_FAULTS = dg.RetryPolicy(max_retries=2, delay=10, backoff=dg.Backoff.EXPONENTIAL)
"""For a locked or restarting database. What will not pass by itself fails at once: see `faults_named`."""


def each_partition(
    context: dg.AssetExecutionContext,
    work: Callable[[str, Tell], Metadata],
    made_from: Callable[[Iterable[str]], MadeFrom],
) -> dg.MaterializeResult[None]:
    """Run `work` for each partition key of the run in turn; what it returns is shown with that partition.

    `work` is given a function that it may tell of its steps, which the log shows beside the partition. `made_from`
    tells what the figures of some keys were read from.
    """
    name, keys = context.asset_key.to_user_string(), context.partition_keys
    progress = log_progress(context)
    done: dict[str, Metadata] = {}
    try:
        with faults_named():
            for key in keys:
                stands = Progress(name, len(done), len(keys), "partitions", key)
                progress(stands)
                done[key] = work(key, telling(progress, stands))
    except BaseException:
        record(context, name, done, made_from(done))
        raise
    for key, metadata in done.items():
        context.add_asset_metadata(metadata, partition_key=key)
    return dg.MaterializeResult(data_version=dg.DataVersion(made_from(done).version))


def record(
    context: dg.AssetExecutionContext | dg.OpExecutionContext,
    asset_name: str,
    done: Mapping[str, Metadata],
    made_from: MadeFrom,
) -> None:
    """Record partitions as materialized in a step that is about to fail, or that is no asset's."""
    for key, metadata in done.items():
        context.log_event(materialization(asset_name, key, metadata, made_from))


def materialization(
    asset_name: str, key: str, metadata: Metadata, made_from: MadeFrom, description: str | None = None
) -> dg.AssetMaterialization:
    """The record of a partition whose figures were read from `made_from`."""
    return dg.AssetMaterialization(
        asset_name,
        partition=key,
        metadata=metadata,
        description=description,
        tags={DATA_VERSION_TAG: made_from.of(key).version, DATA_VERSION_IS_USER_PROVIDED_TAG: "true"},
    )


@contextmanager
def faults_named() -> Iterator[None]:
    """End a step that fails in one sentence; what may pass is left to the retry policy, all else fails at once.

    A bug is named in a line as well, and its traceback stays beside it.
    """
    try:
        with one_sentence():
            yield
    except dg.Failure:
        raise
    except Exception as error:
        first_line = str(getattr(error, "orig", None) or error).partition("\n")[0]
        raise dg.Failure(printable(f"{type(error).__name__}: {first_line}"), allow_retries=False) from error


def log_progress(context: dg.AssetExecutionContext | dg.OpExecutionContext) -> ProgressSink:
    """A sink that logs where the work stands, a line every few seconds: each is a row of Dagster's history."""
    return Lines(context.log.info)
