"""Which sensors there are: those of the sensors file, and those that events name."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from cowrie_assets.clock import day_of_number
from cowrie_assets.sensor_registry import Sensor, SensorRegistry
from cowrie_assets.warehouse.codec import decode_text
from cowrie_assets.warehouse.engine import Warehouse
from cowrie_assets.warehouse.sql import statement


@dataclass(frozen=True, slots=True)
class KnownSensor:
    """A sensor, and what is known of it."""

    name: str
    configured: Sensor | None
    """What the sensors file says; None: it is not in it."""
    days: int
    """UTC days on which a session of it began."""
    span: tuple[date, date] | None
    """The first and the last of them."""
    written: tuple[str, ...]
    """The names that its events carry, or their folders have, where they carry none; other than its own."""
    clock_offsets_us: tuple[int, ...]
    """What was taken off the times of stored events; several where it was set later and nothing was reparsed."""


def known_sensors(warehouse: Warehouse, registry: SensorRegistry) -> list[KnownSensor]:
    """Every sensor of the registry and of the stored events, by name."""
    with warehouse.read() as connection:
        days = {decode_text(row.sensor): row for row in connection.execute(statement("operations/sensor_days"))}
        origins = connection.execute(statement("operations/written_names")).all()
    names: dict[str, set[str]] = {}
    offsets: dict[str, set[int]] = {}
    for row in origins:
        sensor = decode_text(row.sensor)
        names.setdefault(sensor, set()).add(decode_text(row.written))
        offsets.setdefault(sensor, set()).add(row.clock_offset_us)
    configured = {sensor.name: sensor for sensor in registry.sensors}

    def all_of_them() -> Iterator[KnownSensor]:
        for name in sorted({*configured, *days, *names}):
            found = days.get(name)
            yield KnownSensor(
                name,
                configured.get(name),
                0 if found is None else found.days,
                None if found is None else (day_of_number(found.first_day), day_of_number(found.last_day)),
                tuple(sorted(names.get(name, set()) - {name})),
                tuple(sorted(offsets.get(name, ()))),
            )

    return list(all_of_them())
