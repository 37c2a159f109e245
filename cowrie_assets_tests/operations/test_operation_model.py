"""All that an operator does, at random: the end is what one clean load gives under the settings of that day.

Logs are loaded in deltas and in bulk, spoiled and mended, renamed, moved and copied; the sensors file and the limit of
lines change; what is stored is derived anew and proved, in any order.
"""

import shutil
import tempfile
from collections import Counter
from dataclasses import replace
from pathlib import Path
from typing import Any, ClassVar

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, precondition, rule, run_state_machine_as_test

from cowrie_assets.operations.ingest import ingest
from cowrie_assets.operations.log_proof import prove_logs
from cowrie_assets.operations.reparse import reparse
from cowrie_assets.sensor_registry import Sensor, SensorRegistry
from cowrie_assets.settings import Settings
from cowrie_assets.warehouse.engine import Warehouse
from cowrie_assets_tests import tables
from cowrie_assets_tests.databases import ENGINES, Databases, Engine
from cowrie_assets_tests.operations.operated_logs import FOLDERS, OperatedLogs, lines_of_a_log
from cowrie_assets_tests.operations.test_reparse import HOUR_US, equals_a_clean_load, is_sound

_LIMITS = (2000, 2500, 9000)
_picks = st.integers(0, 1000)
_folders = st.sampled_from(FOLDERS)
_starts = st.integers(0, 3).map(lambda number: number * 10)
_names = st.sampled_from(("", "hp-test", "0badc0ffee", "alpha"))
_uuids = st.sampled_from(("", "u1", "u2"))


class Operation(RuleBasedStateMachine):
    """An operator, the folders and the warehouse."""

    engine: ClassVar[Engine]
    databases: ClassVar[Databases]

    @initialize()
    def begin(self) -> None:
        self.folder = Path(tempfile.mkdtemp())
        self.url = self.databases.new(self.engine, self.folder)
        self.warehouse = Warehouse.open(self.url)
        self.logs = OperatedLogs(self.folder / "logs")
        self.mends_all = False
        self.highest_limit = _LIMITS[0]
        self.sensors = {name: Sensor(name) for name in ("hp-1", "hp-2", "a-3")}
        self.settings = Settings(
            log_root=self.logs.root,
            database_url=self.url,
            report_dir=self.folder / "reports",
            max_line_bytes=_LIMITS[0],
        )

    def teardown(self) -> None:
        if not hasattr(self, "warehouse"):
            return
        try:
            self._finish()
        finally:
            self.warehouse.close()
            if self.engine == "postgresql":
                self.databases.postgres.drop(self.url)
            shutil.rmtree(self.folder)

    # --------------------------------------------------------------------------------------------------------- the logs

    @rule(
        folder=_folders,
        first=_starts,
        own=_names,
        uuid=_uuids,
        form=st.sampled_from(("plain", "plain", "gz", "xz")),
        spoiled=st.sampled_from(("whole", "hole", "dead line", "cut")),
        large=st.sampled_from((False, False, False, True)),
    )
    def write(self, folder: str, first: int, own: str, uuid: str, form: Any, spoiled: Any, large: bool) -> None:
        self.logs.write(folder, lines_of_a_log(first, own, uuid, large=large), form, spoiled)

    @rule(folder=_folders, first=_starts, own=_names)
    def append(self, folder: str, first: int, own: str) -> None:
        self.logs.append(folder, lines_of_a_log(first, own, "u1", large=False))

    @rule(folder=_folders)
    def rotate(self, folder: str) -> None:
        self.logs.rotate(folder)

    @precondition(lambda self: self._closed())
    @rule(pick=_picks, how=st.sampled_from(("hole", "dead line", "cut")))
    def spoil(self, pick: int, how: Any) -> None:
        """What may have been read well: it is mended at the end, for a clean load cannot know it otherwise."""
        self.logs.spoil(_picked(self._closed(), pick), how)
        self.mends_all = True

    @precondition(lambda self: self.logs.spoiled)
    @rule(pick=_picks, in_place=st.booleans())
    def mend(self, pick: int, in_place: bool) -> None:
        self.logs.mend(_picked(self.logs.spoiled, pick), in_place=in_place)

    @precondition(lambda self: self._closed())
    @rule(pick=_picks, folder=_folders)
    def copy(self, pick: int, folder: str) -> None:
        self.logs.copy(_picked(self._closed(), pick), folder)

    @precondition(lambda self: self._closed())
    @rule(pick=_picks, form=st.sampled_from(("gz", "xz")))
    def compress(self, pick: int, form: Any) -> None:
        self.logs.compress(_picked(self._closed(), pick), form)

    @precondition(lambda self: self.logs.files)
    @rule(pick=_picks, name=_folders)
    def rename_folder(self, pick: int, name: str) -> None:
        """To a name that no folder has, and that no log had that the loader last saw there."""
        folder = _picked(self.logs.files, pick).parent.name
        if not (self.logs.root / name).exists():
            self.load("delta")
            self.logs.rename_folder(folder, name)
            self.load("delta")

    @precondition(lambda self: self._closed())
    @rule(pick=_picks, folder=_folders)
    def move(self, pick: int, folder: str) -> None:
        self.load("delta")
        self.logs.move(_picked(self._closed(), pick), folder)
        self.load("delta")

    # ----------------------------------------------------------------------------------------------------- the settings

    @rule(sensor=st.sampled_from(("hp-1", "hp-2")), alias=st.sampled_from(("0badc0ffee", "alpha", "beta", None)))
    def configure_alias(self, sensor: str, alias: str | None) -> None:
        self._configure(sensor, aliases=(alias,) if alias else ())

    @rule(sensor=st.sampled_from(("hp-1", "hp-2")), uuid=st.sampled_from(("u1", "u2", None)))
    def configure_uuid(self, sensor: str, uuid: str | None) -> None:
        self._configure(sensor, uuids=(uuid,) if uuid else ())

    @rule(sensor=st.sampled_from(("hp-2", "a-3")), folder=st.sampled_from((*FOLDERS, None)))
    def configure_folder(self, sensor: str, folder: str | None) -> None:
        self._configure(sensor, logpath=self.logs.root / folder if folder else None)

    @rule(sensor=st.sampled_from(("hp-1", "hp-2", "a-3")), hours=st.sampled_from((0, 3, -30)))
    def configure_clock(self, sensor: str, hours: int) -> None:
        self._configure(sensor, clock_offset_us=hours * HOUR_US)

    @rule(limit=st.sampled_from(_LIMITS))
    def limit(self, limit: int) -> None:
        """Another limit of lines; the end is compared under the highest, for what is stored stays."""
        self.settings = replace(self.settings, max_line_bytes=limit)
        self.highest_limit = max(limit, self.highest_limit)

    # ----------------------------------------------------------------------------------------------------- the commands

    @rule(mode=st.sampled_from(("delta", "bulk")), batch_events=st.sampled_from((7, 20_000)))
    def load(self, mode: Any, batch_events: int = 20_000) -> None:
        if self.logs.files:
            ingest(self.warehouse, replace(self.settings, batch_events=batch_events), mode=mode)
            is_sound(self.warehouse, self.settings)

    @rule()
    def reparse(self) -> None:
        reparse(self.warehouse, self.settings)
        is_sound(self.warehouse, self.settings)

    @rule()
    def prove(self) -> None:
        prove_logs(self.warehouse, self.settings)
        is_sound(self.warehouse, self.settings)

    # --------------------------------------------------------------------------------------------------------- the end

    def _finish(self) -> None:
        if not self.logs.files:
            return
        for path in self.logs.spoiled:
            if self.mends_all or path.suffix in (".gz", ".xz"):
                self.logs.mend(path, in_place=True)
        self.settings = replace(self.settings, max_line_bytes=self.highest_limit)
        ingest(self.warehouse, self.settings)
        reparse(self.warehouse, self.settings)
        ingest(self.warehouse, self.settings)
        equals_a_clean_load(self.warehouse, self.settings)
        clean_settings = replace(self.settings, database_url=f"sqlite:///{self.folder}/clean.db")
        with Warehouse.open(clean_settings.database_url) as clean:
            ingest(clean, clean_settings)
            dead, truly_dead = _dead(self.warehouse), _dead(clean)
        assert set(dead) <= set(truly_dead), "what is read well is listed as dead"
        assert set(dead) == set(truly_dead), "what is dead is not listed"

    def _configure(self, name: str, **changes: Any) -> None:
        sensors = {**self.sensors, name: replace(self.sensors[name], **changes)}
        given = [
            each
            for sensor in sensors.values()
            for each in (*sensor.aliases, *sensor.uuids, *([sensor.logpath] if sensor.logpath else []))
        ]
        if len(given) == len(set(given)):
            self.sensors = sensors
            self.settings = replace(self.settings, registry=SensorRegistry(tuple(sensors.values())))

    def _closed(self) -> list[Path]:
        return [path for path in self.logs.files if path.name != "cowrie.json"]


def _picked(paths: list[Path], pick: int) -> Path:
    return paths[pick % len(paths)]


def _dead(warehouse: Warehouse) -> Counter[tuple[str, int, str]]:
    """Reason, place and content of the dead letters that nobody resolved."""
    rows = tables.rows(warehouse, "dead_letter_events")
    return Counter(
        (row["reason"], row["byte_offset"], row["content"][:300]) for row in rows if row["resolved_at"] is None
    )


def live(engine: Engine, databases: Databases, *, examples: int, steps: int, same: bool) -> None:
    """`same`: the same examples in each run."""
    machine = type("OperationOn" + engine, (Operation,), {"engine": engine, "databases": databases})
    chosen = settings(
        max_examples=examples,
        stateful_step_count=steps,
        deadline=None,
        derandomize=same,
        suppress_health_check=list(HealthCheck),
    )
    run_state_machine_as_test(machine, settings=chosen)


@pytest.mark.sqlite_first
@pytest.mark.parametrize("engine", ENGINES)
def test_whatever_an_operator_does_to_logs_and_settings(engine: Engine, databases: Databases) -> None:
    live(engine, databases, examples=4, steps=12, same=True)


@pytest.mark.soak
@pytest.mark.timeout(7200)
@pytest.mark.parametrize("engine", ENGINES)
def test_whatever_an_operator_does_to_logs_and_settings_for_a_long_time(engine: Engine, databases: Databases) -> None:
    live(engine, databases, examples=400, steps=25, same=False)
