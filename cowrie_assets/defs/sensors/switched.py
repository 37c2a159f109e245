"""Sensors of what can be switched on: where it is off they are off too, and no tick says so every minute.

Dagster keeps what somebody chose in the UI, and only that: a sensor that nobody touched follows its default, so it
starts with the first start under settings that switch it on, and stops with the first that do not.
"""

import os
from collections.abc import Iterable

import dagster as dg


def running_where_set(variables: Iterable[str]) -> dg.DefaultSensorStatus:
    """Whether a sensor runs by default: where one of the environment's `variables` is set, whatever to."""
    is_on = any(os.environ.get(name) for name in variables)
    return dg.DefaultSensorStatus.RUNNING if is_on else dg.DefaultSensorStatus.STOPPED
