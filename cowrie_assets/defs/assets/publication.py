"""What is published of the reports: an asset of its own, for it lies on another machine.

A run never fails because the server is down: what waits, waits in the warehouse with its reason, the check says so,
and the sensor `unpublished_reports` asks again. It holds no place in the writers' queue while it talks to the network.
"""

from contextlib import closing

import dagster as dg

from cowrie_assets.amounts import counted
from cowrie_assets.clock import from_us, iso_us, now_us
from cowrie_assets.defs.assets.reports import daily_report, monthly_report, weekly_report
from cowrie_assets.defs.describe import OWNERS
from cowrie_assets.defs.figures import Metadata
from cowrie_assets.defs.made_by import code_version
from cowrie_assets.defs.materialize import PASSING_FAULTS, faults_named, log_progress
from cowrie_assets.defs.resources import SettingsResource, WarehouseResource, configured
from cowrie_assets.printable import shown
from cowrie_assets.publishing.connecting import connect
from cowrie_assets.publishing.destination import OFF, Product
from cowrie_assets.publishing.publication import PublicationResult, publish_pending
from cowrie_assets.publishing.status import PeriodState, backlog, period_states
from cowrie_assets.warehouse.engine import Warehouse

PUBLISHER_POOL = "publisher"
_SHOWN_PERIODS = 40
_COLUMNS = ("period", "report", "state", "documents", "published_at", "reason", "next_attempt_at")


@dg.asset(
    description=(
        "The reports in Elasticsearch or OpenSearch: every written report once, under a name that stays the same, and "
        "again whenever it is written anew. What the server did not confirm waits and is tried again. Off while "
        "neither COWRIE_ELASTICSEARCH_URL nor COWRIE_OPENSEARCH_URL is set."
    ),
    deps=[daily_report, weekly_report, monthly_report],
    group_name="reports",
    owners=OWNERS,
    tags={"layer": "publication"},
    code_version=code_version("report_publication"),
    pool=PUBLISHER_POOL,
    retry_policy=PASSING_FAULTS,
)
def report_publication(
    context: dg.AssetExecutionContext, warehouse: WarehouseResource, settings: SettingsResource
) -> dg.MaterializeResult[None]:
    with faults_named():
        destination = configured().publishing
        if destination is None:
            context.log.info(OFF)
            return dg.MaterializeResult(metadata={"destination": OFF})
        with closing(connect(destination)) as server, warehouse.open() as database:
            result = publish_pending(database, settings.read(), server, progress=log_progress(context))
            figures = _figures(database, destination.product, result)
    if result.error is not None:
        context.log.warning(f"Publishing stopped: {shown(result.error)}. What is left is tried again.")
    for key, reason in result.refused.items():
        context.log.warning(f"Refused: {key.report_type} {key.period} {shown(key.sensor)}: {shown(reason)}")
    context.log.info(shown(result.sentence))
    return dg.MaterializeResult(metadata={"destination": destination.label, **figures})


def _figures(database: Warehouse, product: Product, result: PublicationResult) -> Metadata:
    with database.read() as connection:
        states = period_states(connection, product)
    reports = {name: sum(state.state == name for state in states) for name in ("published", "pending", "failed")}
    reason = {"stopped_by": shown(result.error)} if result.error is not None else {}
    return {
        "documents_published": result.published,
        "documents_refused": len(result.refused),
        **{f"reports_{name}": number for name, number in reports.items()},
        **reason,
        "newest_periods": _table(states[:_SHOWN_PERIODS]),
    }


def _table(states: list[PeriodState]) -> dg.TableMetadataValue:
    types = {"documents": "int"}
    schema = dg.TableSchema([dg.TableColumn(name, types.get(name, "string")) for name in _COLUMNS])
    return dg.MetadataValue.table([dg.TableRecord(_row(state)) for state in states], schema)


def _row(state: PeriodState) -> dict[str, str | int | None]:
    return {
        "period": state.period.label,
        "report": state.period.report_type,
        "state": state.state,
        "documents": state.documents,
        "published_at": None if state.published_at is None else iso_us(state.published_at),
        "reason": None if state.error is None else shown(state.error),
        "next_attempt_at": None if state.next_attempt_at is None else iso_us(state.next_attempt_at),
    }


@dg.asset_check(
    asset=report_publication,
    description="The server has confirmed every written report as it was written last.",
    retry_policy=PASSING_FAULTS,
)
def every_report_is_published(warehouse: WarehouseResource) -> dg.AssetCheckResult:
    with faults_named():
        destination = configured().publishing
        if destination is None:
            return dg.AssetCheckResult(passed=True, description=OFF)
        with warehouse.open() as database, database.read() as connection:
            waiting = backlog(connection, destination.product, now_us())
            states = [each for each in period_states(connection, destination.product) if each.state != "published"]
    if waiting.oldest is None:
        return dg.AssetCheckResult(passed=True, description="every written report is published")
    since = iso_us(waiting.oldest)
    reports_wait = counted(waiting.reports, "report waits", "reports wait")
    why = f": {shown(waiting.error)}" if waiting.error else ""
    return dg.AssetCheckResult(
        passed=False,
        severity=dg.AssetCheckSeverity.WARN,
        description=f"{reports_wait} to be published, the oldest since {since}{why}",
        metadata={
            "reports": waiting.reports,
            "oldest": dg.MetadataValue.timestamp(from_us(waiting.oldest)),
            "rows": _table(states[:_SHOWN_PERIODS]),
            "to_mend": dg.MetadataValue.text("cowrie-assets publication run"),
            "or_materialize": dg.MetadataValue.text("report_publication"),
        },
    )
