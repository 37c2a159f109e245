"""Runs that nothing runs any more: those that Dagster's own monitoring does not see are ended, so that they are tried
again and hold up nothing."""

import json

import dagster as dg

from cowrie_assets.amounts import counted
from cowrie_assets.defs.ticks import failing_in_one_line
from cowrie_assets.orchestration.left_runs import end, hand_out_again, runs_without_process


@dg.sensor(
    minimum_interval_seconds=60,
    default_status=dg.DefaultSensorStatus.RUNNING,
    description=(
        "Ends runs that stand as started, starting or canceling though their process is gone, as after a crash of the "
        "code server with its runs; `run_retries` then tries them again. It starts nothing. The cursor has those that "
        "the tick before found: a run is ended when it is found twice. Where workers do the runs, what none of them "
        "took within a minute is handed out again."
    ),
)
@failing_in_one_line()
def left_runs(context: dg.SensorEvaluationContext) -> dg.SensorResult:
    before = set(json.loads(context.cursor or "[]"))
    found = list(runs_without_process(context.instance, within_code_server=True))
    ended = [run for run in found if run.run_id in before]
    for run in ended:
        end(context.instance, run)
    again = hand_out_again(context.instance)
    waits = sorted(run.run_id for run in found if run.run_id not in before)
    told = [f"ended {counted(len(ended), 'run')} whose process is gone"] if ended else []
    told += [f"handed out {counted(again, 'run')} again that no worker took"] if again else []
    return dg.SensorResult(skip_reason="; ".join(told) or "each run in work has its process", cursor=json.dumps(waits))
