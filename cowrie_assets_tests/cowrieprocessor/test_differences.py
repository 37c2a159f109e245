"""Both tools' numbers, day by day, and why they differ."""

from datetime import date

import pytest

from cowrie_assets.cowrieprocessor.differences import MEASURES, compare
from cowrie_assets.cowrieprocessor.importing import import_database
from cowrie_assets.cowrieprocessor.source import Source
from cowrie_assets.errors import UserError
from cowrie_assets.settings import Settings
from cowrie_assets.warehouse.engine import Warehouse
from cowrie_assets_tests.cowrieprocessor.conftest import MakeOlder, Named
from cowrie_assets_tests.events import event

EVENTS = ("cowrie.command.input", "cowrie.command.failed", "cowrie.command.input", "cowrie.login.failed")


def test_each_difference_has_its_cause(make_older: MakeOlder, reference: Named, warehouse: Warehouse) -> None:
    older = make_older(17)
    for day in range(1, 5):
        common = {"session": f"a{day}", "input": "x"}
        times = [f"2026-08-0{day}T00:00:0{number}.000000Z" for number in range(len(EVENTS))]
        payloads = [
            event(number, eventid=eventid, timestamp=times[number], **common) for number, eventid in enumerate(EVENTS)
        ]
        older.events(payloads, f"/srv/hp-test/{day}")
    older.summaries(
        [
            ("a1", "2026-08-01 00:00:00+00:00", 4, 3, 0, 1),
            ("a2", "2026-08-02 23:59:59+00:00", 8, 6, 0, 2),
            ("a3", "2026-08-03 00:00:00+00:00", 3, 2, 0, 1),
            ("a5", "2026-08-05 00:00:00+00:00", 1, 0, 0, 0),
        ]
    )
    with Source.open(reference(older)) as source:
        import_database(warehouse, Settings(), source)
        found = compare(warehouse, source)
        causes = {day.day: [each[name].cause for name in MEASURES] for day, each in found.days.items()}
        assert causes == {
            1: ["equal", "equal", "rule", "equal", "equal"],
            2: ["equal", "more", "more", "more", "equal"],
            3: ["equal", "fewer", "equal", "equal", "equal"],
            4: ["fewer", "fewer", "fewer", "fewer", "equal"],
            5: ["more", "more", "equal", "equal", "equal"],
        }
        first = found.days[date(2026, 8, 1)]["commands"]
        assert (first.theirs, first.ours, first.counted_as_theirs) == (3, 2, 3)
        total = found.total["events"]
        assert (total.theirs, total.ours) == (16, 16)
        some = compare(warehouse, source, start=date(2026, 8, 2), end=date(2026, 8, 3), sensor="hp-test")
        assert {day.day for day in some.days} == {2, 3}
        with pytest.raises(UserError, match="no sensor"):
            compare(warehouse, source, sensor="hp-other")
