"""Many rows in one go: every value comes out as it went in, and a step costs a bounded number of statements."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from threading import Event

import pytest
from sqlalchemy import Connection, event, text
from sqlalchemy.exc import DBAPIError

from cowrie_assets.ingest.batch import Batch
from cowrie_assets.warehouse.bulk_insert import Group, Inserted, insert_new_events, insert_rows
from cowrie_assets.warehouse.codec import Utf8, decode_text, encode_text
from cowrie_assets.warehouse.engine import Warehouse
from cowrie_assets.warehouse.month_partitions import add_month_partitions
from cowrie_assets.warehouse.write_scope import ROWS

TEXTS = [
    "",
    "plain",
    "tab\tnewline\nreturn\rbackslash\\N \\. \\x00",
    "NUL\x00 and a lone surrogate \ud800",
    "\U0001f600 wide, plane 16 \U00100041 and its escape \U0010fffd",
    "PGCOPY\n\xff\r\n",
]
_CONSTANTS = {"log_id": 1, "ingested_at": 2**40}
_SECOND = 0x6A000000


def _event(number: int, payload: bytes, **values: int | None) -> dict[str, object]:
    return {
        "event_hash": (_SECOND + number).to_bytes(4, "big") + number.to_bytes(12, "big"),
        "sensor_id": 1,
        "event_type_id": 1,
        "counts_as": 0,
        "event_at": number,
        "event_day": number % 2,
        "byte_offset": number,
        "payload": payload,
        **values,
    }


def _group(*rows: dict[str, object]) -> Group:
    return tuple(rows[0]), [tuple(row.values()) for row in rows]


@contextmanager
def _statements(connection: Connection) -> Iterator[list[str]]:
    """What is run, COPY aside: that goes past SQLAlchemy."""
    run: list[str] = []

    def note(_c: object, _u: object, statement: str, *_: object) -> None:
        run.append(statement)

    event.listen(connection, "before_cursor_execute", note)
    yield run
    event.remove(connection, "before_cursor_execute", note)


def test_every_text_comes_out_as_it_went_in(warehouse: Warehouse) -> None:
    rows = [(number, bytes([number]), encode_text(each)) for number, each in enumerate(TEXTS, 1)]
    rows.append((99, b"utf8", Utf8("as UTF-8 \u20ac".encode())))
    with warehouse.write() as connection:
        insert_rows(connection, "texts", ("id", "digest", "text"), rows)
        stored = connection.execute(text("SELECT text FROM texts ORDER BY id")).scalars().all()
    assert [decode_text(each) for each in stored] == [*TEXTS, "as UTF-8 \u20ac"]


@pytest.mark.parametrize("row", [(1, 1, 1, 2**15, 1), (1, 1, 1, 1, -(2**31) - 1), (1, 2**63, 1, 1, 1)])
def test_a_number_that_a_column_has_no_room_for_is_refused(postgres_url: str, row: tuple[int, ...]) -> None:
    columns = ("command_id", "normalized_id", "signature", "risk_score", "ruleset")
    with (
        Warehouse.open(postgres_url) as warehouse,
        pytest.raises((ValueError, OverflowError, DBAPIError)),
        warehouse.write() as connection,
    ):
        insert_rows(connection, "commands", columns, [row])


@pytest.mark.parametrize(("column", "number"), [("counts_as", 2**15), ("src_port", 2**31), ("file_size", 2**63)])
def test_so_is_one_of_an_event(postgres_url: str, column: str, number: int) -> None:
    with (
        Warehouse.open(postgres_url) as warehouse,
        pytest.raises((OverflowError, DBAPIError)),
        warehouse.write() as connection,
    ):
        insert_new_events(connection, [_group(_event(1, b"{}") | {column: number})], _CONSTANTS)


@pytest.mark.parametrize("rows", [3, 1000], ids=["few", "many"])
def test_events_of_several_shapes_are_stored_once_and_numbered_by_their_place(warehouse: Warehouse, rows: int) -> None:
    """Shapes alternate, as a session's events do; ids follow the log, whatever their shapes."""
    payloads = [encode_text(each).encode() for each in TEXTS]
    made = [_event(number, payloads[number % len(payloads)]) for number in range(2 * rows)]
    plain = _group(*(each | {"src_port": None} for each in made[::2]))
    commands = _group(*(each | {"command_id": 7, "session_ref": 5} for each in made[1::2]))
    with warehouse.write() as connection:
        inserted = insert_new_events(connection, [plain, commands], _CONSTANTS)
        again = insert_new_events(connection, [commands, plain], _CONSTANTS)
        columns = "byte_offset, id, payload, command_id, session_ref, src_port, log_id, ingested_at"
        stored = connection.execute(text(f"SELECT {columns} FROM events ORDER BY byte_offset")).all()
    assert inserted == {0: rows, 1: rows}
    assert again == {}
    assert [decode_text(row.payload) for row in stored] == [TEXTS[number % len(TEXTS)] for number in range(2 * rows)]
    assert [(row.command_id, row.session_ref) for row in stored] == [(None, None), (7, 5)] * rows
    assert {(row.src_port, row.log_id, row.ingested_at) for row in stored} == {(None, 1, 2**40)}
    if warehouse.dialect == "postgresql":
        assert [row.id for row in stored] == sorted(row.id for row in stored)


def test_of_two_that_store_the_same_events_at_once_one_does_it_again_by_itself(postgres_url: str) -> None:
    """The second looks up what is stored before the first commits, and comes upon its rows in COPY."""
    rows = _group(*(_event(number, b"{}") for number in range(4)))
    looked_up, inserted = Event(), Event()
    tries: list[int] = []

    def first(connection: Connection) -> Inserted:
        found = insert_new_events(connection, [rows], _CONSTANTS)
        inserted.set()
        assert looked_up.wait(120)
        return found

    def second(connection: Connection) -> Inserted:
        tries.append(1)
        return insert_new_events(connection, [rows], _CONSTANTS)

    def note(_c: object, _u: object, statement: str, *_: object) -> None:
        if "JOIN LATERAL" in statement:
            looked_up.set()

    with Warehouse.open(postgres_url) as one, Warehouse.open(postgres_url) as other, ThreadPoolExecutor(2) as pool:
        with one.write() as connection:
            add_month_partitions(connection, [row[0] for row in rows[1]])  # as loaders do, ahead
        event.listen(other._engine, "after_cursor_execute", note)
        before = pool.submit(one.run, first, ROWS)
        assert inserted.wait(120)
        assert pool.submit(other.run, second, ROWS).result(120) == {}
        assert before.result(120) == {0: 2, 1: 2}
        with one.read() as connection:
            assert connection.execute(text("SELECT COUNT(*) FROM events")).scalar() == 4
    assert len(tries) == 2


def test_of_equal_events_the_first_is_taken(warehouse: Warehouse) -> None:
    first = _event(1, b"{}")
    with warehouse.write() as connection:
        insert_new_events(connection, [_group(first, first | {"byte_offset": 9})], _CONSTANTS)
        assert connection.execute(text("SELECT byte_offset FROM events")).scalars().all() == [1]


def test_of_a_batch_with_known_events_the_others_are_stored_and_wait(warehouse: Warehouse) -> None:
    """What was known brings no session into the queue again; what is new brings it with its own least id."""
    known = [_event(number, b"{}") | {"session_ref": number} for number in range(0, 40, 2)]
    every = [_event(number, b"{}") | {"session_ref": number} for number in range(40)]
    with warehouse.write() as connection:
        insert_new_events(connection, [_group(*known)], _CONSTANTS)
        connection.execute(text("DELETE FROM waiting_sessions"))
        assert insert_new_events(connection, [_group(*every, every[1])], _CONSTANTS) == {1: 20}
        waiting = connection.execute(text("SELECT event_day, session_ref, first_event_id FROM waiting_sessions")).all()
        ids = {row.session_ref: row.id for row in connection.execute(text("SELECT * FROM events WHERE event_day = 1"))}
    assert {(row.event_day, row.session_ref) for row in waiting} == {(1, number) for number in range(1, 40, 2)}
    assert all(min(ids.values()) <= row.first_event_id <= ids[row.session_ref] for row in waiting)


def test_a_batch_of_many_shapes_and_days_costs_three_statements(postgres_url: str) -> None:
    """Whatever its events are: to look at the partitions, to look for what is stored, to have the sessions wait."""
    made = [_event(number, b"{}") | {"event_day": number} for number in range(60)]
    shapes = [_group(*(each | {column: 1} for each in made)) for column in ("command_id", "hassh_id", "url_id")]
    with Warehouse.open(postgres_url) as warehouse, warehouse.write() as connection:
        insert_new_events(connection, [_group(_event(99, b"{}"))], _CONSTANTS)
        with _statements(connection) as run:
            insert_new_events(connection, shapes, _CONSTANTS)
        assert len(run) == 3, run


def test_a_batch_without_events_costs_nothing(warehouse: Warehouse) -> None:
    assert Batch(0).tables == []
    with warehouse.write() as connection, _statements(connection) as run:
        assert insert_new_events(connection, [], _CONSTANTS) == {}
    assert run == []


def test_an_event_that_another_process_stores_at_the_same_moment_is_no_error(postgres_url: str) -> None:
    """No two loaders bring the same, for each is alone with its sensors; should it happen, the step is done again."""
    overtaken: list[str] = []

    def overtake(_c: object, _u: object, statement: str, *_: object) -> None:
        if "given.event_hash" in statement and not overtaken:
            overtaken.append(statement)
            with other.write(of=ROWS) as connection:
                insert_new_events(connection, [_group(_event(1, b"{}"))], _CONSTANTS)

    def store(connection: Connection) -> dict[int, int]:
        event.listen(connection, "after_cursor_execute", overtake)
        return insert_new_events(connection, [_group(_event(1, b"{}"), _event(2, b"{}"))], _CONSTANTS)

    with Warehouse.open(postgres_url) as warehouse, Warehouse.open(postgres_url) as other:
        with warehouse.write() as connection:  # the partition
            insert_new_events(connection, [_group(_event(3, b"{}"))], _CONSTANTS)
        assert warehouse.run(store, of=ROWS) == {0: 1}
    assert overtaken
