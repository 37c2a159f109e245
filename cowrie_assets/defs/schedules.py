"""What happens by the clock (UTC): the day, the week and the month just ended are closed; every night what changed is
checked, once a week everything.

The sensors do the same work as logs come in. The schedules make sure that a day without a single event has its report
too, and that the last report of a period says that it is complete.
"""

from collections.abc import Mapping
from datetime import timedelta

import dagster as dg

from cowrie_assets.archives.places import open_place
from cowrie_assets.archives.settings import AFTER_VARIABLE
from cowrie_assets.backups.settings import DIRECTORY_VARIABLE
from cowrie_assets.defs.assets.enrichment import OFF
from cowrie_assets.defs.backup import warehouse_backup
from cowrie_assets.defs.history import prune_history
from cowrie_assets.defs.jobs import REPORT_JOBS, archive_days, examine_downloads, ingest, validate
from cowrie_assets.defs.log_proof import proof_of_logs
from cowrie_assets.defs.maintenance import warehouse_maintenance
from cowrie_assets.defs.partitions import key_of, partition_day
from cowrie_assets.defs.resources import WarehouseResource, configured, usable_settings
from cowrie_assets.defs.sensors.requests import ranges, run_over
from cowrie_assets.defs.ticks import failing_in_one_line
from cowrie_assets.defs.validation import validate_changed, validate_every_row
from cowrie_assets.enrichment.download_folders import download_folders
from cowrie_assets.operations.archive import due_days
from cowrie_assets.reports.periods import ReportType, period_of

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


@dg.schedule(
    job=proof_of_logs,
    cron_schedule="30 2 * * *",
    execution_timezone="UTC",
    default_status=_RUNNING,
    description="At 02:30 UTC: each log that was closed since is read once against its whole content.",
)
@failing_in_one_line()
def prove_closed_logs() -> dg.RunRequest:
    usable_settings()
    return dg.RunRequest()


@dg.schedule(
    job=validate_changed,
    cron_schedule="30 3 * * 1-6",
    execution_timezone="UTC",
    default_status=_RUNNING,
    description="At 03:30 UTC, but on Sundays: the days and reports that changed since they were found right.",
)
@failing_in_one_line()
def check_what_changed() -> dg.RunRequest:
    usable_settings()
    return dg.RunRequest()


@dg.schedule(
    job=validate,
    cron_schedule="30 3 * * 0",
    execution_timezone="UTC",
    default_status=_RUNNING,
    description="On Sundays at 03:30 UTC: every asset check over all rows of all days.",
)
@failing_in_one_line()
def check_everything() -> dg.RunRequest:
    usable_settings()
    return dg.RunRequest()


@dg.schedule(
    job=validate_every_row,
    cron_schedule="0 4 * * 0",
    execution_timezone="UTC",
    default_status=_RUNNING,
    description="On Sundays at 04:00 UTC: each event against its JSON, the summaries computed anew, every report.",
)
@failing_in_one_line()
def check_every_stored_row() -> dg.RunRequest:
    usable_settings()
    return dg.RunRequest()


@dg.schedule(
    job=prune_history,
    cron_schedule="30 4 * * *",
    execution_timezone="UTC",
    default_status=_RUNNING,
    description="At 04:30 UTC: old runs, logs and events that no page shows are removed from Dagster's history.",
)
@failing_in_one_line()
def keep_history_small() -> dg.RunRequest:
    usable_settings()
    return dg.RunRequest()


@dg.schedule(
    job=warehouse_maintenance,
    cron_schedule="30 6 * * 0",
    execution_timezone="UTC",
    default_status=_RUNNING,
    description="On Sundays at 06:30 UTC: free space of the database goes back, PostgreSQL's tables are vacuumed.",
)
@failing_in_one_line()
def maintain_warehouse() -> dg.RunRequest:
    usable_settings()
    return dg.RunRequest(tags={"dagster/priority": "-2"})


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


@failing_in_one_line()
def _request_backup(_: dg.ScheduleEvaluationContext) -> dg.RunRequest:
    usable_settings()
    return dg.RunRequest()


def _backup(environment: Mapping[str, str]) -> dg.ScheduleDefinition:
    return dg.ScheduleDefinition(
        name="back_up_warehouse",
        job=warehouse_backup,
        cron_schedule="30 1 * * *",
        execution_timezone="UTC",
        default_status=_RUNNING if environment.get(DIRECTORY_VARIABLE) else dg.DefaultScheduleStatus.STOPPED,
        description="At 01:30 UTC, where COWRIE_BACKUP_DIR is set: a backup of the warehouse; older ones go.",
        execution_fn=_request_backup,
    )


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
        prove_closed_logs,
        check_what_changed,
        check_everything,
        check_every_stored_row,
        keep_history_small,
        maintain_warehouse,
        look_at_downloads,
        _backup(environment),
        _archive(environment),
    ]
