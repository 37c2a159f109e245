"""`cowrie-assets db import` and `compare`, beside the logs that both tools read."""

import gzip
import json
from pathlib import Path

from cowrie_assets_tests.cli.conftest import Cowrie
from cowrie_assets_tests.cowrieprocessor.older import Older, defanged


def test_import_and_compare(cowrie: Cowrie, sample_logs: Path, tmp_path: Path) -> None:
    older = Older(str(tmp_path / "older.sqlite")).make()
    events = 0
    for log in sorted(sample_logs.rglob("cowrie.json*")):
        content = gzip.decompress(log.read_bytes()) if log.suffix == ".gz" else log.read_bytes()
        payloads = [json.loads(line) for line in content.splitlines()]
        events += len(payloads)
        altered = [defanged(each) if isinstance(each.get("input"), str) else each for each in payloads]
        older.events(altered, str(log))
    older.summaries([("0" * 12, "2026-08-30 00:00:00", 3, 1, 0, 2)])
    older.dead_letters([{"malformed_content": '{"eventid": "cow'}], "/srv/cowrie.json")
    imported = cowrie("db", "import", older.place)
    assert (imported.code, imported.err) == (0, "")
    assert f"  {'events inserted':<16}{events:>14,}" in imported.out
    assert "1 dead: invalid_json" in imported.out
    assert "fewer: cowrieprocessor has less" in imported.out
    again = cowrie("db", "import", older.place, "--anew", "--format", "json").json
    counts = again["tables"]["raw_events"]
    assert (counts["rows"], counts["events"], counts["duplicates"]) == (events, 0, events)
    assert again["by_day"]["2026-08-30"]["sessions"]["theirs"] == 1
    ingested = cowrie("ingest")
    assert f"  {'events inserted':<16}{0:>14,}" in ingested.out
    assert cowrie("validate").code == 0
    assert cowrie("status").code == 0
    compared = cowrie("db", "compare", older.place, "--from", "2026-08-30", "--to", "2026-08-30")
    assert "2026-08-30" in compared.out
    assert cowrie("db", "compare", older.place, "--from", "2026-08-30", "--format", "json").json["schema_version"] == 17
    assert "Neither has a session" in cowrie("db", "compare", older.place, "--from", "2030-01-01").out
    refused = cowrie("db", "import", "postgresql://u:hunter2@h/d")
    assert (refused.code, "hunter2" in refused.err, "env:NAME" in refused.err) == (1, False, True)
