"""A `cowrie-assets ui` of the tests' own, spoken to through GraphQL as a browser does: own home, logs, ports."""

import json
import os
import random
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.error import URLError
from urllib.request import Request, urlopen

import dagster as dg

COWRIE_ASSETS = (sys.executable, "-c", "from cowrie_assets.cli import main; main()")
"""The command line of this checkout."""

STARTED_WITHIN = 600.0
"""Seconds, as all of these only so that nothing waits for ever; an idle machine needs 12 to 23."""


_WORKER = int(os.environ.get("PYTEST_XDIST_WORKER", "gw0").removeprefix("gw"))
_PORTS = iter(random.sample(range(12_000 + 2_000 * (_WORKER % 10), 14_000 + 2_000 * (_WORKER % 10)), 2_000))


@dataclass(frozen=True)
class Dev:
    """A running web server and daemon, and the report server."""

    url: str
    reports_url: str
    folder: Path

    @property
    def logs(self) -> Path:
        return self.folder / "logs"

    @property
    def reports(self) -> Path:
        return self.folder / "reports"

    @property
    def database_url(self) -> str:
        return f"sqlite:///{self.folder / 'warehouse.db'}"

    def ask(self, query: str, **variables: Any) -> dict[str, Any]:
        """The data of a GraphQL answer."""
        body = json.dumps({"query": query, "variables": variables}).encode()
        with urlopen(Request(f"{self.url}/graphql", body, {"Content-Type": "application/json"}), timeout=240) as answer:
            document = json.load(answer)
        assert "errors" not in document, document["errors"]
        data: dict[str, Any] = document["data"]
        return data

    def turn(self, sensor: str, *, on: bool) -> None:
        """Start or stop a sensor."""
        selector = {"repositoryName": "__repository__", "repositoryLocationName": "cowrie_assets", "sensorName": sensor}
        if on:
            self.ask(_START, selector=selector)
        else:
            found = self.ask(_SENSOR, selector=selector)["sensorOrError"]
            self.ask(_STOP, id=found["id"])

    def stop_schedules(self) -> None:
        """For tests that a quarter past midnight must not find at work.

        The daemon notes each schedule that runs as it begins; a stop at that moment would be an error in its log.
        """
        found = self.ask(_SCHEDULES)["repositoryOrError"]["schedules"]
        schedules = [each for each in found if each["scheduleState"]["status"] == "RUNNING"]
        with dg.DagsterInstance.from_config(str(self.folder / "dagster_home")) as instance:

            def noted() -> bool:
                return {each["name"] for each in schedules} <= {each.name for each in instance.all_instigator_state()}

            wait_until(noted, STARTED_WITHIN, self.last_words)
        for schedule in schedules:
            self.ask(_STOP_SCHEDULE, id=schedule["id"])

    def launch_backfill(self, assets: Sequence[str], keys: Sequence[str]) -> str:
        """Ask for partitions of assets, as the button in the browser does; gives the backfill's id."""
        wanted = {"assetSelection": [{"path": [name]} for name in assets], "partitionNames": list(keys)}
        launched = self.ask(_LAUNCH, wanted=wanted)["launchPartitionBackfill"]
        assert launched["__typename"] == "LaunchBackfillSuccess", launched
        return str(launched["backfillId"])

    def runs_of(self, backfill: str, seconds: float = 600) -> list[dict[str, Any]]:
        """The runs of a backfill once all of them have ended; the backfill itself notices up to half a minute later."""

        def ended() -> list[dict[str, Any]] | None:
            runs: list[dict[str, Any]] = self.ask(_BACKFILL, id=backfill)["partitionBackfillOrError"]["runs"]
            return runs if runs and all(run["status"] in ("SUCCESS", "FAILURE", "CANCELED") for run in runs) else None

        found: list[dict[str, Any]] = wait_until(ended, seconds, self.last_words)
        return found

    def last_words(self) -> str:
        """The end of what was printed."""
        return self.printed()[-6000:]

    def printed(self) -> str:
        """What the terminal shows."""
        return (self.folder / "terminal.log").read_text()

    def backfills(self) -> list[str]:
        """The ids of all backfills, the newest first."""
        return [str(found["id"]) for found in self.ask(_BACKFILLS)["partitionBackfillsOrError"]["results"]]

    def partition_figures(self, asset: str, key: str) -> dict[str, Any]:
        """The numbers shown with a partition's latest materialization."""
        node = self.ask(_FIGURES, asset={"path": [asset]}, keys=[key])["assetNodeOrError"]
        (found,) = node["latestMaterializationByPartition"]
        return {entry["label"]: entry.get("intValue", entry.get("floatValue")) for entry in found["metadataEntries"]}

    def materialized(self, asset: str) -> list[str]:
        """The partitions that are shown as materialized."""
        node = self.ask(_MATERIALIZED, asset={"path": [asset]})["assetNodeOrError"]
        done = [each for each in node["assetPartitionStatuses"]["ranges"] if each["status"] == "MATERIALIZED"]
        return [key for key in node["partitionKeys"] if any(_covers(each, key) for each in done)]

    def failed_checks(self) -> list[str]:
        """Asset checks whose latest execution did not succeed, or that never ran on a materialized asset."""
        nodes = self.ask(_CHECKS)["assetNodes"]
        return [
            f"{node['assetKey']['path'][0]}: {check['name']}"
            for node in nodes
            if node["assetMaterializations"] and node["assetChecksOrError"]["__typename"] == "AssetChecks"
            for check in node["assetChecksOrError"]["checks"]
            if (check["executionForLatestMaterialization"] or {}).get("status") != "SUCCEEDED"
        ]


_HEALTH = """{ repositoriesOrError { __typename }
  instance { daemonHealth { allDaemonStatuses { healthy required } } } }"""
_SENSOR = "query($selector: SensorSelector!) { sensorOrError(sensorSelector: $selector) { ... on Sensor { id } } }"
_START = "mutation($selector: SensorSelector!) { startSensor(sensorSelector: $selector) { __typename } }"
_STOP = "mutation($id: String!) { stopSensor(id: $id) { __typename } }"
_SCHEDULES = """{ repositoryOrError(repositorySelector: {
  repositoryName: "__repository__", repositoryLocationName: "cowrie_assets" }) {
  ... on Repository { schedules { id name scheduleState { status } } } } }"""
_STOP_SCHEDULE = "mutation($id: String!) { stopRunningSchedule(id: $id) { __typename } }"
_LAUNCH = """mutation($wanted: LaunchBackfillParams!) { launchPartitionBackfill(backfillParams: $wanted) {
  __typename ... on LaunchBackfillSuccess { backfillId } ... on PythonError { message } } }"""
_BACKFILL = """query($id: String!) { partitionBackfillOrError(backfillId: $id) {
  ... on PartitionBackfill { status runs(limit: 100) { id status } } } }"""
_BACKFILLS = "{ partitionBackfillsOrError(limit: 100) { ... on PartitionBackfills { results { id } } } }"
_FIGURES = """query($asset: AssetKeyInput!, $keys: [String!]) { assetNodeOrError(assetKey: $asset) { ... on AssetNode {
  latestMaterializationByPartition(partitions: $keys) { metadataEntries { label
    ... on IntMetadataEntry { intValue } ... on FloatMetadataEntry { floatValue } } } } } }"""
_MATERIALIZED = """query($asset: AssetKeyInput!) { assetNodeOrError(assetKey: $asset) { ... on AssetNode { partitionKeys
  assetPartitionStatuses { ... on TimePartitionStatuses { ranges { status startKey endKey } } } } } }"""
_CHECKS = """{ assetNodes { assetKey { path } assetMaterializations(limit: 1) { runId }
  assetChecksOrError { __typename ... on AssetChecks {
    checks { name executionForLatestMaterialization { status } } } } } }"""


@contextmanager
def running(folder: Path, **settings: str) -> Iterator[Dev]:
    """`cowrie-assets ui` over folders `logs` and `reports` and the database in `folder`; ended afterwards."""
    (folder / "logs").mkdir(exist_ok=True)
    port, reports_port = free_port(), free_port()
    dev = Dev(f"http://127.0.0.1:{port}", f"http://127.0.0.1:{reports_port}/", folder)
    environment = environment_of(folder, **settings)
    command = [*COWRIE_ASSETS, "ui", "--port", str(port), "--reports-port", str(reports_port)]
    with (folder / "terminal.log").open("wb") as log:
        process = subprocess.Popen(command, cwd=folder, env=environment, stdout=log, stderr=log, start_new_session=True)
    try:
        wait_until(lambda: _is_up(dev), STARTED_WITHIN, dev.last_words)
        yield dev
    finally:
        _end(process)


def environment_of(folder: Path, **settings: str) -> dict[str, str]:
    """That of `cowrie-assets` over what lies in `folder`, and of nothing that the user has set."""
    others = {name: value for name, value in os.environ.items() if not name.startswith(("COWRIE_", "DAGSTER_"))}
    return others | {
        "DAGSTER_HOME": str(folder / "dagster_home"),
        "COWRIE_LOG_ROOT": str(folder / "logs"),
        "COWRIE_DATABASE_URL": f"sqlite:///{folder / 'warehouse.db'}",
        "COWRIE_REPORT_DIR": str(folder / "reports"),
        **settings,
    }


def wait_until(condition: Callable[[], Any], seconds: float, what: Callable[[], str], *, every: float = 0.5) -> Any:
    """What `condition` gives once it gives something true; fails with `what()` after `seconds`. Looks `every` so many
    seconds."""
    deadline = time.monotonic() + seconds
    while not (found := condition()):
        assert time.monotonic() < deadline, what()
        time.sleep(every)
    return found


def _covers(found: dict[str, str], key: str) -> bool:
    return found["startKey"] <= key <= found["endKey"]


def _is_up(dev: Dev) -> bool:
    try:
        data = dev.ask(_HEALTH)
    except (URLError, OSError):
        return False
    daemons = data["instance"]["daemonHealth"]["allDaemonStatuses"]
    loaded = data["repositoriesOrError"]["__typename"] == "RepositoryConnection"
    return loaded and all(daemon["healthy"] for daemon in daemons if daemon["required"])


def free_port() -> int:
    """A port of 127.0.0.1 that nobody listens on. Until it is listened on, no other worker of a run is given it, and no
    connection either: it lies below those that the system deals out."""
    for port in _PORTS:
        with socket.socket() as listener, suppress(OSError):
            listener.bind(("127.0.0.1", port))
            return port
    raise AssertionError("all ports are taken")


def _end(process: subprocess.Popen[bytes]) -> None:
    """Ask it to end, which ends web server, daemon, code server and whatever runs they started."""
    process.send_signal(signal.SIGTERM)
    process.wait(STARTED_WITHIN)
