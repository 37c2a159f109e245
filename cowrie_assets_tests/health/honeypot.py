"""A honeypot under a clock of the test's own: its logs, its warehouse, and looks at both at any time."""

import json
import os
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

from cowrie_assets.clock import US_PER_SECOND, from_us, to_us
from cowrie_assets.health.looks import Health, look_around
from cowrie_assets.health.result import HealthResult
from cowrie_assets.health.watch import Watch
from cowrie_assets.operations.ingest import IngestResult, ingest
from cowrie_assets.settings import Settings
from cowrie_assets.warehouse.engine import Warehouse

MINUTE = 60 * US_PER_SECOND
HOUR = 60 * MINUTE
DAY = 24 * HOUR
NOON = to_us(datetime(2026, 9, 1, 12, tzinfo=UTC))


@dataclass
class Honeypot:
    folder: Path
    database_url: str = ""
    now: int = NOON
    environment: dict[str, str] = field(default_factory=dict)
    watch: Watch | None = None

    def __post_init__(self) -> None:
        self.logs = self.folder / "logs"
        self.logs.mkdir()
        self.database_url = self.database_url or f"sqlite:///{self.folder / 'warehouse.db'}"
        self.environment |= {
            "COWRIE_LOG_ROOT": str(self.logs),
            "COWRIE_DATABASE_URL": self.database_url,
            "COWRIE_REPORT_DIR": str(self.folder / "reports"),
        }

    def write(self, times: Iterable[int], sensor: str = "hp-1", name: str = "cowrie.json", **fields: str) -> Path:
        """Append an event of each of `times` to a log, which was last written then."""
        path = self.logs / sensor / name
        path.parent.mkdir(parents=True, exist_ok=True)
        with path.open("a") as file:
            for at in times:
                moment = from_us(at).isoformat(timespec="microseconds").replace("+00:00", "Z")
                event = {"eventid": "cowrie.session.connect", "session": f"{at:012x}"[-12:], "sensor": sensor}
                file.write(json.dumps({**event, "src_ip": "192.0.2.7", "timestamp": moment, **fields}) + "\n")
        os.utime(path, ns=(self.now * 1000, self.now * 1000))
        return path

    def ingest(self) -> IngestResult:
        settings = Settings.from_environment(self.environment)
        with Warehouse.open(settings.database_url) as warehouse:
            return ingest(warehouse, settings)

    def look(self, *, once: bool = False) -> Health:
        """Look around; goes on from the look before, unless it is `once`."""
        if once:
            return look_around(self.environment, Watch.once(self.now))
        before = self.watch
        self.watch = Watch(self.now) if before is None else Watch.of(before.kept(), before.now, self.now)
        return look_around(self.environment, self.watch)

    def result(self, name: str, *, once: bool = True) -> HealthResult:
        return result(self.look(once=once), name)


def result(health: Health, name: str) -> HealthResult:
    """The result of one look."""
    (found,) = [each for each in health.results if each.name == name]
    return found


def hourly(until: int, days: int = 28) -> list[int]:
    """A time in each hour of so many days up to `until`."""
    return [until - HOUR * hour for hour in reversed(range(24 * days))]
