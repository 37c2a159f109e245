"""Celery's app of a worker, as `dagster.yaml` of DAGSTER_HOME has it."""

import dagster as dg
from celery import Celery
from kombu.transport.redis import QoS

from cowrie_assets.errors import SettingsError
from cowrie_assets.orchestration.workers.launcher import WorkerRunLauncher


def app_of() -> Celery:
    """The app whose tasks are runs. Raises SettingsError where no run would come to it."""
    with dg.DagsterInstance.get() as instance:
        launcher = instance.run_launcher
        if not isinstance(launcher, WorkerRunLauncher):
            raise SettingsError(
                f"dagster.yaml has {type(launcher).__name__} start runs, so none comes to a worker: "
                "deploy/celery/dagster.yaml has the launcher that hands them out"
            )
        # Kombu (5.7.0) would give messages back over the connection to Redis that it lost, and the fault of that ends
        # the worker. A message that nobody took is sent again by the launcher.
        QoS.restore_at_shutdown = False
        launcher.heartbeats.prepare()
        return launcher.celery
