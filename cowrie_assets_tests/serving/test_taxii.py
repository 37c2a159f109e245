"""The feeds by TAXII 2.1, as a client of others' asks for them."""

import json
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import taxii2client.v21 as taxii
from taxii2client.exceptions import TAXIIServiceException

from cowrie_assets.indicators.collection import is_late, write_collection
from cowrie_assets.indicators.indicator import Indicator, IndicatorType, Reason
from cowrie_assets.indicators.stix import as_stix
from cowrie_assets.reports.periods import parse_period
from cowrie_assets.reports.ways import feed_folder
from cowrie_assets.serving.taxii import MEDIA_TYPE
from cowrie_assets_tests.serving.conftest import Served, serving

SECOND = 1_000_000
DAY = 86_400 * SECOND
FIRST = 20_600 * DAY
"""In May of 2026: the source of the feeds is older."""


def indicator(number: int, last_seen: int) -> Indicator:
    value = f"45.9.148.{number}"
    return Indicator(
        IndicatorType.IPV4, value, FIRST, FIRST + last_seen, 1, 1, (Reason(20, "a reason"),), ("source",), None
    )


def put_feed(folder: Path, report_type: Any, label: str, as_of: int, *found: Indicator) -> None:
    """A feed as of a day behind the first; the collection follows where it is written."""
    file = feed_folder(folder, parse_period(report_type, label)) / "indicators.stix.json"
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_bytes(b"".join(as_stix(found, FIRST + as_of * DAY)))


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    folder = tmp_path_factory.mktemp("reports")
    put_feed(folder, "monthly", "1999-01", 1, indicator(250, DAY))
    put_feed(folder, "monthly", "2026-07", 3, indicator(1, 2 * DAY), indicator(2, 3 * DAY))
    write_collection(folder, FIRST + 3 * DAY)
    for newest in range(3, 8):
        put_feed(folder, "monthly", "2026-08", newest, *(indicator(each, each * DAY) for each in range(3, newest + 1)))
        write_collection(folder, FIRST + (10 + newest) * DAY)
    put_feed(folder, "daily", "2026-08-31", 50, indicator(1, 50 * DAY))
    write_collection(folder, FIRST + 50 * DAY)
    with serving(folder) as running:
        yield running


def test_a_client_finds_and_reads_the_collection(served: Served) -> None:
    server = taxii.Server(f"http://127.0.0.1:{served.port}/taxii2/")
    (root,) = server.api_roots
    (collection,) = root.collections
    assert collection.can_read and not collection.can_write
    found = collection.get_objects()
    patterns = [each["pattern"] for each in found["objects"] if each["type"] == "indicator"]
    assert patterns == [f"[ipv4-addr:value = '45.9.148.{number}']" for number in (2, 3, 4, 5, 6, 7, 1)]
    assert found["objects"][0]["type"] == "identity" and not found["more"]

    pages = list(taxii.as_pages(collection.get_objects, per_request=3))
    assert [len(page["objects"]) for page in pages] == [3, 3, 2]
    assert [each for page in pages for each in page["objects"]] == found["objects"]
    newest = found["objects"][-1]
    dates = [each["date_added"] for each in collection.get_manifest()["objects"]]
    assert dates == sorted(dates) and len(set(dates)) == 7, "the first came together, each of the others alone"
    assert collection.get_objects(added_after=dates[-2])["objects"] == [newest]
    assert collection.get_objects(added_after=dates[-1])["objects"] == []
    assert collection.get_objects(type="identity")["objects"] == found["objects"][:1]
    assert collection.get_object(newest["id"])["objects"] == [newest]
    assert collection.object_versions(newest["id"])["versions"] == [newest["modified"]]
    assert {each["id"] for each in collection.get_manifest()["objects"]} == {each["id"] for each in found["objects"]}
    with pytest.raises(TAXIIServiceException):
        collection.add_objects({"objects": []})


def test_a_feed_that_is_written_anew_is_read_anew(served: Served) -> None:
    (collection,) = taxii.Server(f"http://127.0.0.1:{served.port}/taxii2/").api_roots[0].collections
    seen = collection.get_manifest()["objects"][-1]["date_added"]
    late = indicator(99, 0)
    put_feed(served.folder, "daily", "2026-08-31", 60, indicator(1, 50 * DAY), late)
    assert is_late(served.folder)
    write_collection(served.folder, FIRST)
    assert not is_late(served.folder)
    (added,) = collection.get_objects(added_after=seen)["objects"]
    assert added["name"].endswith(late.value), "what is seen before, and comes late, comes to whoever asked; no other"
    seen = collection.get_manifest()["objects"][-1]["date_added"]
    changed = replace(late, reasons=(Reason(60, "another"),))
    put_feed(served.folder, "daily", "2026-08-31", 61, indicator(1, 50 * DAY), changed)
    write_collection(served.folder, FIRST + 61 * DAY)
    (version,) = collection.get_objects(added_after=seen)["objects"]
    assert version["confidence"] == 60 and version["modified"] > added["modified"]
    assert collection.get_object(added["id"], version=version["modified"])["objects"] == [version]
    assert collection.get_object(added["id"], version=added["modified"])["objects"] == []
    assert (
        collection.get_objects(spec_version="2.1,2.0")["objects"]
        and not collection.get_objects(spec_version="9")["objects"]
    )


@pytest.mark.parametrize(
    ("target", "status"),
    [
        ("/taxii2/api/collections/none/objects/", 404),
        ("/taxii2/api/collections/{id}/objects/indicator--none/", 404),
        ("/taxii2/api/collections/{id}/objects/?limit=0", 400),
        ("/taxii2/api/collections/{id}/objects/?limit=-1", 400),
        ("/taxii2/api/collections/{id}/objects/?next=%00", 400),
        ("/taxii2/api/collections/{id}/objects/?added_after=x", 400),
        ("/taxii2/api/collections/{id}/objects/?added_after=2026-02-30T00:00:00Z", 400),
        ("/taxii2/api/collections/{id}/objects/?match[version]=x", 400),
        ("/taxii2/api/collections/{id}/objects/?next=W10=", 400),
        ("/taxii2/api/<script>/", 404),
    ],
)
def test_what_is_refused_is_told_as_the_standard_has_it(served: Served, target: str, status: int) -> None:
    (collection,) = taxii.Server(f"http://127.0.0.1:{served.port}/taxii2/").api_roots[0].collections
    answer, content = served.get(target.replace("{id}", collection.id), Accept=MEDIA_TYPE)
    assert (answer.status, json.loads(content)["http_status"]) == (status, str(status))
    assert answer.headers["Content-Type"] == MEDIA_TYPE
    assert b"script" not in content


def test_only_who_reads_taxii_gets_it(served: Served) -> None:
    assert served.get("/taxii2/", Accept="text/html")[0].status == 406
    assert served.get("/taxii2/", Accept="application/taxii+json;version=2.0")[0].status == 406
    assert served.get("/taxii2/", Accept="text/html, application/taxii+json; q=0.5")[0].status == 200
    assert served.get("/taxii2/", Accept=MEDIA_TYPE)[0].headers["Content-Type"] == MEDIA_TYPE
    assert served.get("/taxii2/", Host="attacker.example", Accept=MEDIA_TYPE)[0].status == 400
