"""By which keys `events` is read and written: docs/SCALE.md has the list, and this is what holds it.

The interface that another store of events would have to serve is as wide as these: a statement or a module that comes
to `events` by itself is named there, by the index that it goes by; none goes through all events.
"""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

from sqlalchemy import Connection

from cowrie_assets.warehouse.engine import Warehouse
from cowrie_assets.warehouse.sql import SQL_ROOT, source
from cowrie_assets_tests.databases import Databases

_CHECKOUT = Path(__file__).parents[2]
_KEYS = {"events_session": "session", "events_tunnel": "session", "events_day": "day", "events_identity": "identity"}
_OF_POSTGRESQL = {"warehouse/add_waiting": {"identity"}, "warehouse/stored_events": {"identity"}}
"""Statements that SQLite does not know."""
_TEMPORARY = {
    "fresh": "session_ref, session_day, last_event_at",
    "sealed_logs": "log_id",
    "touched_keys": "session_ref, first_id, second_id",
    "touched_sessions": "session_ref, is_new, is_long",
    "unnamed_texts": "id INTEGER PRIMARY KEY",
}
_EVENTS = re.compile(r"\b(?:FROM|JOIN|INTO|UPDATE)\s+events\b(?:\s+AS\s+(\w+))?")
_LOOK = re.compile(r"(?:SCAN|SEARCH) (\w+)")
_ROW = re.compile(r"^\| by (session|day|identity) \|.*$", re.MULTILINE)


def test_each_statement_goes_by_the_keys_that_the_list_says(databases: Databases, tmp_path: Path) -> None:
    with Warehouse.open(databases.new("sqlite", tmp_path)) as warehouse, warehouse.read() as connection:
        for table, columns in _TEMPORARY.items():
            connection.exec_driver_sql(f"CREATE TEMPORARY TABLE {table} ({columns})")
        found = {name: _keys_of(connection, name, code) for name, code in _statements()}
    listed: dict[str, set[str]] = {}
    for row in _ROW.finditer(_document()):
        for name in re.findall(r"`([a-z_]+(?:/[a-z_]+)+)`", row[0]):
            listed.setdefault(name, set()).add(row[1])
    assert found == listed


def test_each_module_that_comes_to_events_by_itself_is_listed() -> None:
    package = _CHECKOUT / "cowrie_assets"
    modules = {path.relative_to(package).as_posix(): path for path in package.rglob("*.py")}
    own = ("warehouse/migrations/", "warehouse/schema/")
    found = {name for name, path in modules.items() if not name.startswith(own) and _comes_to_events(path)}
    assert found == set(re.findall(r"`([a-z_]+/[a-z_]+\.py)`", _document().partition("\nModules ")[2]))


def _comes_to_events(module: Path) -> bool:
    """Whether a module imports the table, or has a statement of its own that names it."""
    code = module.read_text(encoding="utf-8")
    if not re.search(r"\bevents\b", code):
        return False
    for node in ast.walk(ast.parse(code)):
        match node:
            case ast.ImportFrom(module="cowrie_assets.warehouse.schema", names=names):
                if any(each.name == "events" for each in names):
                    return True
            case ast.Constant(value=str(value)) if _EVENTS.search(value):
                return True
    return False


def _document() -> str:
    document = (_CHECKOUT / "docs" / "SCALE.md").read_text(encoding="utf-8")
    return document.partition("## A store of events")[2].partition("\n## ")[0]


def _statements() -> Iterator[tuple[str, str]]:
    for path in sorted(SQL_ROOT.rglob("*.sql")):
        name = path.relative_to(SQL_ROOT).with_suffix("").as_posix()
        code = re.sub(r"--[^\n]*", "", source(name, "sqlite"))
        if _EVENTS.search(code) and not name.startswith("views/"):
            yield name, code


def _keys_of(connection: Connection, name: str, code: str) -> set[str]:
    if name in _OF_POSTGRESQL:
        return _OF_POSTGRESQL[name]
    aliases = {alias or "events" for alias in _EVENTS.findall(code)}
    sql = re.sub(r"\(VALUES :\w+\)", "(VALUES (1))", code)
    sql = re.sub(r"(?<!:):([a-z_]+)\b", "4", re.sub(r"\bIN :\w+", "IN (1, 2)", sql))
    plan = [str(row[-1]) for row in connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {sql}")]
    looks = [step for step in plan if (found := _LOOK.match(step)) and found[1] in aliases]
    assert not [step for step in looks if step.startswith("SCAN")], (name, plan)
    return {_KEYS[found[1]] for step in looks if (found := re.search(r"INDEX (events_\w+)", step))}
