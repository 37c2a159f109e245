"""Celery's app of a worker, as `dagster.yaml` of DAGSTER_HOME has it: `celery --app` of `cowrie-assets worker`."""

import dagster as dg
from celery import Celery

from cowrie_assets.errors import SettingsError
from cowrie_assets.orchestration.workers.launcher import WorkerRunLauncher


def _app() -> Celery:
    with dg.DagsterInstance.get() as instance:
        launcher = instance.run_launcher
        if not isinstance(launcher, WorkerRunLauncher):
            raise SettingsError(f"dagster.yaml has {type(launcher).__name__} start runs: no run will come to a worker")
        launcher.heartbeats.prepare()
        return launcher.celery


app = _app()
