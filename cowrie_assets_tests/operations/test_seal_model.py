"""Loads, seals, raw events taken out, logs read again, late events, unsealing, at random: nothing is counted twice."""

import json
import random
from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select, text

from cowrie_assets.clock import day_number
from cowrie_assets.operations.day_checks import check_seals
from cowrie_assets.operations.evidence import check_evidence
from cowrie_assets.operations.ingest import ingest
from cowrie_assets.operations.rebuild import rebuild
from cowrie_assets.operations.reparse import reparse
from cowrie_assets.operations.seal import put_back_raw_events, remove_raw_events, seal, unseal
from cowrie_assets.operations.validate import check_recomputed, validate
from cowrie_assets.settings import Settings
from cowrie_assets.summaries.checks import run_checks
from cowrie_assets.warehouse.engine import Warehouse
from cowrie_assets.warehouse.schema import events as raw
from cowrie_assets.warehouse.schema import events_behind_seal, sealed_identities, seals
from cowrie_assets_tests import events, tables

DAYS = [date(2026, 8, 28) + timedelta(days=number) for number in range(4)]
STEPS = 9


def pool(chance: random.Random) -> list[bytes]:
    """Lines of sessions that last into the next day, of short ones, and of none."""
    lines = []
    for session in range(40):
        begin = chance.randrange(4 * 1440 - 600)
        for place in range(chance.randint(1, 5)):
            minute = begin + place * chance.choice((1, 1, 200))
            moment = (
                f"{DAYS[0] + timedelta(days=minute // 1440)}T{minute // 60 % 24:02}:{minute % 60:02}:00.{place:06}Z"
            )
            number = session * 10 + place
            changes: dict[str, Any] = {"session": f"{session:012x}", "timestamp": moment}
            if session % 8 == 0:
                changes["session"] = ""
            lines.append(events.line(number, **changes))
    return lines


class History:
    """A warehouse, the logs that it has read, and what was taken out of it."""

    def __init__(self, warehouse: Warehouse, settings: Settings, seed: int) -> None:
        self.warehouse, self.settings = warehouse, settings
        self.chance = random.Random(seed)
        self.pool = pool(self.chance)
        self.loaded: set[bytes] = set()
        self.away: dict[date, list[dict[str, Any]]] = {}
        self.logs = 0

    def load(self) -> None:
        lines = self.chance.sample(self.pool, self.chance.randint(5, 60))
        self.logs += 1
        path = self.settings.log_root / "hp-test" / f"cowrie.json.{self.logs}"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(b"".join(line + b"\n" for line in lines))
        self.loaded |= set(lines)
        ingest(self.warehouse, self.settings, mode=self.chance.choice(("delta", "bulk")))

    def read_again(self) -> None:
        with self.warehouse.write() as connection:
            connection.execute(text("UPDATE logs SET doubt = 1"))
        ingest(self.warehouse, self.settings)

    def seal(self) -> None:
        first = self.chance.randrange(len(DAYS))
        seal(self.warehouse, DAYS[first], DAYS[min(first + self.chance.randint(0, 1), len(DAYS) - 1)])

    def remove(self) -> None:
        for day in self.chance.sample(self.sealed(removed=False), min(1, len(self.sealed(removed=False)))):
            before = self.rows()
            remove_raw_events(self.warehouse, day)
            left = self.rows().keys()
            self.away[day] = [row for identity, row in before.items() if identity not in left]

    def put_back(self) -> None:
        if self.away:
            day = self.chance.choice(sorted(self.away))
            rows = self.away.pop(day)
            put_back_raw_events(self.warehouse, day, lambda _: rows)

    def unseal(self) -> None:
        for day in self.chance.sample(self.sealed(removed=False), min(1, len(self.sealed(removed=False)))):
            unseal(self.warehouse, self.settings, day, day)

    def make_anew(self) -> None:
        rebuild(self.warehouse)
        reparse(self.warehouse, self.settings)

    def open_all(self) -> None:
        while self.away:
            self.put_back()
        unseal(self.warehouse, self.settings, DAYS[0] - timedelta(days=30), DAYS[-1] + timedelta(days=30))

    def sealed(self, *, removed: bool) -> list[date]:
        with self.warehouse.read() as connection:
            rows = connection.execute(select(seals.c.session_day, seals.c.removed_at)).all()
        return sorted(day for day in DAYS for row in rows if row == (day_number(day), None) or (removed and row))

    def rows(self) -> dict[bytes, dict[str, Any]]:
        with self.warehouse.read() as connection:
            rows = connection.execute(select(raw)).mappings()
            return {bytes(row["event_hash"]): dict(row) for row in rows}

    def check(self) -> None:
        """Each distinct event is in one place; every line is accounted for; all checks pass."""
        stored = list(self.rows())
        with self.warehouse.read() as connection:
            late = [bytes(each) for each in connection.execute(select(events_behind_seal.c.event_hash)).scalars()]
            removed = select(seals.c.session_day).where(seals.c.removed_at.isnot(None))
            packed = select(sealed_identities.c.identities).where(sealed_identities.c.session_day.in_(removed))
            away = b"".join(bytes(each) for each in connection.execute(packed).scalars())
        archived = [away[at : at + 16] for at in range(0, len(away), 16)]
        assert len(stored) + len(late) + len(archived) == len({*stored, *late, *archived}) == len(self.loaded)
        for log in tables.rows(self.warehouse, "log_files"):
            counts = [log[name] for name in ("events", "duplicates", "dead_letters", "blank", "archived")]
            assert (min(counts) >= 0, sum(counts)) == (True, log["lines"]), log
        results = [
            *run_checks(self.warehouse),
            check_recomputed(self.warehouse),
            check_seals(self.warehouse),
            check_evidence(self.warehouse, self.settings.registry),
        ]
        assert [(result.name, result.summary, result.rows) for result in results if not result.passed] == []


@pytest.fixture(
    params=[
        0,
        *(pytest.param(seed, marks=pytest.mark.soak) for seed in range(1, 60)),
    ]
)
def history(
    request: pytest.FixtureRequest, warehouse: Warehouse, database_url: str, tmp_path: Path
) -> Iterator[History]:
    settings = Settings(log_root=tmp_path / "logs", database_url=database_url, report_dir=tmp_path / "reports")
    yield History(warehouse, settings, request.param)


@pytest.mark.sqlite_first
def test_nothing_is_counted_twice(history: History, tmp_path: Path) -> None:
    steps = [history.load, history.load, history.seal, history.remove, history.read_again]
    others = [*steps, history.put_back, history.unseal, history.make_anew]
    steps += history.chance.choices(others, k=STEPS)
    for step in steps:
        step()
        history.check()
    history.open_all()
    history.check()
    assert [result for result in validate(history.warehouse, history.settings) if not result.passed] == []
    with Warehouse.open(f"sqlite:///{tmp_path / 'clean.db'}") as clean:
        ingest(clean, history.settings)
        assert tables.contents(history.warehouse) == tables.contents(clean)
    assert {json.loads(row["payload"])["message"] for row in tables.rows(history.warehouse, "raw_events")} == {
        json.loads(line)["message"] for line in history.loaded
    }
