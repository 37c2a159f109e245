"""The code location: everything that Dagster knows of this project."""

import dagster as dg

from cowrie_assets.defs.assets import ASSETS
from cowrie_assets.defs.checks import CHECK_ASSETS
from cowrie_assets.defs.jobs import JOBS
from cowrie_assets.defs.resources import from_environment
from cowrie_assets.defs.schedules import SCHEDULES
from cowrie_assets.defs.sensors import SENSORS

defs = dg.Definitions(
    assets=ASSETS,
    asset_checks=CHECK_ASSETS,
    jobs=JOBS,
    schedules=SCHEDULES,
    sensors=SENSORS,
    resources=from_environment(),
    executor=dg.in_process_executor,
)
