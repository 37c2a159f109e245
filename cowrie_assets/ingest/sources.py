"""What the sensors file means for each log: the `Source` that its events are read with."""

from collections.abc import Collection
from pathlib import Path

from sqlalchemy import Connection

from cowrie_assets.cowrie.event import Source
from cowrie_assets.sensor_registry import SensorRegistry
from cowrie_assets.warehouse.codec import decode_text
from cowrie_assets.warehouse.sql import statement


def folder_name(path: Path) -> str:
    """Name of the folder that a log lies in: the sensor as written of its events that name none."""
    return path.absolute().parent.name or "/"


class Sources:
    """Makes the sources of many logs: the sensors file is looked through once, each folder is resolved once."""

    def __init__(self, registry: SensorRegistry) -> None:
        self._names = registry.names()
        self._uuids = registry.names_by_uuid()
        self.clock_offsets = registry.clock_offsets()
        self._sensors_by_folder = {
            sensor.logpath.resolve(): sensor.name for sensor in registry.sensors if sensor.logpath is not None
        }
        self._folder_sensors: dict[Path, str | None] = {}

    @property
    def know_folders(self) -> bool:
        """Whether the sensors file names any folder."""
        return bool(self._sensors_by_folder)

    def of(self, folder: str, lies_in: Path) -> Source:
        """The source of a log that was first read in a folder named `folder` and lies in the folder `lies_in` today."""
        return Source(folder, self._names, self.clock_offsets, self._uuids, self._folder_sensor(lies_in))

    def _folder_sensor(self, folder: Path) -> str | None:
        if not self._sensors_by_folder:
            return None
        if folder not in self._folder_sensors:
            self._folder_sensors[folder] = self._sensors_by_folder.get(folder.resolve())
        return self._folder_sensors[folder]


class StoredSources:
    """The sources of the logs of a warehouse by `logs.id`, as today's settings have them; each is looked up once.

    `keeping`: the logs that keep the names of their folders, where all others are taken as if they bore today's.
    """

    def __init__(self, registry: SensorRegistry, keeping: Collection[int] | None = None) -> None:
        self.sources = Sources(registry)
        self._by_log: dict[int, Source] = {}
        self._keeping = keeping
        self.renamed: set[int] = set()
        """Those of the logs looked up that bear another name."""

    def of(self, connection: Connection, log_id: int) -> Source:
        """The source of a log. One that is not in the ledger has no folder."""
        if log_id not in self._by_log:
            row = connection.execute(statement("ingest/stored_logs"), {"log_id": log_id}).one_or_none()
            path = Path(decode_text(row.path)) if row else Path("/")
            folder = decode_text(row.folder) if row and row.folder is not None else folder_name(path)
            if row and self._keeping is not None and log_id not in self._keeping and folder != folder_name(path):
                folder = folder_name(path)
                self.renamed.add(log_id)
            self._by_log[log_id] = self.sources.of(folder, path.parent)
        return self._by_log[log_id]
