"""Which failed runs a worker has Dagster try again."""

import sys

import dagster as dg
import pytest
from dagster._core.events import JobFailureData, RunFailureReason
from dagster._core.execution.plan.objects import StepFailureData
from dagster._utils.error import serializable_error_info_from_exc_info
from sqlalchemy.exc import OperationalError

from cowrie_assets.orchestration.workers.execution import try_again_where_history_was_lost


@pytest.mark.parametrize(
    ("error", "again"),
    [
        (OperationalError("INSERT INTO event_logs ...", {}, Exception("server closed the connection")), True),
        (dg.Failure("the disk is full", allow_retries=False), False),
    ],
)
def test_a_run_whose_history_was_lost_is_tried_again(error: Exception, again: bool) -> None:
    """An error that is Dagster's own fails the step as it is; what a step's code raises comes in a wrapper."""
    try:
        raise error
    except (OperationalError, dg.Failure):
        told = StepFailureData(serializable_error_info_from_exc_info(sys.exc_info()), None)
    settings = {"run_retries": {"enabled": True, "max_retries": 2, "retry_on_asset_or_op_failure": False}}
    with dg.instance_for_test(overrides=settings) as instance:
        run = instance.add_run(dg.DagsterRun(job_name="ingest", status=dg.DagsterRunStatus.STARTED))
        event = dg.DagsterEvent("STEP_FAILURE", "ingest", step_key="days", event_specific_data=told)
        try_again_where_history_was_lost(instance, run.run_id, event)
        of_steps = JobFailureData(error=None, failure_reason=RunFailureReason.STEP_FAILURE)
        instance.report_run_failed(run, "Steps failed: ['days'].", of_steps)
        failed = instance.get_run_by_id(run.run_id)
        assert failed is not None
        assert failed.tags["dagster/will_retry"] == str(again).lower()
