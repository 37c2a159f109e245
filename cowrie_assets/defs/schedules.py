"""What happens by the clock (UTC): the day, the week and the month just ended are closed; every night what changed is
checked, once a week everything.

The sensors do the same work as logs come in. The schedules make sure that a day without a single event has its report
too, and that the last report of a period says that it is complete.
"""

from collections.abc import Mapping
from datetime import timedelta
from typing import TYPE_CHECKING

import dagster as dg

from cowrie_assets.archives.places import open_place
from cowrie_assets.archives.settings import AFTER_VARIABLE
from cowrie_assets.backups.settings import DIRECTORY_VARIABLE
from cowrie_assets.campaigns.update import are_current
from cowrie_assets.defs.assets.enrichment import OFF
from cowrie_assets.defs.backup import warehouse_backup
from cowrie_assets.defs.history import prune_history
from cowrie_assets.defs.jobs import (
    REPORT_JOBS,
    archive_days,
    examine_downloads,
    ingest,
    put_campaigns_together,
    share_indicators,
    validate,
)
from cowrie_assets.defs.log_proof import proof_of_logs
from cowrie_assets.defs.maintenance import warehouse_maintenance
from cowrie_assets.defs.partitions import key_of, partition_day
from cowrie_assets.defs.privacy import privacy
from cowrie_assets.defs.resources import WarehouseResource, configured, usable_settings
from cowrie_assets.defs.sensors.requests import ranges, run_over
from cowrie_assets.defs.ticks import failing_in_one_line
from cowrie_assets.defs.validation import validate_changed, validate_every_row
from cowrie_assets.enrichment.download_folders import download_folders
from cowrie_assets.operations.archive import due_days
from cowrie_assets.reports.periods import ReportType, period_of
from cowrie_assets.reports.rare_versions import waiting
from cowrie_assets.settings import ADDRESSES_DAYS, PASSWORDS_DAYS

if TYPE_CHECKING:
    from dagster._core.definitions.unresolved_asset_job_definition import UnresolvedAssetJobDefinition

_RUNNING = dg.DefaultScheduleStatus.RUNNING


@dg.schedule(
    job=ingest,
    cron_schedule="15 0 * * *",
    execution_timezone="UTC",
    default_status=_RUNNING,
    description="At 00:15 UTC: read, sum up and report the day just ended, also where it brought nothing.",
)
@failing_in_one_line()
def close_day(context: dg.ScheduleEvaluationContext) -> dg.RunRequest:
    return _request_ended(context, "daily")


@dg.schedule(
    job=REPORT_JOBS["weekly"],
    cron_schedule="45 0 * * 1",
    execution_timezone="UTC",
    default_status=_RUNNING,
    description="On Mondays at 00:45 UTC: the report of the ISO week just ended.",
)
@failing_in_one_line()
def close_week(context: dg.ScheduleEvaluationContext) -> dg.RunRequest:
    return _request_ended(context, "weekly")


@dg.schedule(
    job=REPORT_JOBS["monthly"],
    cron_schedule="45 0 1 * *",
    execution_timezone="UTC",
    default_status=_RUNNING,
    description="On the first of a month at 00:45 UTC: the report of the month just ended.",
)
@failing_in_one_line()
def close_month(context: dg.ScheduleEvaluationContext) -> dg.RunRequest:
    return _request_ended(context, "monthly")


def _runs(
    name: str,
    job: "dg.JobDefinition | UnresolvedAssetJobDefinition",
    cron: str,
    description: str,
    *,
    is_on: bool = True,
    priority: int = 0,
) -> dg.ScheduleDefinition:
    """A schedule that asks for one run of a whole job."""
    tags = {"dagster/priority": str(priority)} if priority else None

    @failing_in_one_line()
    def request(_: dg.ScheduleEvaluationContext) -> dg.RunRequest:
        usable_settings()
        return dg.RunRequest(tags=tags)

    return dg.ScheduleDefinition(
        name=name,
        job=job,
        cron_schedule=cron,
        execution_timezone="UTC",
        default_status=_RUNNING if is_on else dg.DefaultScheduleStatus.STOPPED,
        description=description,
        execution_fn=request,
    )


_WHOLE_JOBS = (
    _runs(
        "prove_closed_logs",
        proof_of_logs,
        "30 2 * * *",
        "At 02:30 UTC: each log that was closed since is read once against its whole content.",
    ),
    _runs(
        "check_what_changed",
        validate_changed,
        "30 3 * * 1-6",
        "At 03:30 UTC, but on Sundays: the days and reports that changed since they were found right.",
    ),
    _runs(
        "check_everything",
        validate,
        "30 3 * * 0",
        "On Sundays at 03:30 UTC: every asset check over all rows of all days.",
    ),
    _runs(
        "check_every_stored_row",
        validate_every_row,
        "0 4 * * 0",
        "On Sundays at 04:00 UTC: each event against its JSON, the summaries computed anew, every report.",
    ),
    _runs(
        "share_what_is_known",
        share_indicators,
        "15 1 * * *",
        "At 01:15 UTC: campaigns, the table of indicators, and the feeds beside the reports.",
        priority=-1,
    ),
    _runs(
        "keep_history_small",
        prune_history,
        "30 4 * * *",
        "At 04:30 UTC: old runs, logs and events that no page shows are removed from Dagster's history.",
    ),
    _runs(
        "maintain_warehouse",
        warehouse_maintenance,
        "30 6 * * 0",
        "On Sundays at 06:30 UTC: free space of the database goes back, PostgreSQL's tables are vacuumed.",
        priority=-2,
    ),
)


@dg.schedule(
    job=examine_downloads,
    cron_schedule="40 * * * *",
    execution_timezone="UTC",
    default_status=_RUNNING,
    description="At 40 minutes past each hour: the files that attackers left since, where a downloads' folder is.",
)
@failing_in_one_line()
def look_at_downloads() -> dg.RunRequest | dg.SkipReason:
    base = usable_settings()
    enrichment = configured().enrichment
    if not enrichment.is_on:
        return dg.SkipReason(OFF)
    if not download_folders(base, enrichment.downloads_dir):
        return dg.SkipReason("there is no downloads' folder")
    return dg.RunRequest(tags={"dagster/priority": "-2"})


@dg.schedule(
    job=put_campaigns_together,
    cron_schedule="5 * * * *",
    execution_timezone="UTC",
    default_status=_RUNNING,
    description="At 5 minutes past each hour: campaigns, where sessions changed since they were put together.",
)
@failing_in_one_line()
def look_for_campaigns(warehouse: WarehouseResource) -> dg.RunRequest | dg.SkipReason:
    usable_settings()
    with warehouse.open() as database, database.read() as connection:
        if are_current(connection) and not waiting(connection):
            return dg.SkipReason("no session changed since")
    return dg.RunRequest(tags={"dagster/priority": "-2"})


def _archive(environment: Mapping[str, str]) -> dg.ScheduleDefinition:
    @dg.schedule(
        name="archive_old_days",
        job=archive_days,
        cron_schedule="30 5 * * *",
        execution_timezone="UTC",
        default_status=_RUNNING if environment.get(AFTER_VARIABLE) else dg.DefaultScheduleStatus.STOPPED,
        description=(
            "At 05:30 UTC, where COWRIE_ARCHIVE_AFTER_DAYS is set: days that are old enough are sealed and archived, "
            "and leave the warehouse where COWRIE_PRUNE_AFTER_DAYS says so; 31 days a night at most."
        ),
    )
    @failing_in_one_line()
    def archive_old_days(
        _: dg.ScheduleEvaluationContext, warehouse: WarehouseResource
    ) -> dg.RunRequest | dg.SkipReason:
        usable_settings()
        settings = configured().archives
        if settings.archive_after is None:
            return dg.SkipReason(f"{AFTER_VARIABLE} is not set")
        with warehouse.open() as database, database.read() as connection:
            due = due_days(connection, settings, open_place(settings))
        stretches = ranges(period_of("daily", partition_day(day)) for day in due)
        return run_over(stretches[0], {"dagster/priority": "-2"}) if stretches else dg.SkipReason("no day is due")

    return archive_old_days


def _request_ended(context: dg.ScheduleEvaluationContext, report_type: ReportType) -> dg.RunRequest:
    """The period that was running a day ago: schedules tick on a period's first day."""
    usable_settings()
    ended = period_of(report_type, (context.scheduled_execution_time - timedelta(days=1)).date())
    return dg.RunRequest(partition_key=key_of(ended))


def schedules_of(environment: Mapping[str, str]) -> list[dg.ScheduleDefinition]:
    """All of them; those of what `environment` does not switch on are stopped unless somebody starts them."""
    return [
        close_day,
        close_week,
        close_month,
        *_WHOLE_JOBS,
        look_at_downloads,
        look_for_campaigns,
        _runs(
            "back_up_warehouse",
            warehouse_backup,
            "30 1 * * *",
            "At 01:30 UTC, where COWRIE_BACKUP_DIR is set: a backup of the warehouse; older ones go.",
            is_on=bool(environment.get(DIRECTORY_VARIABLE)),
        ),
        _archive(environment),
        _runs(
            "treat_old_days",
            privacy,
            "50 5 * * *",
            "At 05:50 UTC, where COWRIE_PRIVACY_PASSWORDS_DAYS or COWRIE_PRIVACY_ADDRESSES_DAYS is set: what is old "
            "enough is hashed or dropped.",
            is_on=bool(environment.get(PASSWORDS_DAYS) or environment.get(ADDRESSES_DAYS)),
            priority=-2,
        ),
    ]
