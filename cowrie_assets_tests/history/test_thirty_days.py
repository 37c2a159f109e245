"""Thirty days of a live sensor: its runs every five minutes, its ticks, and each night the pruning.

Executing 8,640 runs would take a day. Of each day two runs are executed, one with checks and one without, on that day's
logs; their records are copied as those of the day's 288 runs, at the times at which these would have run. The ticks of
five sensors and what `new_logs` notes beside runs are copied likewise. The clock of the pruning is the simulated one.
"""

import json
import os
import statistics
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any
from urllib.request import Request, urlopen

import dagster as dg
import pytest
from dagster._core.definitions.run_request import InstigatorType
from dagster._core.scheduler.instigation import TickStatus
from dagster._core.storage.event_log.schema import SqlEventLogStorageTable
from dagster._core.storage.schedules.schema import JobTickTable
from sqlalchemy import insert, select

from cowrie_assets.clock import today
from cowrie_assets.defs.sensors.new_logs import ONLY_WHAT_IS_NEW
from cowrie_assets.history.measure import measure
from cowrie_assets.history.prune import prune
from cowrie_assets.history.size import HistorySize
from cowrie_assets.history.storage import events_of
from cowrie_assets.ui.home import prepare_home
from cowrie_assets_tests.defs.conftest import Honeypot, session_events
from cowrie_assets_tests.history.copied_runs import Copy, Template
from cowrie_assets_tests.ui.dev import free_port, wait_until

DAYS = 30
_KEPT_DAYS = 7
_TICKS_A_DAY = 8_640
_SENSORS = ("new_logs", "stale_reports", "unpublished_reports", "digests", "failures")
_PAGES = {
    "overview": """{ assetNodes { assetKey { path } groupName assetMaterializations(limit: 1) { runId timestamp }
        assetChecksOrError { ... on AssetChecks { checks { name
          executionForLatestMaterialization { status runId timestamp } } } } } }""",
    "runs": "{ runsOrError(limit: 25) { ... on Runs { results { id status startTime endTime tags { key value } } } } }",
    "partitions": """{ assetNodeOrError(assetKey: {path: ["raw_events"]}) { ... on AssetNode {
        partitionKeys assetPartitionStatuses { ... on TimePartitionStatuses {
          ranges { status startKey endKey } } } } } }""",
    "sensor": """{ sensorsOrError(repositorySelector: {repositoryName: "__repository__",
        repositoryLocationName: "cowrie_assets.definitions"}) { ... on Sensors { results { name sensorState {
          ticks(limit: 30) { id status timestamp } } } } } }""",
}


@dataclass
class Measured:
    """What a day's end looks like."""

    size: HistorySize
    runs: int
    prune_seconds: float
    tick_seconds: dict[str, float]
    page_seconds: dict[str, float]


class Sensor:
    """A honeypot that goes on day after day, and the Dagster that follows it."""

    def __init__(self, folder: Path) -> None:
        self.home = folder / "home"
        self.home.mkdir()
        prepare_home(self.home)
        self.pot = Honeypot(folder, dg.DagsterInstance.from_config(str(self.home)))

    def live(self, day: date) -> None:
        """A day's 288 runs, notes and ticks."""
        start = datetime.combine(day, datetime.min.time())
        for hour in range(24):
            moment = start.replace(tzinfo=UTC) + timedelta(hours=hour)
            self.pot.log(f"cowrie.json.{day}", *session_events(moment, f"{day:%m%d}{hour:08x}"))
        checked, light = (
            Template(self.pot.instance, self.pot.run(job, day, config=config).run_id, str(day))
            for job, config in (("ingest", None), ("ingest_live", ONLY_WHAT_IS_NEW))
        )
        for hour in range(24):
            moments = [start + timedelta(hours=hour, minutes=minute) for minute in range(5, 60, 5)]
            checked.copy([Copy(str(day), start + timedelta(hours=hour, minutes=1))])
            light.copy(Copy(str(day), moment) for moment in moments)
        for template in (checked, light):
            template.forget()
        self._note(start)
        self._tick(start)

    def _note(self, start: datetime) -> None:
        """What `new_logs` notes beside runs, every five minutes."""
        instance, logs = self.pot.instance, SqlEventLogStorageTable
        instance.report_runless_asset_event(dg.AssetObservation("log_files", metadata={"changed_logs": 1}))
        storage = events_of(instance)
        for connect in (storage.index_connection, lambda: storage.run_connection("")):
            with connect() as connection:
                last = select(logs).where(logs.c.run_id == "").order_by(logs.c.id.desc()).limit(1)
                row = dict(connection.execute(last).mappings().one())
                del row["id"]
                times = [start + timedelta(minutes=minute) for minute in range(0, 1440, 5)]
                connection.execute(insert(logs), [row | {"timestamp": each} for each in times])
                connection.execute(
                    logs.delete().where((logs.c.run_id == "") & (logs.c.timestamp > start + timedelta(days=1)))
                )

    def _tick(self, start: datetime) -> None:
        """The ticks of a day; the daemon removes the skipped ones a day later, as `dagster.yaml` asks."""
        storage = self.pot.instance.schedule_storage
        body = json.dumps({"skip_reason": "no log is new or grown", "of": "x" * 900})
        row = {"job_origin_id": "a" * 40, "type": InstigatorType.SENSOR.value, "status": TickStatus.SKIPPED.value}
        with storage.connect() as connection:
            ticks = [
                row
                | {
                    "selector_id": _SENSORS[number % len(_SENSORS)],
                    "tick_body": body,
                    "timestamp": start + number * timedelta(days=1) / _TICKS_A_DAY,
                }
                for number in range(_TICKS_A_DAY)
            ]
            connection.execute(insert(JobTickTable), ticks)
        keep = self.pot.instance.get_tick_retention_settings(InstigatorType.SENSOR)[TickStatus.SKIPPED]
        limit = (start + timedelta(days=1 - keep)).replace(tzinfo=UTC).timestamp()
        for sensor in _SENSORS:
            self.pot.instance.purge_ticks("a" * 40, sensor, limit, [TickStatus.SKIPPED])

    def night(self, day: date, ask: Callable[[str], Any]) -> Measured:
        """The pruning after a day, and what everything takes then."""
        while self.pot.tick("failures").cursor != self.pot.cursors.get("failures before"):  # it sees 25 ends at a time
            self.pot.cursors["failures before"] = self.pot.cursors["failures"]
        now = datetime.combine(day + timedelta(days=1), datetime.min.time(), UTC) + timedelta(hours=4, minutes=30)
        began = time.monotonic()
        assert prune(self.pot.instance, _KEPT_DAYS, now=now).warnings == ()
        took = time.monotonic() - began
        return Measured(
            measure(self.pot.instance),
            self.pot.instance.get_runs_count(),
            took,
            {name: _seconds(lambda name=name: self.pot.tick(name)) for name in _SENSORS},
            {name: _seconds(lambda query=query: ask(query)) for name, query in _PAGES.items()},
        )


@pytest.mark.soak
def test_thirty_days_of_a_live_sensor(tmp_path: Path) -> None:
    sensor = Sensor(tmp_path)
    first = today() - timedelta(days=DAYS)
    days = [first + timedelta(days=number) for number in range(DAYS)]
    found: list[Measured] = []
    with _webserver(sensor, first) as ask:
        for day in days:
            sensor.live(day)
            found.append(sensor.night(day, ask))
            print(day, _line(found[-1]), flush=True)
        materialized = sensor.pot.materialized("raw_events")
    assert materialized == {str(day) for day in days}
    steady = found[_KEPT_DAYS + 1 :]
    assert steady[-1].size.total < steady[0].size.total * 1.1
    kept = 24 * (_KEPT_DAYS + 1) + 2 * 288  # with checks for the week, without them for a day
    assert max(each.runs for each in steady) < kept + 3 * DAYS
    for of in (lambda each: each.tick_seconds, lambda each: each.page_seconds):
        for name in of(found[0]):
            early, late = ([of(each)[name] for each in part] for part in (steady[:7], steady[-7:]))
            assert statistics.median(late) < statistics.median(early) * 2 + 0.05, name


def _seconds(work: Callable[[], Any]) -> float:
    """The least of three times: what it costs, whoever else is at work."""
    times = []
    for _ in range(3):
        began = time.monotonic()
        work()
        times.append(time.monotonic() - began)
    return min(times)


def _line(found: Measured) -> str:
    parts = {name: getattr(found.size, name) / 1e6 for name in ("runs", "events", "step_logs", "compute_logs", "ticks")}
    sizes = " ".join(f"{name} {size:.1f}" for name, size in parts.items())
    times = " ".join(
        f"{name} {seconds * 1000:.0f}" for name, seconds in (found.tick_seconds | found.page_seconds).items()
    )
    head = f"{found.size.total / 1e6:.1f} MB ({sizes}), {found.runs} runs, pruned in {found.prune_seconds:.1f} s"
    return f"{head}; ms: {times}"


@contextmanager
def _webserver(sensor: Sensor, first: date) -> Iterator[Callable[[str], Any]]:
    """A real web server over the history; gives what asks it a GraphQL query."""
    port = free_port()
    environment = {name: value for name, value in os.environ.items() if not name.startswith(("COWRIE_", "DAGSTER_"))}
    environment |= {
        "DAGSTER_HOME": str(sensor.home),
        "COWRIE_LOG_ROOT": str(sensor.pot.log_root),
        "COWRIE_DATABASE_URL": sensor.pot.url,
        "COWRIE_FIRST_DAY": str(first),
    }
    command = [sys.executable, "-m", "dagster_webserver", "-m", "cowrie_assets.definitions", "-p", str(port)]
    with (sensor.home / "webserver.log").open("wb") as log:
        process = subprocess.Popen(command, cwd=sensor.home, env=environment, stdout=log, stderr=log)

    def ask(query: str) -> Any:
        body = json.dumps({"query": query}).encode()
        request = Request(f"http://127.0.0.1:{port}/graphql", body, {"Content-Type": "application/json"})
        with urlopen(request, timeout=120) as answer:
            document = json.load(answer)
        assert "errors" not in document, document["errors"]
        return document["data"]

    def answers() -> Any:
        try:
            return ask(_PAGES["overview"])["assetNodes"]
        except OSError:
            return None

    try:
        wait_until(answers, 300, lambda: (sensor.home / "webserver.log").read_text()[-3000:])
        yield ask
    finally:
        process.terminate()
        process.wait(60)
