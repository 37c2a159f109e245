"""The reports of a day, an ISO week, a month, written as files from the summaries.

Each is written from the summaries as they stand. Where these change later (an event of an old day came in, a session
went on behind midnight), the sensor `stale_reports` has it written anew. The dependencies say what a report is read
from; they never hold one up.
"""

from collections.abc import Iterable

import dagster as dg

from cowrie_assets.defs.assets.summaries import SUMMARY_NAMES
from cowrie_assets.defs.describe import OWNERS, WRITER_POOL
from cowrie_assets.defs.figures import Metadata, report_figures
from cowrie_assets.defs.made_by import code_version
from cowrie_assets.defs.materialize import PASSING_FAULTS, each_partition, faults_named
from cowrie_assets.defs.partitions import DAYS_A_RUN, PARTITIONS, period_of_key
from cowrie_assets.defs.resources import SettingsResource, WarehouseResource
from cowrie_assets.operations.positions import MadeFrom, made_from_reports
from cowrie_assets.operations.reporting import reporting
from cowrie_assets.progress import Tell
from cowrie_assets.reports.files import WrittenReport, sentence_of
from cowrie_assets.reports.links import report_url
from cowrie_assets.reports.periods import ReportType

_WHAT: dict[ReportType, str] = {
    "daily": "day",
    "weekly": "ISO week (Monday to Sunday)",
    "monthly": "month",
}


def _report(report_type: ReportType) -> dg.AssetsDefinition:
    @dg.asset(
        name=f"{report_type}_report",
        description=(
            f"The report of one {_WHAT[report_type]} of UTC: what happened, what is new, what to look at, for all "
            "sensors together and for each of them. As a page to read (HTML), as text for mail and as JSON, below "
            f"COWRIE_REPORT_DIR/{report_type}. Written anew whenever its numbers change."
        ),
        deps=[dg.AssetDep(summary, partition_mapping=_mapping(report_type)) for summary in SUMMARY_NAMES],
        partitions_def=PARTITIONS[report_type],
        backfill_policy=DAYS_A_RUN,
        group_name="reports",
        kinds={"html", "json"},
        owners=OWNERS,
        tags={"layer": "report"},
        code_version=code_version(f"{report_type}_report"),
        pool=WRITER_POOL,
        retry_policy=PASSING_FAULTS,
    )
    def report(
        context: dg.AssetExecutionContext, warehouse: WarehouseResource, settings: SettingsResource
    ) -> dg.MaterializeResult[None]:
        chosen, written = settings.read(), list[WrittenReport]()
        many = len(context.partition_keys)
        with faults_named(), warehouse.open() as database, reporting(database, chosen, periods=many) as write:

            def one_period(key: str, tell: Tell) -> Metadata:
                period = period_of_key(report_type, key)
                reports = write(period, tell)
                written.extend(reports)
                return report_figures(reports, report_url(chosen, period))

            def made_from(keys: Iterable[str]) -> MadeFrom:
                with database.read() as connection:
                    return made_from_reports(connection, {key: period_of_key(report_type, key) for key in keys})

            done = each_partition(context, one_period, made_from)
        context.log.info(sentence_of(written))
        return done

    return report


def _mapping(report_type: ReportType) -> dg.PartitionMapping:
    """A day reads its own day; a week or month its days, some of which may be no partitions yet, or no more."""
    return dg.TimeWindowPartitionMapping(allow_nonexistent_upstream_partitions=report_type != "daily")


daily_report = _report("daily")
weekly_report = _report("weekly")
monthly_report = _report("monthly")
