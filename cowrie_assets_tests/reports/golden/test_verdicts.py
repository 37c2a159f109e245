"""What is known of files and addresses from elsewhere, in the documents of the sample."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import delete

from cowrie_assets.clock import iso_us, to_us
from cowrie_assets.enrichment.answers import Answer, Kind, Said, Status
from cowrie_assets.enrichment.verdicts import record
from cowrie_assets.warehouse.schema import verdict_changes, verdict_data, verdict_facts, verdict_reports
from cowrie_assets.warehouse.write_scope import ROWS
from cowrie_assets_tests.reports.golden.conftest import Load
from cowrie_assets_tests.reports.golden.evidence import Evidence, FileVerdict
from cowrie_assets_tests.reports.golden.loaded import ENGINES, Corpus, Loaded

NOW = datetime(2026, 10, 2, 7, 30, tzinfo=UTC)
JUDGED_AT = datetime(2026, 9, 30, 1, 2, 3, 4, tzinfo=UTC)
STATUSES = ("enriched", "enriched", "enriched", "failed", "skipped", "pending", "unknown")
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
        if number % 5:
            files[shasum] = enriched if status == "enriched" else FileVerdict(status.replace("unknown", "enriched"))
    listed = {ip: number % 4 == 0 for number, ip in enumerate(ips) if number % 2 == 0}
    listed |= {"198.51.100.77": True}
    return replace(evidence, file_verdicts=files, ip_verdicts=listed, judged_at=iso_us(to_us(JUDGED_AT)))


@pytest.fixture(scope="module", params=ENGINES)
def loaded(request: pytest.FixtureRequest, sample: Corpus, load: Load) -> Iterator[Loaded]:
    corpus = Corpus(sample.root, judged(sample.evidence))
    warehouse = load(request.param, corpus).warehouse
    answers = [*_of_files(corpus.evidence), *_of_addresses(corpus.evidence)]
    warehouse.run(lambda connection: record(connection, answers, now_us=to_us(JUDGED_AT)), ROWS)
    yield Loaded(corpus, warehouse)
    with warehouse.write() as connection:
        for table in (verdict_facts, verdict_data, verdict_changes, verdict_reports):
            connection.execute(delete(table))


def _of_files(evidence: Evidence) -> Iterator[Answer]:
    for shasum, verdict in evidence.file_verdicts.items():
        if verdict.status != "pending":
            status, first_seen = Status[verdict.status.upper()], verdict.first_at and to_us(verdict.first_at)
            said = Said(verdict.malicious, label=verdict.classification, first_seen=first_seen)
            yield Answer(Kind.FILE, shasum, "virustotal", status, 1, said)


def _of_addresses(evidence: Evidence) -> Iterator[Answer]:
    for ip, is_listed in evidence.ip_verdicts.items():
        yield Answer(Kind.ADDRESS, ip, "dshield", Status.ENRICHED, 1, Said(is_listed))


@pytest.mark.parametrize(
    ("report_type", "labels"),
    [
        ("daily", ["2026-08-30", "2026-08-31", "2026-09-01", "2026-09-03"]),
        ("weekly", ["2026-W35", "2026-W36"]),
        ("monthly", ["2026-08", "2026-09"]),
    ],
)
@pytest.mark.sqlite_first
def test_every_number_with_verdicts(loaded: Loaded, report_type: str, labels: list[str]) -> None:
    for label in labels:
        for sensor in (None, *loaded.corpus.evidence.sensors):
            assert loaded.disagreements(report_type, label, sensor, NOW) == {}


def test_the_verdicts_matter(loaded: Loaded) -> None:
    document = loaded.built("monthly", "2026-08", None, NOW)
    assert document["sessions"]["vt_flagged"] and document["sessions"]["dshield_flagged"]
    assert len(document["enrichments"]["files"]["classifications"]) > 1
    assert {alert["kind"] for alert in document["alerts"]} >= {"new_malware", "new_vt_classification"}
