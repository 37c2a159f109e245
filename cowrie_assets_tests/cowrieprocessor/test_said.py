"""What services said, as the older tool kept it, becomes verdicts as old as it is there."""

from datetime import UTC, datetime
from pathlib import Path

from cowrie_assets.clock import now_us, to_us
from cowrie_assets.cowrieprocessor.said import import_said
from cowrie_assets.cowrieprocessor.source import Source
from cowrie_assets.enrichment.answers import Answer, Kind, Said, Status
from cowrie_assets.enrichment.verdicts import record
from cowrie_assets.warehouse.engine import Warehouse
from cowrie_assets.warehouse.write_scope import ROWS
from cowrie_assets_tests import tables
from cowrie_assets_tests.cowrieprocessor.conftest import MakeOlder, Named
from cowrie_assets_tests.cowrieprocessor.older import Older

A, B, C = "aa" * 32, "bb" * 32, "cc" * 32
ASKED = "2025-03-01 10:00:00+00:00"
_FILE = {
    "vt_classification": "trojan.mirai/gafgyt",
    "vt_description": "ELF",
    "vt_malicious": True,
    "vt_first_seen": "2025-02-01 00:00:00+00:00",
    "vt_last_analysis": "2025-02-20 00:00:00+00:00",
    "vt_positives": 41,
    "vt_total": 70,
    "vt_scan_date": "2025-02-20 00:00:00+00:00",
    "last_updated": ASKED,
}
_VIRUSTOTAL = {"data": {"attributes": {"last_analysis_stats": {"malicious": 0, "undetected": 60}}}}


def fill(older: Older) -> None:
    files = [{"session_id": "s1", "shasum": A.upper(), **_FILE}, {"session_id": "s2", "shasum": A, **_FILE}]
    older.insert("files", files)
    older.insert("files", [{"session_id": "s3", "shasum": B}, {"session_id": "s4", "shasum": "x", "vt_total": 3}])
    cached: list[tuple[str, str, object]] = [
        ("virustotal", C, _VIRUSTOTAL),
        ("virustotal", A, {"error": {"code": "QuotaExceededError"}}),
        ("dshield", "203.0.113.9", {"ip": {"count": "12", "attacks": None}}),
        ("dshield", "8.8.8.8", {"ip": {"count": "12", "attacks": None, "number": "8.8.8.8"}}),
        ("dshield", "9.9.9.9", {"ip": {"count": "12", "number": "8.8.8.8"}}),
        ("dshield", "1.1.1.1", {"ip": {"asname": "", "ascountry": ""}}),
        ("urlhaus", "8.8.4.4", '"elf, mirai"'),
        ("hibp", "ABCDE", {"0018A45C4D1DEF81644B54AB7F969B88D65": 1}),
        ("whoever", "8.8.8.8", {}),
    ]
    names = ("service", "cache_key", "cache_value", "created_at")
    older.insert("enrichment_cache", [dict(zip(names, (*row, ASKED), strict=True)) for row in cached])


def test_answers_become_verdicts(make_older: MakeOlder, reference: Named, warehouse: Warehouse) -> None:
    older = make_older(17)
    fill(older)
    with Source.open(reference(older)) as source:
        result = import_said(warehouse, source)
        assert (result.files, result.cached, result.changed) == (3, 9, 3)
        assert result.taken == {"virustotal": 3, "dshield": 1}
        assert result.passed_by == {"virustotal": 2, "dshield": 3, "urlhaus": 1, "hibp": 1, "whoever": 1}
        verdicts = tables.rows(warehouse, "verdicts")
        found = {row["value"]: row for row in verdicts}
        assert set(found) == {A, C, "8.8.8.8"}
        said = found[A]
        assert (said["malicious"], said["score"], said["positives"], said["total"]) == (1, 59, 41, 70)
        assert (said["label"], said["description"], said["status"]) == ("trojan.mirai/gafgyt", "ELF", "enriched")
        assert said["fetched_at"] == "2025-03-01T10:00:00.000000Z"
        assert found[C]["malicious"] == 0
        assert found["8.8.8.8"]["malicious"] == 1
        assert import_said(warehouse, source).changed == 0
        assert tables.rows(warehouse, "verdicts") == verdicts


def test_a_newer_answer_stays(tmp_path: Path) -> None:
    older = Older(str(tmp_path / "older.sqlite"), 4).make()
    older.insert("files", [{"session_id": "s1", "shasum": A, **_FILE, "last_updated": "2999-01-01 00:00:00"}])
    older.insert("files", [{"session_id": "s1", "shasum": B, **_FILE}])
    newer = to_us(datetime(2025, 4, 1, tzinfo=UTC))
    with Warehouse.open(f"sqlite:///{tmp_path / 'w.db'}") as warehouse, Source.open(older.place) as source:
        answer = Answer(Kind.FILE, B, "virustotal", Status.ENRICHED, newer, Said(label="ours"))
        warehouse.run(lambda connection: record(connection, [answer], now_us=newer), of=ROWS)
        begin = now_us()
        import_said(warehouse, source)
        found = {row["value"]: row for row in tables.rows(warehouse, "verdicts")}
        assert found[B]["label"] == "ours"
        fetched_at = to_us(datetime.fromisoformat(found[A]["fetched_at"]))
        assert begin <= fetched_at <= now_us(), "no answer comes from the future"
