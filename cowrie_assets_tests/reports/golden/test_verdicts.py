"""What is known of files and addresses from elsewhere, in the documents of the sample."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import delete, insert

from cowrie_assets.clock import to_us
from cowrie_assets.warehouse.codec import encode_text
from cowrie_assets.warehouse.schema import file_verdicts, ip_verdicts
from cowrie_assets_tests.reports.golden.conftest import Load
from cowrie_assets_tests.reports.golden.evidence import Evidence, FileVerdict
from cowrie_assets_tests.reports.golden.loaded import ENGINES, Corpus, Loaded

NOW = datetime(2026, 10, 2, 7, 30, tzinfo=UTC)
STATUSES = ("enriched", "enriched", "enriched", "failed", "skipped", "pending")
CLASSES = ("trojan.mirai", "miner.xmrig", None, "a\x00b", "trojan.mirai")


def judged(evidence: Evidence) -> Evidence:
    """Verdicts of every kind: of most of the files and of some addresses, and of others that nobody saw."""
    hashes = sorted({shasum for session in evidence.sessions for shasum in session.files})
    ips = sorted({session.src_ip for session in evidence.sessions if session.src_ip})
    files = {"f" * 64: FileVerdict("enriched", "never.seen", True)}
    for number, shasum in enumerate(hashes):
        status = STATUSES[number % len(STATUSES)]
        first_at = datetime(2026, 8, 24, 12, tzinfo=UTC) + timedelta(days=number % 9)
        enriched = FileVerdict(status, CLASSES[number % len(CLASSES)], number % 4 == 0, first_at)
        if number % 7:
            files[shasum] = enriched if status == "enriched" else FileVerdict(status)
    listed = {ip: number % 4 == 0 for number, ip in enumerate(ips) if number % 2 == 0}
    return replace(evidence, file_verdicts=files, ip_verdicts=listed | {"198.51.100.77": True})


@pytest.fixture(scope="module", params=ENGINES)
def loaded(request: pytest.FixtureRequest, sample: Corpus, load: Load) -> Iterator[Loaded]:
    corpus = Corpus(sample.root, judged(sample.evidence))
    warehouse = load(request.param, corpus).warehouse
    with warehouse.write() as connection:
        connection.execute(insert(file_verdicts), list(_file_rows(corpus.evidence)))
        connection.execute(insert(ip_verdicts), list(_ip_rows(corpus.evidence)))
    yield Loaded(corpus, warehouse)
    with warehouse.write() as connection:
        connection.execute(delete(file_verdicts))
        connection.execute(delete(ip_verdicts))


def _file_rows(evidence: Evidence) -> Iterator[dict[str, Any]]:
    for shasum, verdict in evidence.file_verdicts.items():
        yield {
            "shasum": shasum,
            "status": verdict.status,
            "classification": encode_text(verdict.classification),
            "malicious": int(verdict.malicious),
            "first_seen": verdict.first_at and to_us(verdict.first_at),
            "updated_at": 1,
        }


def _ip_rows(evidence: Evidence) -> Iterator[dict[str, Any]]:
    for ip, is_listed in evidence.ip_verdicts.items():
        yield {"ip": ip, "dshield_flagged": int(is_listed), "updated_at": 1}


@pytest.mark.parametrize(
    ("report_type", "labels"),
    [
        ("daily", ["2026-08-30", "2026-08-31", "2026-09-01", "2026-09-03"]),
        ("weekly", ["2026-W35", "2026-W36"]),
        ("monthly", ["2026-08", "2026-09"]),
    ],
)
def test_every_number_with_verdicts(loaded: Loaded, report_type: str, labels: list[str]) -> None:
    for label in labels:
        for sensor in (None, *loaded.corpus.evidence.sensors):
            assert loaded.disagreements(report_type, label, sensor, NOW) == {}


def test_the_verdicts_matter(loaded: Loaded) -> None:
    document = loaded.built("monthly", "2026-08", None, NOW)
    assert document["sessions"]["vt_flagged"] and document["sessions"]["dshield_flagged"]
    assert len(document["enrichments"]["files"]["classifications"]) > 1
    assert {alert["kind"] for alert in document["alerts"]} >= {"new_malware", "new_vt_classification"}
