"""`cowrie-assets export indicators` and `indicators update`, on a sample of real logs."""

import json
from pathlib import Path

from cowrie_assets_tests.cli.conftest import Cowrie


def test_indicators_of_real_logs(ingested: Cowrie, tmp_path: Path) -> None:
    assert ingested("report", "daily", "2026-08-31", "--output", tmp_path / "reports").code == 0
    told = ingested("indicators", "update")
    assert told.code == 0 and "1 feed written" in told.out
    shared = ingested("export", "indicators", "--format", "json").json["indicators"]
    assert {each["type"] for each in shared} == {"sha256", "ssh_key"}, "the sample's addresses are those of examples"
    every = ingested("export", "indicators", "--all", "--format", "json").json["indicators"]
    assert {each["left_out"] for each in every if each["type"] == "ipv4"} == {"no public address"}
    table = ingested("query", "SELECT type, value, confidence, tags FROM indicators", "--format", "json").json["rows"]
    assert {(row["type"], row["value"], row["confidence"], row["tags"]) for row in table} == {
        (each["type"], each["value"], each["confidence"], "; ".join(each["tags"])) for each in shared
    }
    of_day = json.loads((tmp_path / "reports/feeds/daily/2026-08-31/indicators.json").read_bytes())["indicators"]
    assert {each["value"] for each in of_day} < {each["value"] for each in shared}
    file = tmp_path / "some.txt"
    assert ingested("export", "indicators", "--type", "sha256", "--format", "txt", "--output", file).out == ""
    assert file.read_text().splitlines() == [each["value"] for each in shared if each["type"] == "sha256"]
