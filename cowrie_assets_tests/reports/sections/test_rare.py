"""What a report tells of snowshoes and of the long tail, and when it is written anew for them."""

import json
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest

from cowrie_assets.campaigns.update import update_campaigns
from cowrie_assets.notifications.digest import digest_message
from cowrie_assets.reports.checks import check_reports
from cowrie_assets.reports.files import write_reports
from cowrie_assets.reports.rare_noting import note_rare
from cowrie_assets.reports.rare_versions import waiting
from cowrie_assets.reports.render.html import render_html
from cowrie_assets.reports.render.text import render_text
from cowrie_assets.warehouse.engine import Warehouse
from cowrie_assets_tests import events
from cowrie_assets_tests.databases import ENGINES, Databases
from cowrie_assets_tests.reports.sections.test_campaigns import DAY, LATER, MONDAY, Lines, Store, report, script
from cowrie_assets_tests.reports.test_staleness import stale

PERSON = ("vim /etc/nginx/nginx.conf", "grep -n listen /etc/hosts.deny", "stat /etc/exports", "stat -f /srv/backups")


def came(name: str, day: int, address: str, *typed: str, sensor: int = 0) -> Lines:
    """A session from an address, `day` days after Monday."""
    at = {
        "session": name,
        "sensor": f"hp-{sensor}",
        "timestamp": f"{datetime(2026, 8, 31, 5, tzinfo=UTC) + timedelta(days=day):%Y-%m-%dT%H:%M:%SZ}",
    }
    yield events.line(0, **at, src_ip=address)
    yield from (events.line(3, **at, message=str(number), input=each) for number, each in enumerate(typed))


def spread(count: int, *typed: str) -> Iterator[Lines]:
    """So many addresses, each of a network of its own, the odd ones at another sensor."""
    for place in range(count):
        yield came(f"spread{place}", 0, f"198.18.{place}.7", *typed, sensor=place % 2)


def usual(count: int) -> Iterator[Lines]:
    """Sessions that know the networks, so that no earlier day makes them less new."""
    return (came(f"usual{place}", -10, f"198.18.{place % 12}.8", "w") for place in range(count))


@pytest.fixture(params=ENGINES)
def store(request: pytest.FixtureRequest, databases: Databases, tmp_path) -> Iterator[Store]:
    with Warehouse.open(databases.new(request.param, tmp_path)) as opened:
        store = Store(opened, tmp_path / "logs")
        store.put(*usual(60), *spread(12, *script("zukamo")), came("person", 0, "203.0.113.9", *PERSON))
        yield store


def test_what_is_told_written_anew_and_proved(store: Store, tmp_path) -> None:
    """Of all sensors, and of each; a report is late once other days say otherwise, and wrong once its file does."""
    document = report(store)
    (snowshoe,), (rare,) = document["snowshoe"]["items"], document["longtail"]["items"]
    assert (snowshoe["sessions"], snowshoe["light_addresses"], snowshoe["networks"]) == (12, 12, 12)
    assert "zukamo" in snowshoe["name"]
    assert snowshoe["top_networks"][0] == {"value": "198.18.0.0/24", "addresses": 1}
    assert (rare["session_id"], rare["alike"], rare["rare_traits"]) == ("person", 1, 4)
    assert sorted(each["value"] for each in rare["traits"]) == sorted(PERSON)
    (alert,) = [each for each in document["alerts"] if each["kind"] == "snowshoe"]
    assert alert["message"].endswith("(12 sessions from 12 addresses in 12 networks).")
    assert report(store, "hp-1")["snowshoe"] == document["snowshoe"], "told of all sensors"
    assert report(store, "hp-0")["longtail"] == document["longtail"]
    assert report(store, "hp-1")["longtail"] == {"total": 0, "items": []}
    digest = str(digest_message(document, key="k", at_us=LATER, page=tmp_path / "page.html", masked=True))
    for shown in (render_text(document), render_html(document).decode(), digest):
        assert "zukamo" in shown
        assert any(each in shown for each in PERSON)

    note_rare(store.warehouse)
    write_reports(store.warehouse, DAY, tmp_path, now_us=LATER)
    assert (_is_stale(store), _wrong(store, tmp_path)) == (False, 0)
    # Long before: no day that the report is compared with. Until it is worked out again nobody knows.
    store.come(*(came(f"before{place}", -19, f"198.18.{place % 3}.7", "w") for place in range(15)))
    with store.warehouse.read() as connection:
        assert DAY in waiting(connection)
    assert (_is_stale(store), _wrong(store, tmp_path)) == (False, 0)
    update_campaigns(store.warehouse)
    note_rare(store.warehouse)
    assert _is_stale(store), "three of the addresses are light no more"
    write_reports(store.warehouse, DAY, tmp_path, now_us=LATER)
    written = tmp_path / "daily" / DAY.label / "aggregate.json"
    assert json.loads(written.read_bytes())["snowshoe"] == {"total": 0, "items": []}
    store.put(came("other", -19, "198.18.3.77", "w"))
    assert note_rare(store.warehouse) > 0
    assert (_is_stale(store), note_rare(store.warehouse)) == (False, 0), "it says nothing else of this day"
    store.put(*(came(f"known{place}", -18, "203.0.113.9", *PERSON) for place in range(3)))
    note_rare(store.warehouse)
    assert _is_stale(store), "four sessions did the same"
    write_reports(store.warehouse, DAY, tmp_path, now_us=LATER)
    spoiled = json.loads(written.read_bytes())
    assert spoiled["longtail"]["total"] == 0
    spoiled["longtail"]["total"] = 3
    written.write_text(json.dumps(spoiled))
    assert _wrong(store, tmp_path) == 1


def _is_stale(store: Store) -> bool:
    return DAY.label in stale(store.warehouse)


def _wrong(store: Store, report_dir) -> int:
    results = check_reports(store.warehouse, MONDAY, MONDAY, report_dir, report_types=["daily"])
    return sum(each.differences - each.late for each in results)
