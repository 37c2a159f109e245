"""The definitions under an environment: `build_defs` lays over them what depends on it.

The other modules here are definitions as they are anywhere, and read no variable as they are imported, with one
exception: partitions begin on `COWRIE_FIRST_DAY` (see `defs/partitions.py`).
"""

from collections.abc import Mapping

import dagster as dg

from cowrie_assets.defs.assets import ASSETS
from cowrie_assets.defs.checks import CHECK_ASSETS
from cowrie_assets.defs.jobs import JOBS
from cowrie_assets.defs.made_by import linked
from cowrie_assets.defs.partitions import in_runs
from cowrie_assets.defs.places import placed
from cowrie_assets.defs.resources import Resources, resources_of
from cowrie_assets.defs.schedules import schedules_of
from cowrie_assets.defs.sensors import sensors_of


def build_defs(environment: Mapping[str, str], *, resources: Resources | None = None) -> dg.Definitions:
    """Everything that Dagster knows of this project, as the variables of `environment` have it.

    They say which resources are set by a variable, which sensors run by default, and what pages show of where things
    lie. They may hold anything: a value that cannot be used is told by each tick and run. These read their own
    process' environment when they begin; `resources` names other folders and another database for a variant.
    """
    placed_assets = dg.map_asset_specs(lambda spec: placed(linked(spec), environment), ASSETS)
    return dg.Definitions(
        assets=dg.with_source_code_references(in_runs(placed_assets, environment)),
        asset_checks=CHECK_ASSETS,
        jobs=JOBS,
        schedules=schedules_of(environment),
        sensors=sensors_of(environment),
        resources=resources_of(environment) if resources is None else resources,
        executor=dg.in_process_executor,
    )
