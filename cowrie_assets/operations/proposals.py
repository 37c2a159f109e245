"""Lines for the sensors file: where one machine has had several names, what makes one sensor of them."""

from collections import defaultdict

from sqlalchemy import Connection, select

from cowrie_assets.ingest.origins import replaced_names
from cowrie_assets.sensor_registry import SensorRegistry
from cowrie_assets.warehouse.codec import decode_text
from cowrie_assets.warehouse.schema import sensors
from cowrie_assets.warehouse.sql import statement

_LONGEST_UUID = 200
"""Characters; whoever writes a log chooses how long its `uuid` is, and a line that is cut would name another."""


def proposals(connection: Connection, registry: SensorRegistry) -> list[str]:
    """For each machine with several names, one after another, a `[[sensor]]` table in TOML that makes one of them.

    It names the `uuid` where all of them have one, of at most 200 characters, else the folder. The name is the
    folder's; another may be chosen.
    """
    names = _names(connection)
    machines: dict[int, set[int]] = defaultdict(set)
    for old, newest in replaced_names(connection).items():
        machines[newest] |= {old, newest}
    uuids: dict[int, set[str]] = defaultdict(set)
    folders: dict[int, set[tuple[str, str]]] = defaultdict(set)
    """With the collector of each: two machines have the same path."""
    for row in connection.execute(statement("ingest/sensor_spans")):
        uuids[row.sensor_id].add(decode_text(row.uuid))
        folders[row.sensor_id].add((row.collector, decode_text(row.folder)))
    taken = registry.names()
    proposed: list[str] = []
    for _, of_machine in sorted(machines.items()):
        common_uuids = {
            each for each in set.intersection(*(uuids[each] for each in of_machine)) if 0 < len(each) <= _LONGEST_UUID
        }
        common_folders = set.intersection(*(folders[each] for each in of_machine))
        rule = _rule(common_uuids, {folder for _, folder in common_folders})
        if rule is None or all(names[each] in taken for each in of_machine):
            continue
        _, path = min(common_folders or folders[min(of_machine)])
        folder = path.rstrip("/").rpartition("/")[2]
        proposed.append(f"[[sensor]]\nname = {_toml(folder or 'sensor')}\n{rule}")
    return list(dict.fromkeys(proposed))


def _rule(uuids: set[str], folders: set[str]) -> str | None:
    if uuids:
        return f"uuids = [{', '.join(map(_toml, sorted(uuids)))}]"
    return f"logpath = {_toml(min(folders).rstrip('/'))}" if folders else None


def _names(connection: Connection) -> dict[int, str]:
    rows = connection.execute(select(sensors.c.id, sensors.c.name))
    return {number: decode_text(name) for number, name in rows}


def _toml(text: str) -> str:
    """A basic string of TOML: attackers cannot choose these names, but whoever writes logs can."""
    escaped = "".join(char if char.isprintable() and char not in '"\\' else f"\\U{_scalar(char):08X}" for char in text)
    return f'"{escaped}"'


def _scalar(char: str) -> int:
    """TOML has no lone surrogates: U+FFFD stands for one."""
    return 0xFFFD if 0xD800 <= ord(char) <= 0xDFFF else ord(char)  # noqa: PLR2004  (the surrogates)
