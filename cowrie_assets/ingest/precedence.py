"""Whose an event is where copies of it lie in folders that the sensors file gives to different sensors.

An event that names its own sensor is one event wherever it stands; a `logpath` of the sensors file gives it to the
folder's sensor where neither its name nor its `uuid` means one. Where several folders lay claim to it, or one of
several, the sensor of the sensors file whose name is the least has it: whichever copy is read first.
"""

from collections.abc import Collection, Sequence

from sqlalchemy import Connection, bindparam, select

from cowrie_assets.ingest.restating import Restated, mark, withdraw
from cowrie_assets.warehouse.chunks import chunks
from cowrie_assets.warehouse.codec import decode_text
from cowrie_assets.warehouse.engine import require_alone
from cowrie_assets.warehouse.schema import events, sensors

_OF_OTHERS = select(events.c.id, sensors.c.name).where(
    events.c.event_hash.in_(bindparam("identities", expanding=True)),
    events.c.log_id != bindparam("log"),
    sensors.c.id == events.c.sensor_id,
)


def precedence(sensor: str, configured: Collection[str]) -> tuple[bool, str]:
    """The least of these has the event: sensors of the sensors file come first, then the name decides."""
    return sensor not in configured, sensor


def withdraw_of_others(
    connection: Connection, log_id: int, identities: Sequence[bytes], sensor: str, configured: Collection[str]
) -> None:
    """Take out the events of these identities that other logs brought and another sensor has, where `sensor`, to which
    the folder of this log gives them, has the better claim: this log stores them in the same transaction."""
    claim = precedence(sensor, configured)
    others: list[int] = []
    for some in chunks(identities):
        for number, name in connection.execute(_OF_OTHERS, {"identities": some, "log": log_id}):
            if claim < precedence(decode_text(name), configured):
                others.append(number)
    if others:
        require_alone(connection)
        restated = Restated()
        withdraw(connection, others, restated)
        mark(connection, restated)
