"""What Dagster's pages show of assets, partitions and checks, asked as they ask."""

from collections.abc import Sequence
from typing import Any

import dagster as dg
from dagster._core.definitions.assets.graph.asset_graph import AssetGraph
from dagster._core.definitions.data_version import CachingStaleStatusResolver
from dagster._core.loader import LoadingContextForTest
from dagster._core.storage.partition_status_cache import get_and_update_asset_status_cache_value

from cowrie_assets.history.prune import LOG_TAG

_STATUS = ("materialized", "failed", "in_progress")


def shown(instance: dg.DagsterInstance, definitions: dg.Definitions, stale_of: Sequence[str] = ()) -> dict[str, Any]:
    """The state of every asset, partition and check, as the pages would tell it from the storage alone.

    `stale_of` names partitions of which it is told as well whether they are up to date, and why not.
    """
    graph = definitions.resolve_asset_graph()
    found: dict[str, Any] = {}
    for key in graph.get_all_asset_keys():
        name, node = key.to_user_string(), graph.get(key)
        found[f"{name} asset"] = [
            (each.asset_entry.last_run_id, each.asset_entry.last_materialization)
            for each in instance.get_asset_records([key])
        ]
        found[f"{name} materializations"] = _latest(instance, key, dg.DagsterEventType.ASSET_MATERIALIZATION)
        observations = instance.fetch_observations(key, limit=1).records
        found[f"{name} observation"] = [each.event_log_entry for each in observations]
        if node.partitions_def is not None:
            found[f"{name} cached"] = _status(instance, key, node.partitions_def)
            instance.event_log_storage.wipe_asset_cached_status(key)
            found[f"{name} status"] = _status(instance, key, node.partitions_def)
        else:
            found[f"{name} latest"] = instance.get_latest_materialization_event(key)
    checks = list(graph.asset_check_keys)
    storage = instance.event_log_storage
    found["checks"] = storage.get_latest_asset_check_execution_by_key(checks)
    found["check results"] = storage.get_asset_check_summary_records(checks)
    found["stale"] = _stale(instance, graph, stale_of)
    return found


def _latest(instance: dg.DagsterInstance, key: dg.AssetKey, kind: dg.DagsterEventType) -> dict[str, Any]:
    """The latest event of each partition, with its metadata, and the run it names, but for the tag of a removed log."""
    ids = list(instance.event_log_storage.get_latest_storage_id_by_partition(key, kind).values())
    found = {}
    for start in range(0, len(ids), 200):
        wanted = dg.AssetRecordsFilter(key, storage_ids=ids[start : start + 200])
        for record in instance.fetch_materializations(wanted, limit=200).records:
            run = instance.get_run_by_id(record.run_id) if record.run_id else None
            found[str(record.partition_key)] = (record, run and (run.status, _tags(run), run.job_name))
    return found


def _tags(run: dg.DagsterRun) -> dict[str, str]:
    return {name: value for name, value in run.tags.items() if name != LOG_TAG}


def _status(instance: dg.DagsterInstance, key: dg.AssetKey, partitions: dg.PartitionsDefinition) -> dict[str, set[str]]:
    value = get_and_update_asset_status_cache_value(instance, key, partitions)
    if value is None:
        return {}
    subsets = (
        value.deserialize_materialized_partition_subsets(partitions),
        value.deserialize_failed_partition_subsets(partitions),
        value.deserialize_in_progress_partition_subsets(partitions),
    )
    return {name: set(subset.get_partition_keys()) for name, subset in zip(_STATUS, subsets, strict=True)}


def _stale(instance: dg.DagsterInstance, graph: AssetGraph, partitions: Sequence[str]) -> dict[tuple[str, str], Any]:
    resolver = CachingStaleStatusResolver(instance, graph, LoadingContextForTest(instance))
    return {
        (key.to_user_string(), partition): (
            resolver.get_status(key, partition),
            [(cause.category, cause.reason) for cause in resolver.get_stale_causes(key, partition)],
        )
        for key in graph.materializable_asset_keys
        if graph.get(key).is_partitioned
        for partition in partitions
    }
