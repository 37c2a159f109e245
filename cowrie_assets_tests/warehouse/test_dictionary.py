"""What two writers bring at once gets one number, whichever commits first."""

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

from sqlalchemy import text

from cowrie_assets.warehouse.codec import Utf8, decode_text
from cowrie_assets.warehouse.dictionary import Dictionaries
from cowrie_assets.warehouse.engine import Warehouse
from cowrie_assets.warehouse.new_rows import put_in_missing
from cowrie_assets.warehouse.schema import commands
from cowrie_assets.warehouse.write_scope import ROWS

_WORDS = ["", "a", "\x00\ud800", "ünï", "{1,2}", "\\", "NULL", '"', "x" * 3_000_000]


def dictionaries() -> Dictionaries:
    return Dictionaries(lambda name: name == "cowrie.known")


def test_any_text_is_stored_and_found_again(warehouse: Warehouse) -> None:
    keys = [*_WORDS, Utf8("ü\0".encode() * 600_000), Utf8(b"short")]
    with warehouse.write() as connection:
        numbers = dictionaries().texts.resolve(connection, keys)
        assert dictionaries().texts.resolve(connection, keys[::-1]) == numbers[::-1]
        assert len(set(numbers)) == len(keys)
        stored = dict(connection.execute(text("SELECT id, text FROM texts")).all())
    want = [key.decode() if isinstance(key, Utf8) else key for key in keys]
    assert [decode_text(stored[number]) for number in numbers] == want


def test_more_than_one_statement_takes(warehouse: Warehouse) -> None:
    with warehouse.write() as connection:
        keys = [(1, f"session {number}") for number in range(12_000)]
        assert len(set(dictionaries().sessions.resolve(connection, keys))) == 12_000


def test_two_writers_bring_the_same_in_opposite_order(postgres_url: str) -> None:
    names = [f"{number}" for number in range(300)]
    both = Barrier(2)

    def bring(order: int) -> list[int]:
        with Warehouse.open(postgres_url) as warehouse, warehouse.write(ROWS) as connection:
            both.wait(120)
            numbers = dictionaries().texts.resolve(connection, names[::order])
            numbers += dictionaries().event_types.resolve(connection, names[::order])
        return numbers

    with ThreadPoolExecutor(2) as threads:
        forward, backward = threads.map(bring, (1, -1))
    assert forward[:300] == backward[:300][::-1]
    assert forward[300:] == backward[300:][::-1]


def test_what_was_rolled_back_is_brought_by_the_one_who_waited(postgres_url: str) -> None:
    with Warehouse.open(postgres_url) as warehouse, ThreadPoolExecutor(1) as thread:
        first = warehouse.write(ROWS)
        connection = first.__enter__()
        (lost,) = dictionaries().sensors.resolve(connection, ["a"])

        def bring() -> int:
            with warehouse.write(ROWS) as other:
                (number,) = dictionaries().sensors.resolve(other, ["a"])
            return number

        waiting = thread.submit(bring)
        connection.rollback()
        assert waiting.result(120) > lost
        first.__exit__(None, None, None)


def test_a_row_that_is_there_stays(postgres_url: str) -> None:
    columns = ("command_id", "normalized_id", "signature", "risk_score", "ruleset")
    with Warehouse.open(postgres_url) as warehouse, warehouse.write() as connection:
        assert put_in_missing(connection, commands, columns, [(7, 1, 1, 1, 1), (3, 1, 2**39, 1, 1)]) == [(3, 3), (7, 7)]
        assert put_in_missing(connection, commands, columns, [(7, 1, 1, 99, 1)]) == []
        assert connection.execute(text("SELECT SUM(risk_score) FROM commands")).scalar_one() == 2
