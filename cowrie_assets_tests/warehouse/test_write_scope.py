"""Which writers wait for each other: those that share a key, and every one where one of them is alone."""

import os
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
from sqlalchemy import Connection, text

from cowrie_assets.backoff import Backoff
from cowrie_assets.warehouse import conflicts, write_lock
from cowrie_assets.warehouse.engine import Warehouse, is_alone
from cowrie_assets.warehouse.errors import WarehouseBusyError, WarehouseConflictError
from cowrie_assets.warehouse.write_scope import ALONE, ROWS, WriteScope, of_days, of_name, of_paths, of_sensors

_LOCK_ROW = text("SELECT id FROM sensors WHERE id = :number FOR UPDATE")
_SIDE_BY_SIDE = [
    (of_sensors(["a"]), of_sensors(["b"])),
    (of_sensors(["a"]), of_days([20_000])),
    (of_days([-1]), of_days([20_000])),
    (of_sensors(["a"]), of_paths(["a"])),
    (of_name("publications"), of_name("reports")),
    (ROWS, ROWS),
]
_IN_TURN = [
    (of_sensors(["a", "b"]), of_sensors(["c", "b"])),
    (of_days([-1]) | of_sensors(["a"]), of_days([-1])),
    (of_name("reports"), of_name("reports")),
    (ALONE, ROWS),
    (ROWS, ALONE),
    (of_sensors(["a"]), ALONE),
]


@pytest.fixture
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(write_lock, "LONGEST_WAIT", 0.2)
    monkeypatch.setattr(write_lock, "SLICE", 0.1)


@pytest.mark.usefixtures("impatient")
def test_writers_that_share_no_key_go_side_by_side(postgres_url: str) -> None:
    with Warehouse.open(postgres_url) as warehouse:
        for one, other in _SIDE_BY_SIDE:
            with warehouse.write(one), warehouse.write(other):
                pass


@pytest.mark.parametrize("pair", range(len(_IN_TURN)))
@pytest.mark.usefixtures("impatient")
def test_writers_that_share_a_key_go_in_turn(postgres_url: str, pair: int) -> None:
    one, other = _IN_TURN[pair]
    with Warehouse.open(postgres_url) as warehouse:
        with warehouse.write(one), pytest.raises(WarehouseBusyError, match=rf"locked for 0.2 s by .*{os.getpid()}"):
            warehouse.write(other).__enter__()
        with warehouse.write(other) as connection:
            assert connection.execute(text("SHOW lock_timeout")).scalar_one() == write_lock.OTHER_LOCKS


@pytest.mark.usefixtures("impatient")
def test_a_wait_is_for_the_first_lock_that_is_held(postgres_url: str) -> None:
    """What lies behind that one is not taken: two that wait for each other would do so for ever."""
    scope = of_days([1, 2, 3])
    with Warehouse.open(postgres_url) as warehouse, warehouse.write(of_days([2])):
        with pytest.raises(WarehouseBusyError):
            warehouse.write(scope).__enter__()
        with warehouse.write(of_days([1])), warehouse.write(of_days([3])):
            pass


def test_the_wait_ends_where_the_last_of_several_is_given_back(
    postgres_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(write_lock, "SLICE", 0.02)
    monkeypatch.setattr(write_lock, "TOLD_EVERY", 0)
    with Warehouse.open(postgres_url) as warehouse:
        held = [warehouse.write(scope) for scope in (of_days([1]), of_days([2]))]
        for each in held:
            each.__enter__()
        monkeypatch.setattr(write_lock._LOG, "warning", lambda *_: held.pop().__exit__(None, None, None))
        with warehouse.write(of_days([1, 2])):
            assert not held


def test_one_writer_of_sqlite_whatever_the_scope(warehouse: Warehouse) -> None:
    for scope in (ALONE, ROWS, of_days([1])):
        with warehouse.write(scope) as connection:
            assert is_alone(connection) is (scope is ALONE or warehouse.dialect == "sqlite")


def test_what_stood_in_the_way_is_done_again(warehouse: Warehouse, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(conflicts, "BACKOFF", Backoff(first=0.001, longest=0.001))
    tries: list[int] = []

    def work(connection: Connection) -> str:
        connection.execute(text("INSERT INTO sensors (id, name) VALUES (1, 'a')"))
        tries.append(1)
        if len(tries) < 3:
            raise WarehouseConflictError("deadlock")
        return "done"

    assert warehouse.run(work, of=of_sensors(["a"])) == "done"
    assert len(tries) == 3

    def never(_: Connection) -> None:
        raise WarehouseConflictError("deadlock")

    with pytest.raises(WarehouseBusyError, match="stood in this one's way 12 times in a row: run the command again"):
        warehouse.run(never)


def test_a_deadlock_is_undone_and_done_again(postgres_url: str) -> None:
    """Two transactions that wait for each other's row: the server ends one of them, and both get their work done."""
    with Warehouse.open(postgres_url) as warehouse:
        with warehouse.write() as connection:
            connection.execute(text("INSERT INTO sensors (id, name) VALUES (1, 'a'), (2, 'b')"))
        both_hold_one = Barrier(2)
        tries: list[int] = []

        def lock(first: int) -> None:
            def work(connection: Connection) -> None:
                connection.execute(text("SET LOCAL deadlock_timeout = '10ms'"))
                tries.append(first)
                connection.execute(_LOCK_ROW, {"number": first})
                if len(tries) <= 2:
                    both_hold_one.wait(120)
                connection.execute(_LOCK_ROW, {"number": 3 - first})

            warehouse.run(work, of=ROWS)

        with ThreadPoolExecutor(2) as threads:
            for done in [threads.submit(lock, first) for first in (1, 2)]:
                done.result()
        assert len(tries) > 2


def test_the_order_of_keys_is_the_same_in_every_scope() -> None:
    names = [f"sensor-{number}" for number in range(50)]
    scope: WriteScope = of_days([3, 1]) | of_sensors(names) | of_paths(reversed(names))
    assert list(scope.keys) == sorted(set(scope.keys))
    assert scope == of_paths(names) | of_sensors(reversed(names)) | of_days([1, 3])
