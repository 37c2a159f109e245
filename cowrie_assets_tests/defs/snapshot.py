"""All definitions as one text to read: what Dagster is told, but for words, figures and where things lie.

    .venv/bin/python -m cowrie_assets_tests.defs.snapshot

writes it anew into `definitions.yaml`, where a reviewer reads what a change means.
"""

from collections.abc import Set
from pathlib import Path
from typing import Any

import dagster as dg
import yaml

from cowrie_assets.defs.build import build_defs

FILE = Path(__file__).with_name("definitions.yaml")
COMMAND = ".venv/bin/python -m cowrie_assets_tests.defs.snapshot"

_HEAD = f"# All definitions where no variable is set. Written by {COMMAND}\n"
_CADENCES = {"0 0 * * *": "daily", "0 0 * * 1": "weekly", "0 0 1 * *": "monthly"}


def snapshot() -> str:
    """The definitions as YAML."""
    definitions = build_defs({})
    parts = {
        "assets": _assets(definitions),
        "checks": _checks(definitions),
        "jobs": _jobs(definitions),
        "sensors": _sensors(definitions),
        "schedules": _schedules(definitions),
        "resources": {name: dict(resource) for name, resource in (definitions.resources or {}).items()},
    }
    return _HEAD + "".join(f"\n{_yaml({name: part})}" for name, part in parts.items())


def _yaml(part: dict[str, Any]) -> str:
    return yaml.safe_dump(part, sort_keys=False, default_flow_style=None, width=120)


def _assets(definitions: dg.Definitions) -> dict[str, Any]:
    return {spec.key.to_user_string(): _asset(definitions, spec) for spec in _specs(definitions)}


def _specs(definitions: dg.Definitions) -> list[dg.AssetSpec]:
    """In the order of the graph, what is upstream first."""
    order = definitions.resolve_asset_graph().toposorted_asset_keys
    return sorted(definitions.resolve_all_asset_specs(), key=lambda spec: order.index(spec.key))


def _asset(definitions: dg.Definitions, spec: dg.AssetSpec) -> dict[str, Any]:
    node = definitions.resolve_asset_graph().get(spec.key)
    told: dict[str, Any] = {
        "group": spec.group_name,
        "kinds": sorted(spec.kinds),
        "owners": list(spec.owners),
        "tags": {name: value for name, value in spec.tags.items() if not name.startswith("dagster/kind/")},
        "reads": sorted(dep.asset_key.to_user_string() for dep in spec.deps),
        "reads_where_there": sorted(dep.asset_key.to_user_string() for dep in spec.deps if _is_lenient(dep)),
        "partitions": _partitions(spec.partitions_def),
        "metadata": sorted(spec.metadata),
    }
    if node.is_materializable:
        step = definitions.resolve_assets_def(spec.key).op
        told |= {
            "step": step.name,
            "pool": step.pool,
            "retries": step.retry_policy.max_retries if step.retry_policy else 0,
            "partitions_a_run": node.backfill_policy.max_partitions_per_run if node.backfill_policy else None,
            "freshness": None if spec.freshness_policy is None else repr(spec.freshness_policy),
            "automation": None if spec.automation_condition is None else repr(spec.automation_condition),
        }
    return {name: value for name, value in told.items() if value}


def _is_lenient(dep: dg.AssetDep) -> bool:
    """Whether a partition may be missing upstream, as days of the week in which the first day lies."""
    mapping = dep.partition_mapping
    return isinstance(mapping, dg.TimeWindowPartitionMapping) and mapping.allow_nonexistent_upstream_partitions


def _partitions(partitions: dg.PartitionsDefinition | None) -> str | None:
    if partitions is None:
        return None
    assert isinstance(partitions, dg.TimeWindowPartitionsDefinition)
    running = {0: "", 1: ", the running one included"}[partitions.end_offset]
    return f"{_CADENCES[partitions.cron_schedule]}, {partitions.timezone}{running}"


def _checks(definitions: dg.Definitions) -> dict[str, Any]:
    """By asset: the checks that stop what is downstream when they fail, and those that only tell."""
    told: dict[str, dict[str, list[str]]] = {spec.key.to_user_string(): {} for spec in _specs(definitions)}
    for spec in sorted(_check_specs(definitions), key=lambda spec: spec.name):
        kind = "blocking" if spec.blocking else "telling"
        told[spec.asset_key.to_user_string()].setdefault(kind, []).append(spec.name)
    return {asset: kinds for asset, kinds in told.items() if kinds}


def _check_specs(definitions: dg.Definitions) -> list[dg.AssetCheckSpec]:
    return [spec for definition in definitions.asset_checks or () for spec in definition.check_specs]


def _jobs(definitions: dg.Definitions) -> dict[str, Any]:
    names = sorted(name for name in definitions.get_repository_def().job_names if not name.startswith("__"))
    return {name: _job(definitions, definitions.resolve_job_def(name)) for name in names}


def _job(definitions: dg.Definitions, job: dg.JobDefinition) -> dict[str, Any]:
    graph = job.asset_layer.asset_graph
    assets = [key for key in graph.toposorted_asset_keys if key in graph.executable_asset_keys]
    told = {
        "assets": [key.to_user_string() for key in assets],
        "checks_of": _selected_checks(definitions, graph.asset_check_keys),
        "ops": [] if graph.asset_check_keys or assets else [node.name for node in job.nodes],
        "tags": dict(job.tags),
    }
    return {name: value for name, value in told.items() if value}


def _selected_checks(definitions: dg.Definitions, selected: Set[dg.AssetCheckKey]) -> list[Any]:
    """The assets whose checks are all selected; of an asset with others, the names of those that are."""
    of_asset: dict[str, set[str]] = {}
    for key in selected:
        of_asset.setdefault(key.asset_key.to_user_string(), set()).add(key.name)
    every = {spec.key.to_user_string(): set() for spec in _specs(definitions)}
    for spec in _check_specs(definitions):
        every[spec.asset_key.to_user_string()].add(spec.name)
    return [
        name if of_asset[name] == every[name] else {name: sorted(of_asset[name])} for name in every if name in of_asset
    ]


def _sensors(definitions: dg.Definitions) -> dict[str, Any]:
    return {
        sensor.name: {
            "status": sensor.default_status.value,
            "seconds": sensor.minimum_interval_seconds,
            "jobs": sorted(target.job_name for target in sensor.targets),
        }
        for sensor in sorted(definitions.get_repository_def().sensor_defs, key=lambda sensor: sensor.name)
    }


def _schedules(definitions: dg.Definitions) -> dict[str, Any]:
    return {
        schedule.name: {
            "status": schedule.default_status.value,
            "at": f"{schedule.cron_schedule} {schedule.execution_timezone}",
            "job": schedule.job_name,
        }
        for schedule in sorted(definitions.get_repository_def().schedule_defs, key=lambda schedule: schedule.name)
    }


if __name__ == "__main__":
    FILE.write_text(snapshot(), encoding="utf-8")
