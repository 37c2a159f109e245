"""Where several machines load into one warehouse: which folders of logs are this machine's to have.

The sensors file is the same on all of them, and the central machine may have no logs at all. So a folder that is not
here is missed by nobody but the machine that read it.
"""

from collections.abc import Iterator, Sequence
from pathlib import Path

from sqlalchemy import Connection

from cowrie_assets.ingest.discovery import Discovery
from cowrie_assets.ingest.stripped import IMPORTED
from cowrie_assets.sensor_registry import Sensor
from cowrie_assets.warehouse.codec import encode_text
from cowrie_assets.warehouse.engine import Warehouse
from cowrie_assets.warehouse.sql import statement

ANYWHERE = Path("/")


def is_of_this_machine(connection: Connection, collector: str, folder: Path = ANYWHERE) -> bool:
    """Whether the logs below `folder` are those of the machine of that name: it read one of them, or it alone loads
    into this warehouse."""
    place = encode_text(str(folder.absolute())).rstrip("/")
    # "0" is what comes behind "/".
    of = {"collector": collector, "first": place + "/", "last": place + "0", "imported": IMPORTED}
    return connection.execute(statement("ingest/is_of_this_machine"), of).first() is not None


def missed(connection: Connection, collector: str, sensors: Sequence[Sensor]) -> Iterator[Sensor]:
    """Those of `Discovery.missing` whose folder this machine is to have."""
    for sensor in sensors:
        if sensor.logpath is not None and is_of_this_machine(connection, collector, sensor.logpath):
            yield sensor


def missed_sentences(warehouse: Warehouse, collector: str, found: Discovery) -> list[str]:
    """What is to be said of them."""
    if not found.missing:
        return []
    with warehouse.read() as connection:
        return [missing_sentence(sensor) for sensor in missed(connection, collector, found.missing)]


def missing_sentence(sensor: Sensor) -> str:
    return f"The folder {str(sensor.logpath)!r} of sensor {sensor.name!r} does not exist."
