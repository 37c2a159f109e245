"""The looks at logs, clocks and folders as asset checks of `log_files`, and the table of its sensors.

The sensor `health` takes them every minute, without a run. They can be executed by hand as well.
"""

from collections.abc import Iterator, Mapping

import dagster as dg

from cowrie_assets import clock
from cowrie_assets.amounts import age
from cowrie_assets.clock import iso_us
from cowrie_assets.defs.assets.logs import log_files
from cowrie_assets.defs.describe import row_table
from cowrie_assets.defs.resources import SettingsResource, WarehouseResource, configured
from cowrie_assets.health.looks import LOOKS, Health, look_around
from cowrie_assets.health.result import Cell, HealthResult
from cowrie_assets.health.sensor_table import SensorRow
from cowrie_assets.health.watch import Watch
from cowrie_assets.printable import shown

SENSORS_SHOWN = 100
"""Rows of the table of sensors."""

_SPECS = [
    dg.AssetCheckSpec(look.name, asset=log_files.key, description=f"{look.promise[0].upper()}{look.promise[1:]}.")
    for look in LOOKS.values()
]


@dg.multi_asset_check(name="check_log_files", specs=_SPECS, can_subset=True)
def check_log_files(
    context: dg.AssetCheckExecutionContext, warehouse: WarehouseResource, settings: SettingsResource
) -> Iterator[dg.AssetCheckResult]:
    selected = {key.name for key in context.selected_asset_check_keys}
    for result in look_around(environment_of(warehouse, settings), Watch.once(clock.now_us())).results:
        if result.name in selected:
            yield dg.AssetCheckResult(
                passed=result.state == "ok",
                asset_key=log_files.key,
                check_name=result.name,
                severity=_severity(result),
                description=shown(result.summary),
                metadata=_metadata(result),
            )


def environment_of(warehouse: WarehouseResource, settings: SettingsResource) -> dict[str, str]:
    """The environment with what the resources say of it."""
    given = {**settings.environment(), "COWRIE_DATABASE_URL": warehouse.database_url}
    return dict(configured(**given).environment)


def evaluation(result: HealthResult) -> dg.AssetCheckEvaluation:
    """A result as Dagster records it without a run."""
    return dg.AssetCheckEvaluation(
        asset_key=log_files.key,
        check_name=result.name,
        passed=result.state == "ok",
        severity=_severity(result),
        description=shown(result.summary),
        metadata=_metadata(result),
    )


def sensor_table(health: Health) -> dg.TableMetadataValue:
    """Where each sensor stands, a row each, those that are silent first."""
    order = ["silent", "writes", "not judged", "no event", "retired"]
    rows = sorted(health.sensors or (), key=lambda row: (order.index(row.state), row.sensor))
    return row_table([_row(row, health.at) for row in rows[:SENSORS_SHOWN]])


def _row(row: SensorRow, now: int) -> Mapping[str, Cell]:
    return {
        "sensor": row.sensor,
        "state": row.state,
        "newest event": None if row.newest_event_at is None else f"{iso_us(row.newest_event_at)[:19]}Z",
        "its age": None if row.newest_event_at is None else age(now - row.newest_event_at),
        "bytes unread": row.unread_bytes,
        "live log written": None if row.live_log_at is None else f"{age(now - row.live_log_at)} ago",
        "other names": row.names_in_events,
    }


def _severity(result: HealthResult) -> dg.AssetCheckSeverity:
    return dg.AssetCheckSeverity.ERROR if result.state == "error" else dg.AssetCheckSeverity.WARN


def _metadata(result: HealthResult) -> dict[str, dg.TableMetadataValue | dg.TextMetadataValue]:
    found: dict[str, dg.TableMetadataValue | dg.TextMetadataValue] = {}
    if result.examples:
        found["rows"] = row_table(result.examples)
    if result.mend is not None:
        found["to_mend"] = dg.MetadataValue.text(shown(result.mend))
    return found
