"""The warehouse of a fleet: sensors that came and went over five years, and a day that many of them write to.

Each sensor wrote on four days of one of the months; the last ones write to the day that is measured, and wrote on the
day before it. These events are loaded from logs. The ledger holds a log of each sensor and day besides, without events:
loading 900,000 logs takes hours, and what looks at the ledger sees rows only.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date, timedelta
from pathlib import Path

from sqlalchemy import text

from benchmarks.generate import write_sensor
from cowrie_assets.clock import day_number
from cowrie_assets.operations.ingest import ingest
from cowrie_assets.settings import Settings
from cowrie_assets.warehouse.engine import Warehouse

DAY = date(2026, 8, 31)
"""The day that is measured, in the last of the months."""
_OWN_DAYS = (2, 9, 16, 23)
"""Days of the month in which a sensor wrote."""
_DAYS_OF_A_MONTH = 30
_FIRST_FREE_LOG = 10_000_000

_LOGS = """
INSERT INTO logs (
  id, sensor_id, path, fingerprint, generation, compression, bytes_read, next_line, checkpoint, unterminated, lines,
  events, duplicates, dead_letters, blank, invalid_utf8, unknown_event_ids, naive_timestamps, first_event_at,
  last_event_at, status, last_ingested_at, proved
)
WITH RECURSIVE days(number) AS (SELECT 1 UNION ALL SELECT number + 1 FROM days WHERE number < :days)
SELECT
  :first + sensors.id * 10000 + days.number, sensors.id,
  '/logs/' || sensors.name || '/cowrie.json.' || CAST(days.number AS TEXT),
  CAST(sensors.name || CAST(days.number + 10000 AS TEXT) AS {bytes}), 1, '', 0, 0, CAST('' AS {bytes}),
  0, 0, 0, 0, 0, 0, 0, 0, 0, CAST(:day - days.number AS BIGINT) * 86400000000,
  CAST(:day - days.number AS BIGINT) * 86400000000 + 80000000000, 'closed',
  CAST(:day - days.number AS BIGINT) * 86400000000 + 90000000000, 1
FROM sensors
CROSS JOIN days
"""
_ORIGINS = """
INSERT INTO log_origins (
  log_id, digest, written_sensor, named_by_folder, uuid, sensor_id, clock_offset_us, reader, first_written_at,
  last_written_at
)
SELECT
  logs.id, o.digest, o.written_sensor, o.named_by_folder, o.uuid, o.sensor_id, o.clock_offset_us, o.reader,
  logs.first_event_at, logs.last_event_at
FROM (SELECT sensor_id, MIN(log_id) AS log_id FROM log_origins GROUP BY sensor_id) AS first
JOIN log_origins AS o ON o.log_id = first.log_id AND o.sensor_id = first.sensor_id
JOIN logs ON logs.sensor_id = o.sensor_id
WHERE logs.id > :first
"""


@dataclass(frozen=True, slots=True)
class Fleet:
    """How large it is. Logs lie in `folder`: `before`, `day` and `late`, each with a folder for each sensor."""

    folder: Path
    sensors: int = 500
    months: int = 60
    alive: int = 300
    """Sensors that write to the day, and to the one before it."""
    events_before: int = 100
    """Of a sensor on each of its own days."""
    events_of_day: int = 66

    def write_logs(self) -> None:
        """Write the logs, unless they are there."""
        if (self.folder / "written").exists():
            return
        for number in range(self.sensors):
            year, month = divmod(DAY.year * 12 + DAY.month - self.months + number * self.months // self.sensors, 12)
            for day in _OWN_DAYS:
                self._write("before", number, self.events_before, date(year, month + 1, day))
        for number in range(self.sensors - self.alive, self.sensors):
            self._write("before", number, self.events_of_day // 4, DAY - timedelta(days=1))
            self._write("day", number, self.events_of_day, DAY)
        self._write("late", self.sensors - 1, self.events_of_day // 4, DAY)
        (self.folder / "written").touch()

    def _write(self, when: str, number: int, events: int, day: date) -> None:
        seed = day_number(day) * 2 + (when == "late")
        write_sensor(self.folder / when / f"hp-{number + 1:03}", number, events, start=day, days=1, seed=seed)

    def fill(self, warehouse: Warehouse, settings: Settings) -> None:
        """Load everything but the day, a part of the sensors at a time, and write the ledger of former logs."""
        folders = sorted((self.folder / "before").iterdir())
        for some in _in_parts(folders, 100):
            ingest(warehouse, replace(settings, log_root=None), mode="bulk", paths=some)
        binds = {"first": _FIRST_FREE_LOG, "day": day_number(DAY), "days": self.months * _DAYS_OF_A_MONTH}
        logs = _LOGS.format(bytes="BYTEA" if warehouse.dialect == "postgresql" else "BLOB")
        for statement in (logs, _ORIGINS):
            with warehouse.write() as connection:
                connection.execute(text(statement), {name: binds[name] for name in binds if f":{name}" in statement})


def _in_parts(paths: list[Path], size: int) -> Iterator[list[Path]]:
    for begin in range(0, len(paths), size):
        yield paths[begin : begin + size]
