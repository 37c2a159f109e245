"""A job for workers to do: it leaves a mark when it begins, and is short, or long, or lasts until it is
let go, or passes over all interrupts."""

import os
import time
from pathlib import Path
from typing import Literal

import dagster as dg

Kind = Literal["short", "long", "held", "stubborn"]
_LONGEST = 120.0


@dg.op(config_schema={"marks": str, "kind": str}, retry_policy=dg.RetryPolicy(max_retries=2, delay=10))
def work(context: dg.OpExecutionContext) -> None:
    """Tried again where it is interrupted, as the steps of the real jobs are."""
    marks = Path(context.op_config["marks"])
    (marks / f"{context.run_id}.{os.getpid()}.{time.monotonic_ns()}").touch()
    deadline = time.monotonic() + (0 if context.op_config["kind"] == "short" else _LONGEST)
    while time.monotonic() < deadline and not (marks / f"let_go.{context.run_id}").exists():
        try:
            time.sleep(0.05)
        except BaseException:
            if context.op_config["kind"] != "stubborn":
                raise


@dg.job(executor_def=dg.in_process_executor)
def worked() -> None:
    work()
