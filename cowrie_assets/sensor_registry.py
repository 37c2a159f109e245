"""Who the sensors are and how far their clocks are ahead, as the sensors file says."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True)
class Sensor:
    """What the sensors file says of one sensor."""

    name: str
    logpath: Path | None = None
    """The folder whose events are this sensor's, unless their name or `uuid` means another one."""
    aliases: tuple[str, ...] = ()
    """Names that events carry and that mean this sensor (container ids, former host names)."""
    uuids: tuple[str, ...] = ()
    """What events carry as `uuid` that are this sensor's, whatever name they carry: one for each installation.
    Upper and lower case are alike."""
    clock_offset_us: int = 0
    """How far the sensor's written times are ahead of true UTC; taken off once, when an event is read."""
    downloads: Path | None = None
    """The folder of the files that attackers left on it."""
    recordings: Path | None = None
    """The folder of its recordings of terminals."""


@dataclass(frozen=True, slots=True)
class SensorRegistry:
    """Who the sensors are, by name, alias, `uuid` and folder, and how far their clocks are ahead."""

    sensors: tuple[Sensor, ...] = ()

    def names_by_alias(self) -> dict[str, str]:
        """`{alias: sensor name}`."""
        return {alias: sensor.name for sensor in self.sensors for alias in sensor.aliases}

    def names(self) -> dict[str, str]:
        """`{name or alias: sensor name}`: what an event's own name can say."""
        return {sensor.name: sensor.name for sensor in self.sensors} | self.names_by_alias()

    def names_by_uuid(self) -> dict[str, str]:
        """`{uuid in lower case: sensor name}`."""
        return {uuid.lower(): sensor.name for sensor in self.sensors for uuid in sensor.uuids}

    def clock_offsets(self) -> dict[str, int]:
        """`{sensor name: microseconds its written times are ahead of UTC}`, those with none left out."""
        return {sensor.name: sensor.clock_offset_us for sensor in self.sensors if sensor.clock_offset_us}

    def name_of_folder(self, folder: Path) -> str:
        """The sensor whose logs lie in `folder`: the one configured for it, else the folder's own name."""
        return self.folder_names()(folder)

    def folder_names(self) -> Callable[[Path], str]:
        """`name_of_folder` for many folders: where the configured ones lie is looked up once."""
        configured: dict[Path, str] = {}
        for sensor in self.sensors:
            if sensor.logpath is not None:
                configured.setdefault(sensor.logpath.resolve(), sensor.name)
        aliases = self.names_by_alias()

        def name_of(folder: Path) -> str:
            name = configured.get(folder.resolve()) if configured else None
            return aliases.get(folder.name, folder.name) if name is None else name

        return name_of
