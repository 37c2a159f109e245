"""Celery's app of a worker, as `dagster.yaml` of DAGSTER_HOME has it."""

import dagster as dg
from celery import Celery
from kombu.transport import redis

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
        redis.Channel.QoS = _DeliveriesByRedis
        launcher.heartbeats.prepare()
        return launcher.celery


class _DeliveriesByRedis(redis.QoS):
    """What a worker tells Redis of its messages. Of one that came over a connection that is lost it tells nothing:
    Kombu (5.7.0) tries to when the run has ended, and the AttributeError of that ends the worker with all that it has
    in work. A message that nobody took is sent again by the launcher, and one that is delivered again begins nothing.
    """

    restore_at_shutdown = False

    def ack(self, delivery_tag: str) -> None:
        if self._is_connected:
            super().ack(delivery_tag)  # type: ignore[no-untyped-call]

    def reject(self, delivery_tag: str, requeue: bool = False) -> None:
        if self._is_connected:
            super().reject(delivery_tag, requeue)  # type: ignore[no-untyped-call]

    @property
    def _is_connected(self) -> bool:
        return self.channel.connection is not None
