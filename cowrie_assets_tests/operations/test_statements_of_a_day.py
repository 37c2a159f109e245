"""What a log and a day cost beside their events, counted in statements: on PostgreSQL each is a way to the server."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from sqlalchemy import event

from cowrie_assets.summaries.refresh import refresh
from cowrie_assets.warehouse.engine import Warehouse
from cowrie_assets_tests import events
from cowrie_assets_tests.loading import load_folder, write_log

MOST_OF_A_LOG = {"sqlite": 18, "postgresql": 10}
"""COPY is not counted: it goes past SQLAlchemy."""
MOST_OF_A_DAY = {"sqlite": 71, "postgresql": 73}
"""Three of them for the techniques of its sessions, one to see whether `privacy` was at it."""
_FEW, _MANY = 3, 9


@contextmanager
def _counted(warehouse: Warehouse) -> Iterator[list[str]]:
    run: list[str] = []

    def note(_c: object, _u: object, statement: str, *_: object) -> None:
        run.append(statement)

    event.listen(warehouse._engine, "before_cursor_execute", note)
    yield run
    event.remove(warehouse._engine, "before_cursor_execute", note)


def _write(root: Path, first_day: int, days: int) -> None:
    """A log for each day, with a session that tries a password, types a command and is closed."""
    for day in range(first_day, first_day + days):
        session = f"{day:012x}"
        lines = [
            events.line(day * 10 + place, session=session, timestamp=f"2026-08-{day:02}T10:00:{place:02}Z", **fields)
            for place, fields in enumerate(
                (
                    {"eventid": "cowrie.login.success", "username": "root", "password": f"{day}"},
                    {"eventid": "cowrie.command.input", "input": f"echo {day}"},
                    {"eventid": "cowrie.session.closed"},
                )
            )
        ]
        write_log(root, lines, f"cowrie.json.2026-08-{day:02}")


def test_a_log_and_a_day_cost_a_bounded_number_of_statements(warehouse: Warehouse, tmp_path: Path) -> None:
    counts = []
    for part, (first_day, days) in enumerate([(1, _FEW), (1 + _FEW, _MANY)]):
        root = tmp_path / str(part)
        _write(root, first_day, days)
        with _counted(warehouse) as loading:
            load_folder(warehouse, root)
        with _counted(warehouse) as refreshing:
            refresh(warehouse)
        counts.append((len(loading), len(refreshing)))
    (load_of_few, refresh_of_few), (load_of_many, refresh_of_many) = counts
    more = _MANY - _FEW
    assert (load_of_many - load_of_few) / more <= MOST_OF_A_LOG[warehouse.dialect]
    assert (refresh_of_many - refresh_of_few) / more <= MOST_OF_A_DAY[warehouse.dialect]
    assert (load_of_many - load_of_few) > more < (refresh_of_many - refresh_of_few)
