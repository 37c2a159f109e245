"""What Dagster has on record of the assets: asked in bulk, a few questions an asset, however many partitions it has."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date

import dagster as dg
from dagster._core.definitions.data_version import DATA_VERSION_TAG
from dagster._core.storage.asset_check_execution_record import AssetCheckExecutionRecord
from sqlalchemy import Connection

from cowrie_assets.defs.assets.logs import RAW_EVENTS
from cowrie_assets.operations.positions import MadeFrom, Position, made_from_days


@dataclass(frozen=True, slots=True)
class Records:
    """The partitions of an asset as Dagster has them."""

    made_from: Mapping[str, MadeFrom | None]
    """By partition key: what the latest record was made from; None where it does not say."""
    failed: frozenset[str]
    """The keys that a run set out to make after that, and did not, be it in work or ended."""

    def covers(self, key: str, wanted: Position, warehouse: str) -> bool:
        """Whether the record of a partition was made from what its figures follow from today, in this warehouse."""
        recorded = self.made_from.get(key)
        return recorded is not None and recorded.is_of(key, wanted, warehouse)


def records_of(instance: dg.DagsterInstance, asset_name: str) -> Records:
    """What is on record of an asset's partitions."""
    key, storage = dg.AssetKey(asset_name), instance.event_log_storage
    made = instance.get_materialized_partitions(key)
    versions = storage.get_latest_tags_by_partition(
        key, dg.DagsterEventType.ASSET_MATERIALIZATION, tag_keys=[DATA_VERSION_TAG]
    )
    attempts = storage.get_latest_asset_partition_materialization_attempts_without_materializations(key)
    tags = {partition: versions.get(partition, {}).get(DATA_VERSION_TAG, "") for partition in made}
    return Records(
        {partition: MadeFrom.of_version(version) for partition, version in tags.items()}, frozenset(attempts)
    )


def latest_checks(
    instance: dg.DagsterInstance, keys: Iterable[dg.AssetCheckKey]
) -> Mapping[dg.AssetCheckKey, AssetCheckExecutionRecord]:
    """The latest execution of each check that ever was executed."""
    return instance.event_log_storage.get_latest_asset_check_execution_by_key(list(keys))


def tables_made_from(connection: Connection, tables: Iterable[str], days: Iterable[date]) -> Mapping[str, MadeFrom]:
    """What the figures of `days` of each of `tables` are read from in this snapshot."""
    of_events, of_sessions = made_from_days(connection, days)
    return {table: of_events if table == RAW_EVENTS else of_sessions for table in tables}
