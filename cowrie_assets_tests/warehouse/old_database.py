"""Databases as the code of revision 0001 left them, rows and all; `revision_0001/` holds what it wrote.

The logs that it had read are those of two cases that users sent in, and two with a torn line each:

- `loaded_once`: by one `ingest`. Equal content in two folders was taken for one log.
- `loaded_twice`: then by `ingest --mode bulk` with a sensors file, which stored the events of a sensor a second time.
"""

import json
import shutil
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, text

from cowrie_assets.warehouse import versions
from cowrie_assets.warehouse.engine import Warehouse
from cowrie_assets.warehouse.month_partitions import add_month_partitions

CASES = Path(__file__).parents[1] / "cases"
_ROWS = Path(__file__).parent / "revision_0001"
_DDL = Path(versions.__file__).parent / "migrations" / "ddl"


def write_read_logs(root: Path) -> None:
    """The logs that the databases' ledgers know."""
    for case in ("01_alias_added_later", "02_same_content_two_folders"):
        shutil.copytree(CASES / case / "logs", root, dirs_exist_ok=True)
    for folder in ("alpha", "beta"):
        event = f'{{"eventid":"cowrie.log.open","timestamp":"2026-09-02T10:00:00Z","in":"{folder}"}}\n'
        (root / folder / "cowrie.json.2026-09-02").write_text('{"torn\n' + event)


def make_old_database(warehouse: Warehouse, name: str, root: Path) -> None:
    """Fill an empty database as it was of old, with the logs below `root`."""
    tables = json.loads((_ROWS / f"{name}.json").read_text().replace("{root}", str(root)))
    with warehouse.write() as connection:
        ddl = (_DDL / f"0001_{connection.dialect.name}.sql").read_text(encoding="utf-8")
        for sql in filter(str.strip, ddl.split(";\n")):
            connection.exec_driver_sql(sql)
        connection.execute(text("CREATE TABLE alembic_version (version_num VARCHAR(32) PRIMARY KEY)"))
        connection.execute(text("INSERT INTO alembic_version VALUES ('0001')"))
        for table, content in tables.items():
            _insert(connection, table, content["columns"], content["rows"])


def _insert(connection: Connection, table: str, columns: list[str], rows: list[list[Any]]) -> None:
    values = [dict(zip(columns, map(_value, row), strict=True)) for row in rows]
    marks = ", ".join(f":{column}" for column in columns)
    if connection.dialect.name == "postgresql" and table == "events":
        add_month_partitions(connection, {row["event_hash"][:4] for row in values})
    connection.execute(text(f"INSERT INTO {table} ({', '.join(columns)}) VALUES ({marks})"), values)
    if connection.dialect.name == "postgresql" and table == "events":
        last = max(row["id"] for row in values)
        connection.execute(text("SELECT setval(pg_get_serial_sequence('events', 'id'), :last)"), {"last": last})


def _value(stored: Any) -> Any:
    return bytes.fromhex(stored["hex"]) if isinstance(stored, dict) else stored
