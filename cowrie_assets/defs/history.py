"""The job that keeps Dagster's own history small."""

import dagster as dg

from cowrie_assets.amounts import counted
from cowrie_assets.defs.materialize import faults_named, log_progress
from cowrie_assets.defs.resources import SettingsResource
from cowrie_assets.history.prune import prune
from cowrie_assets.printable import shown

_MB = 1_000_000


@dg.op(description="Removes what is older than COWRIE_HISTORY_DAYS and says nothing of how a partition stands.")
def prune_old_runs(context: dg.OpExecutionContext, settings: SettingsResource) -> None:
    with faults_named():
        days = settings.read().history_days
        pruned = prune(context.instance, days, progress=log_progress(context))
    for warning in pruned.warnings:
        context.log.warning(shown(warning))
    context.log.info(
        f"{counted(pruned.runs, 'run')} older than {counted(days, 'day')} removed, the logs of {pruned.step_logs:,}"
        f" more and {counted(pruned.events, 'event')}; the history took {pruned.before.total / _MB:,.1f} MB, now"
        f" {pruned.after.total / _MB:,.1f} MB"
    )
    context.add_output_metadata(
        {
            "bytes_before": pruned.before.total,
            "bytes_after": pruned.after.total,
            "runs_removed": pruned.runs,
            "logs_removed": pruned.step_logs,
            "events_removed": pruned.events,
        }
    )


@dg.job(description="Keep Dagster's history small: remove old runs, logs and events that no page shows.")
def prune_history() -> None:
    prune_old_runs()
