"""Celery's app of a worker, as `dagster.yaml` of DAGSTER_HOME has it."""

from celery import Celery
from kombu.transport import redis

from cowrie_assets.errors import SettingsError
from cowrie_assets.orchestration.instance import explained, open_instance
from cowrie_assets.orchestration.workers.launcher import WorkerRunLauncher


def app_of(home: str) -> Celery:
    """The app whose tasks are runs, for the value of DAGSTER_HOME. Raises InstanceError, and SettingsError where no run
    would come to it."""
    with open_instance(home) as instance:
        with explained(home):
            launcher = instance.run_launcher
        if not isinstance(launcher, WorkerRunLauncher):
            raise SettingsError(
                f"dagster.yaml has {type(launcher).__name__} start runs, so none comes to a worker: "
                "deploy/celery/dagster.yaml has the launcher that hands them out"
            )
        launcher.require_transport()
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
