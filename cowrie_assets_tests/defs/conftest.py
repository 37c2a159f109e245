"""A honeypot of the test's own: a folder of logs, an empty warehouse, and Dagster over both, in this process."""

import json
import os
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from functools import cached_property
from pathlib import Path
from typing import Any

import dagster as dg
import pytest

from cowrie_assets.defs.build import build_defs
from cowrie_assets.defs.resources import SettingsResource, WarehouseResource
from cowrie_assets.defs.ticks import TickFailed
from cowrie_assets.warehouse.engine import Warehouse
from cowrie_assets_tests.dagster_migrations import read_once
from cowrie_assets_tests.databases import Databases

read_once()


def event(moment: datetime, session: str, kind: str, **fields: Any) -> dict[str, Any]:
    """An event as Cowrie writes it."""
    return {
        "eventid": f"cowrie.{kind}",
        "session": session,
        "protocol": "ssh",
        "src_ip": "192.0.2.7",
        "src_port": 40000,
        "sensor": "hp-1",
        "timestamp": moment.strftime("%Y-%m-%dT%H:%M:%S.%fZ"),
        "message": kind,
        **fields,
    }


def session_events(start: datetime, session: str, seconds: float = 4) -> list[dict[str, Any]]:
    """A whole session: connect, login, a command, closed."""
    quarter = timedelta(seconds=seconds / 3)
    return [
        event(start, session, "session.connect"),
        event(start + quarter, session, "login.success", username="root", password="admin"),
        event(start + 2 * quarter, session, "command.input", input="uname -a"),
        event(start + 3 * quarter, session, "session.closed", duration_ms=int(seconds * 1000)),
    ]


@dataclass
class Honeypot:
    """Logs, warehouse, reports, and a Dagster instance that forgets."""

    folder: Path
    instance: dg.DagsterInstance
    cursors: dict[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        (self.folder / "logs" / "hp-1").mkdir(parents=True)
        self.log_root = self.folder / "logs"
        self.url = f"sqlite:///{self.folder / 'warehouse.db'}"
        self.reports = self.folder / "reports"

    @cached_property
    def definitions(self) -> dg.Definitions:
        """The project's definitions over this honeypot's folders, as they are when first used."""
        return build_defs(os.environ, resources=self.resources)

    @property
    def resources(self) -> dict[str, Any]:
        folders = {"log_root": self.log_root, "report_dir": self.reports}
        return {
            "warehouse": WarehouseResource(database_url=self.url, report_dir=str(self.reports)),
            "settings": SettingsResource(**{name: str(folder) for name, folder in folders.items()}),
        }

    def warehouse(self) -> Warehouse:
        return Warehouse.open(self.url)

    def log(self, name: str, *events: dict[str, Any], sensor: str = "hp-1") -> Path:
        """Append events to a log."""
        path = self.log_root / sensor / name
        path.parent.mkdir(exist_ok=True)
        with path.open("a") as file:
            file.writelines(json.dumps(each) + "\n" for each in events)
        return path

    def run(
        self, job: str, first: str | date, last: str | date | None = None, config: dict[str, Any] | None = None
    ) -> dg.ExecuteInProcessResult:
        """Run a job over a partition, or over a range of them; failing is a result, not an exception."""
        keys = {"dagster/partition": str(first)}
        if last is not None:
            keys = {"dagster/asset_partition_range_start": str(first), "dagster/asset_partition_range_end": str(last)}
        return self.execute(job, keys, config)

    def everything_kept(self) -> str:
        """Whatever Dagster keeps of every run: its configuration, its tags, each event with its errors and metadata."""
        runs = self.instance.get_runs()
        events = [entry for run in runs for entry in self.instance.all_logs(run.run_id)]
        return "\n".join(dg.serialize_value(each) for each in (*runs, *events))

    def execute(
        self,
        job: str,
        tags: dict[str, str],
        config: dict[str, Any] | None = None,
        asset_selection: Sequence[str] | None = None,
    ) -> dg.ExecuteInProcessResult:
        keys = None if asset_selection is None else [dg.AssetKey(name) for name in asset_selection]
        return self.definitions.resolve_job_def(job).execute_in_process(
            instance=self.instance, tags=tags, run_config=config, raise_on_error=False, asset_selection=keys
        )

    def tick(self, name: str) -> Any:
        """Let a sensor look; its cursor is kept, as the daemon does."""
        repository = self.definitions.get_repository_def()
        context = dg.build_sensor_context(
            instance=self.instance,
            cursor=self.cursors.get(name),
            repository_def=repository,
            sensor_name=name,
            resources=self.resources,
        )
        data = repository.get_sensor_def(name).evaluate_tick(context)
        if data.cursor is not None:
            self.cursors[name] = data.cursor
        return data

    def fault(self, name: str) -> str:
        """Let a sensor look that cannot do its work; gives what its failed tick says, which is one line."""
        with pytest.raises(TickFailed) as failed:
            self.tick(name)
        (error,) = failed.value.user_code_process_error_infos
        assert (error.stack, error.cause) == ([], None)
        (line,) = error.message.splitlines()
        return line

    def follow(self, name: str) -> list[tuple[str, str, str]]:
        """Let a sensor look, run all it asks for; gives (job, first key, last key) of each run."""
        asked = []
        for request in self.tick(name).run_requests or ():
            job = request.job_name or "ingest"
            result = self.execute(job, dict(request.tags), dict(request.run_config))
            assert result.success
            asked.append((job, *keys_of(request.tags)))
        return asked

    def materialized(self, asset: str) -> set[str]:
        """The partitions that Dagster shows as materialized."""
        return self.instance.get_materialized_partitions(dg.AssetKey(asset))

    def metadata(self, asset: str, key: str) -> dict[str, Any]:
        """What is shown with a partition's latest materialization: plain values, tables as lists of rows."""
        (record,) = self.instance.fetch_materializations(
            dg.AssetRecordsFilter(dg.AssetKey(asset), asset_partitions=[key]), limit=1
        ).records
        assert record.asset_materialization is not None
        return {name: _plain(value) for name, value in record.asset_materialization.metadata.items()}

    def report(self, kind: str, period: str, sensor: str = "aggregate") -> dict[str, Any]:
        """A written report."""
        document: dict[str, Any] = json.loads((self.reports / kind / period / f"{sensor}.json").read_text())
        return document


def keys_of(tags: Any) -> tuple[str, str]:
    """The first and the last partition key of a run."""
    key = tags.get("dagster/partition")
    return (
        tags.get("dagster/asset_partition_range_start", key),
        tags.get("dagster/asset_partition_range_end", key),
    )


def _plain(value: dg.MetadataValue[Any]) -> Any:
    return [dict(record.data) for record in value.records] if isinstance(value, dg.TableMetadataValue) else value.value


@pytest.fixture
def honeypot(tmp_path: Path, databases: Databases) -> Honeypot:
    databases.sqlite.new(tmp_path / "warehouse.db")
    return Honeypot(tmp_path, dg.DagsterInstance.ephemeral())
