"""Sensors of what can be switched on: where it is off they are off too, and no tick says so every minute.

Dagster keeps what somebody chose in the UI, and only that: a sensor that nobody touched follows its default, so it
starts with the first start under settings that switch it on, and stops with the first that do not.
"""

from collections.abc import Callable, Iterable, Mapping
from typing import Any

import dagster as dg

BuildSensor = Callable[[Mapping[str, str]], dg.SensorDefinition]
"""Makes a sensor under an environment."""


def switched_sensor(switched_on_by: Iterable[str], **of_sensor: Any) -> Callable[[Callable[..., Any]], BuildSensor]:  # noqa: ANN401  (as dg.sensor)
    """`dg.sensor` with a default that follows the environment: running where one of the variables `switched_on_by` is
    set, whatever to."""
    variables = tuple(switched_on_by)

    def decorate(evaluate: Callable[..., Any]) -> BuildSensor:
        def build(environment: Mapping[str, str]) -> dg.SensorDefinition:
            is_on = any(environment.get(name) for name in variables)
            status = dg.DefaultSensorStatus.RUNNING if is_on else dg.DefaultSensorStatus.STOPPED
            return dg.sensor(default_status=status, **of_sensor)(evaluate)

        return build

    return decorate
