"""Aliases and uuids of the sensors file that mean no stored event: most often they are mistyped."""

from collections.abc import Iterable, Iterator
from difflib import get_close_matches
from pathlib import Path

from sqlalchemy import Connection

from cowrie_assets.sensor_registry import SensorRegistry
from cowrie_assets.warehouse.codec import decode_text
from cowrie_assets.warehouse.sql import statement


def unmatched(connection: Connection, registry: SensorRegistry) -> list[str]:
    """A sentence for each alias and `uuid` that occurs in no stored event, with the nearest that does.

    Nothing while no event is stored, or while an upgraded database does not know yet what its events say: see reparse.
    """
    if not any(sensor.aliases or sensor.uuids for sensor in registry.sensors):
        return []
    rows = connection.execute(statement("ingest/derivations")).all()
    if not rows or any(row.reader == 0 for row in rows):
        return []
    names = {decode_text(row.written_sensor) for row in rows} | {Path(decode_text(row.lies_in)).name for row in rows}
    uuids = {decode_text(row.uuid).lower() for row in rows}
    return [
        sentence
        for sensor in registry.sensors
        for sentence in (
            *_sentences(sensor.name, "alias", sensor.aliases, names),
            *_sentences(sensor.name, "uuid", (uuid.lower() for uuid in sensor.uuids), uuids),
        )
    ]


def _sentences(sensor: str, key: str, written: Iterable[str], found: set[str]) -> Iterator[str]:
    for each in written:
        if each not in found:
            nearest = get_close_matches(each, found - {""}, n=1)
            meant = f"; the nearest that does is {nearest[0]!r}" if nearest else ""
            yield f"sensor {sensor!r} of the sensors file: the {key} {each!r} occurs in no stored event{meant}"
