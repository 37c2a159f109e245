"""What a report tells of campaigns and of the keys that they implant."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from itertools import chain
from pathlib import Path
from typing import Any
from zlib import crc32

import pytest

from cowrie_assets.campaigns.update import update_campaigns
from cowrie_assets.clock import US_PER_DAY, day_number
from cowrie_assets.reports.agreement import disagreements
from cowrie_assets.reports.document import build_report
from cowrie_assets.reports.periods import period_of
from cowrie_assets.summaries.refresh import refresh
from cowrie_assets.warehouse.engine import Warehouse
from cowrie_assets_tests import events
from cowrie_assets_tests.databases import ENGINES, Databases
from cowrie_assets_tests.loading import load_lines

Lines = Iterable[bytes]
MONDAY = date(2026, 8, 31)
DAY = period_of("daily", MONDAY)
LATER = (day_number(MONDAY) + 9) * US_PER_DAY
KEY = "AAAAC3NzaC1lZDI1NTE5AAAAIK0wmN/Cr3JXqmLW7u+g9pTh+wyqDHpSQEIQczXkVx9q"
IMPLANT = f'mkdir -p ~/.ssh; echo "ssh-ed25519 {KEY} mdrfckr" >> ~/.ssh/authorized_keys'
FINGERPRINT = "SHA256:FHsTyFHNmvNpw4o7+rp+M1yqMyBF8vXSBRkZtkQ0RKY"


@dataclass(frozen=True)
class Store:
    """A warehouse, and the folder of its logs."""

    warehouse: Warehouse
    logs: Path

    def come(self, *some: Lines) -> None:
        """Have these lines in the summaries."""
        load_lines(self.warehouse, self.logs, *chain(*some))
        refresh(self.warehouse)

    def put(self, *some: Lines) -> None:
        """As `come`, and in the campaigns."""
        self.come(*some)
        update_campaigns(self.warehouse)


@pytest.fixture
def store(databases: Databases, tmp_path: Path) -> Iterator[Store]:
    with Warehouse.open(databases.new("sqlite", tmp_path)) as opened:
        yield Store(opened, tmp_path / "logs")


def sessions(name: str, day: int, count: int, *, sensor: int = 0, typed: Sequence[str] = (), file: str = "") -> Lines:
    """Sessions of one script, or of what they `typed`, `day` days after Monday; of each two one network."""
    began = datetime(2026, 8, 31, tzinfo=UTC) + timedelta(days=day, seconds=crc32(name.encode()) % 80_000)
    for place in range(count):
        at = {
            "session": f"{name}{day}-{place}",
            "sensor": f"hp-{sensor}",
            "timestamp": f"{began + timedelta(seconds=place):%Y-%m-%dT%H:%M:%SZ}",
        }
        address = f"198.51.{100 + place % 2}.{place // 2}"
        yield events.line(0, **at, src_ip=address)
        yield events.line(0, **at, src_ip=address, eventid="cowrie.client.kex", hassh="ab" * 16)
        yield from (
            events.line(3, **at, message=str(number), input=each) for number, each in enumerate(typed or script(name))
        )
        if file:
            yield events.line(7, **at, shasum=file)


def script(name: str, *more: str) -> tuple[str, ...]:
    return (f"cd /opt/{name} || mkdir /opt/{name}", f"{name} -i /opt/{name} -q", f"nohup {name} -d {name}", *more)


def report(store: Store, sensor: str | None = None) -> Any:
    with store.warehouse.read() as connection:
        document = build_report(connection, DAY, sensor, now_us=LATER)
    assert disagreements(document) == []
    return document


def told(section: Any) -> dict[str, list[tuple[int, int | None]]]:
    """Sessions of each campaign, and those of the period before, by what became of it."""
    found = {name: section[name] for name in ("new", "growing", "other", "gone")}
    assert all(each["total"] == len(each["items"]) for each in found.values())
    return {
        name: [(each.get("sessions", 0), each["sessions_before"]) for each in some["items"]]
        for name, some in found.items()
    }


@pytest.fixture(scope="module", params=ENGINES)
def planted(
    request: pytest.FixtureRequest, databases: Databases, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Store]:
    """A campaign of each kind, in two days; looked at by many."""
    folder = tmp_path_factory.mktemp("campaigns")
    with Warehouse.open(databases.new(request.param, folder)) as opened:
        store = Store(opened, folder / "logs")
        store.put(*_planted())
        yield store


def _planted() -> Iterator[Lines]:
    yield from (
        sessions("zukamo", -9, 2),
        sessions("zukamo", -1, 10),
        sessions("zukamo", 0, 25, sensor=1, file="cd" * 32),
        sessions("veripa", -1, 4),
        sessions("veripa", 0, 3, sensor=1, typed=script("veripa", IMPLANT)),
        sessions("telona", -3, 1),
        sessions("telona", -1, 5),
        sessions("sugafe", 0, 2),
        sessions("hiwoxa", -1, 1),
        sessions("hiwoxa", 0, 1, sensor=1),
        sessions("alone", 0, 1, typed=["./alone -x"]),
        sessions("aside", 0, 1, typed=["./aside -x"]),
    )


def test_campaigns_are_told_by_what_became_of_them(planted: Store) -> None:
    section = report(planted)["campaigns"]
    assert told(section) == {"new": [(2, 0)], "growing": [(25, 10)], "other": [(3, 4), (1, 1)], "gone": [(0, 5)]}
    assert (section["waiting_days"], section["total"], section["sessions"]) == ([], 4, 31)
    (growing,) = section["growing"]["items"]
    assert (growing["addresses"], growing["networks"], growing["sensors"]) == (25, 2, 1)
    assert (growing["first_seen"][:10], growing["last_seen"][:10]) == ("2026-08-22", "2026-08-31")
    assert growing["change_percent"] == 150.0
    assert growing["hassh"] == ["ab" * 16]
    assert growing["files"] == ["cd" * 32]
    assert "T1105" in growing["techniques"]
    assert growing["sample"] == {"sensor": "hp-1", "session_id": "zukamo0-0"}
    assert "zukamo" in growing["name"]
    (gone,) = section["gone"]["items"]
    assert (gone["first_seen"][:10], gone["last_seen"][:10]) == ("2026-08-28", "2026-08-30")


def test_a_sensor_counts_its_own_sessions_and_calls_new_what_no_sensor_met(planted: Store) -> None:
    of_one = report(planted, "hp-1")["campaigns"]
    assert told(of_one) == {"new": [], "growing": [], "other": [(25, None), (3, None), (1, None)], "gone": []}
    assert of_one["other"]["items"][0]["first_seen"][:10] == "2026-08-22"
    assert told(report(planted, "hp-0")["campaigns"])["new"] == [(2, 0)]


def test_a_campaign_is_one_line_of_the_sessions_to_look_at(planted: Store) -> None:
    found = [each["campaign"] and each["campaign"]["name"] for each in report(planted)["interesting"]]
    assert len([name for name in found if name]) == len(set(found) - {None}) == 4
    assert found.count(None) == 2


KEY_OF_VERIPA = {"fingerprint": FINGERPRINT, "type": "ssh-ed25519", "comment": "mdrfckr", "sessions": 3, "new": True}


def test_keys_are_told_of_all_and_of_each_sensor(planted: Store) -> None:
    assert report(planted)["ssh_keys"] == {"unique": 1, "new": 1, "items": [KEY_OF_VERIPA]}
    assert report(planted, "hp-1")["ssh_keys"]["items"] == [KEY_OF_VERIPA]
    assert report(planted, "hp-0")["ssh_keys"] == {"unique": 0, "new": 0, "items": []}


def test_a_key_is_new_until_an_older_day_has_it(store: Store) -> None:
    store.put(sessions("veripa", 0, 3, typed=script("veripa", IMPLANT)))
    assert report(store)["ssh_keys"]["items"] == [KEY_OF_VERIPA]
    store.put(sessions("ninety", -9, 1, typed=[IMPLANT]))
    assert report(store)["ssh_keys"]["items"] == [KEY_OF_VERIPA | {"new": False}]


def test_days_that_campaigns_have_not_taken_in_are_told_and_nothing_is_said_of_them(store: Store) -> None:
    store.come(sessions("zukamo", -1, 3), sessions("zukamo", 0, 3, sensor=1))
    document = report(store)
    assert document["campaigns"]["waiting_days"] == ["2026-08-30", "2026-08-31"]
    assert document["campaigns"]["total"] == document["ssh_keys"]["unique"] == 0
    assert report(store, "hp-1")["campaigns"]["waiting_days"] == ["2026-08-31"]
    update_campaigns(store.warehouse)
    assert report(store)["campaigns"]["waiting_days"] == []
    store.come(sessions("late", 0, 1))
    assert report(store)["campaigns"]["waiting_days"] == ["2026-08-31"]
    assert report(store, "hp-1")["campaigns"]["waiting_days"] == []
