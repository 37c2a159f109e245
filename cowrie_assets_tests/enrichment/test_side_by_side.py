"""Several processes that write verdicts on PostgreSQL, beside those that summarise and those that write reports."""

import json
import threading
from collections.abc import Callable
from pathlib import Path

import pytest
from sqlalchemy import text

from cowrie_assets.clock import day_number
from cowrie_assets.enrichment import matching
from cowrie_assets.enrichment.local_sources import LocalSources
from cowrie_assets.enrichment.matching import match_addresses, plan_matching
from cowrie_assets.enrichment.named_lists import AddressList, ListKind
from cowrie_assets.enrichment.verdicts import record
from cowrie_assets.reports.files import write_reports
from cowrie_assets.reports.periods import period_of
from cowrie_assets.warehouse.engine import Warehouse
from cowrie_assets.warehouse.verdict_lock import read_between_verdicts
from cowrie_assets.warehouse.write_scope import ROWS
from cowrie_assets_tests.enrichment.judging import MONDAY, NOW, judge, of_address, of_file, stale
from cowrie_assets_tests.enrichment.mmdb import write_mmdb
from cowrie_assets_tests.reports.facts import Facts, Session, StoredFile

DAY = period_of("daily", MONDAY)
HASH = "aa" * 32


@pytest.fixture
def postgres(postgres_url: str):
    with Warehouse.open(postgres_url) as warehouse:
        yield warehouse


class Beside(threading.Thread):
    """Something that is done in another thread, over connections of its own."""

    def __init__(self, work: Callable[[], object]) -> None:
        super().__init__(daemon=True)
        self._work = work
        self.came_to: object = None
        self.start()

    def run(self) -> None:
        try:
            self.came_to = self._work()
        except Exception as error:
            self.came_to = error

    def waits(self) -> bool:
        self.join(0.3)
        return self.is_alive()

    def result(self) -> object:
        self.join(120)
        assert not self.is_alive()
        return self.came_to


def test_two_that_write_the_same_verdict_make_one(postgres: Warehouse) -> None:
    with postgres.write(ROWS) as connection:
        assert record(connection, [of_file(HASH, label="x")], now_us=10).changed == 1
        other = Beside(lambda: judge(postgres, of_file(HASH, label="x", at=2), now=20))
        assert other.waits()
    assert other.result().changed == 0  # type: ignore[attr-defined]
    with postgres.read() as connection:
        assert connection.execute(text("SELECT COUNT(*) FROM verdict_changes")).scalar_one() == 1
        assert connection.execute(text("SELECT fetched_at FROM verdict_facts")).scalar_one() == 2


def test_two_with_other_values_do_not_wait(postgres: Warehouse) -> None:
    with postgres.write(ROWS) as connection:
        record(connection, [of_address("192.0.2.1")], now_us=10)
        assert judge(postgres, of_address("192.0.2.2")).changed == 1


def test_many_at_once_leave_the_last_of_each(postgres: Warehouse) -> None:
    """No two wait for each other for ever, and each change has its row."""
    Facts(postgres).store([Session(MONDAY, src_ip=f"192.0.2.{number}") for number in range(20)])

    def write(writer: int) -> None:
        for at in range(1, 6):
            some = [of_address(f"192.0.2.{number}", malicious=at % 2 == 0, at=at) for number in range(20)]
            judge(postgres, *(some if writer % 2 else reversed(some)), now=at)

    writers = [Beside(lambda writer=writer: write(writer)) for writer in range(4)]  # type: ignore[misc]
    assert [writer.result() for writer in writers] == [None] * 4
    with postgres.read() as connection:
        wrong = "SELECT COUNT(*) FROM verdict_facts WHERE malicious <> 0 OR fetched_at <> 5"
        assert connection.execute(text(wrong)).scalar_one() == 0
        last = (
            "SELECT COUNT(*) FROM verdict_facts AS v JOIN verdict_changes AS c ON c.value_id = v.value_id "
            "AND c.changed_at = v.changed_at AND c.malicious = v.malicious"
        )
        assert connection.execute(text(last)).scalar_one() == 20


def test_a_report_waits_for_a_verdict_that_did_not_find_its_day(postgres: Warehouse, tmp_path: Path) -> None:
    """The day's sessions come between a verdict's look for its days and its commit; the report shows the verdict."""
    Facts(postgres).store([Session(MONDAY, files=(StoredFile(HASH),))])
    with postgres.write() as connection:
        connection.execute(text(f"DELETE FROM sightings WHERE session_day = {day_number(MONDAY)}"))
    with postgres.write(ROWS) as connection:
        assert record(connection, [of_file(HASH)], now_us=NOW).reports == 0
        with postgres.write(ROWS) as refreshing:
            values = f"({day_number(MONDAY)}, 1, (SELECT value_id FROM verdict_facts), 0)"
            values = values.replace("(SELECT value_id FROM verdict_facts)", _text_of_hash(postgres))
            refreshing.execute(text(f"INSERT INTO sightings (session_day, kind, value_id, sensor_id) VALUES {values}"))
        writer = Beside(lambda: write_reports(postgres, DAY, tmp_path, formats=["json"], now_us=NOW))
        assert writer.waits()
    writer.result()
    document = json.loads((tmp_path / "daily" / DAY.label / "aggregate.json").read_text())
    assert document["enrichments"]["files"]["malicious"] == 1
    assert DAY.label not in stale(postgres)


def test_a_verdict_waits_for_no_report(postgres: Warehouse) -> None:
    with read_between_verdicts(postgres) as connection:
        assert judge(postgres, of_file(HASH)).changed == 1
        assert connection.execute(text("SELECT COUNT(*) FROM verdict_facts")).scalar_one() == 0


def test_matchers_at_once_leave_what_one_leaves(
    postgres: Warehouse, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Also where one of them knows a list that the others do not know any more; nothing is left of that."""
    monkeypatch.setattr(matching, "_AT_A_TIME", 20)
    addresses = [f"192.0.2.{number}" for number in range(100)]
    Facts(postgres).store([Session(MONDAY, src_ip=address) for address in addresses])
    lists = []
    for name, networks in {"a": "192.0.2.0/25", "b": "192.0.2.0/27\n192.0.2.64/27", "gone": "128.0.0.0/1"}.items():
        (tmp_path / name).write_text(networks)
        lists.append(AddressList(name, ListKind.SCANNER, tmp_path / name))
    database = write_mmdb(tmp_path / "places.mmdb", {"192.0.2.0/26": {"country": "NL"}})
    before, after = LocalSources((), tuple(lists)), LocalSources((database,), tuple(lists[:2]))
    matchers = [Beside(lambda each=each: match_addresses(postgres, each)) for each in (after, before, after, after)]  # type: ignore[misc]
    for matcher in matchers:
        assert isinstance(matcher.result(), list), matcher.came_to
    match_addresses(postgres, after)
    assert not any(plan.is_due for plan in plan_matching(postgres, after))
    with postgres.read() as connection:
        tags = connection.execute(text("SELECT list, COUNT(*) FROM address_tags GROUP BY list ORDER BY list"))
        assert [tuple(row) for row in tags] == [("a", 100), ("b", 64)]
        assert connection.execute(text("SELECT COUNT(*) FROM tag_facts")).scalar_one() == 164
        places = connection.execute(text("SELECT country, COUNT(*) FROM address_places GROUP BY country"))
        assert [tuple(row) for row in places] == [("NL", 64)]


def _text_of_hash(warehouse: Warehouse) -> str:
    with warehouse.read() as connection:
        return str(connection.execute(text(f"SELECT id FROM texts WHERE text = '{HASH}'")).scalar_one())
