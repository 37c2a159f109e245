"""`cowrie-assets campaigns`."""

import json
from pathlib import Path

from pyarrow import parquet

from cowrie_assets_tests.cli.conftest import Cowrie


def test_campaigns_are_put_together_listed_and_told(ingested: Cowrie) -> None:
    listed = ingested("campaigns", "list")
    assert (listed.code, listed.out) == (0, "There is no campaign.\n")
    assert "campaigns update" in listed.err
    updated = ingested("campaigns", "update")
    assert updated.code == 0
    assert "campaigns, " in updated.out
    listed = ingested("campaigns", "list")
    assert (listed.code, listed.err) == (0, "")
    document = ingested("campaigns", "list", "--format", "json", "--limit", "2").json
    first = document["campaigns"][0]
    assert len(document["campaigns"]) == 2
    assert first["campaign_id"] in listed.out
    assert ingested("campaigns", "list", "--since", "2999-01-01").out == "There is no campaign.\n"
    told = ingested("campaigns", "show", first["campaign_id"])
    assert (told.code, told.out.startswith(f"{first['campaign_id']}: ")) == (0, True)
    assert first["oldest"]["session_id"] in told.out
    shown = ingested("campaigns", "show", first["campaign_id"], "--format", "json").json
    assert shown["campaign"] == first
    gone = ingested("campaigns", "show", "none")
    assert (gone.code, "there is no campaign none" in gone.err) == (1, True)


def test_snowshoes_and_the_long_tail_are_told(ingested: Cowrie, tmp_path: Path) -> None:
    assert "campaigns update" in ingested("campaigns", "longtail").err
    assert ingested("campaigns", "update").code == 0
    assert ingested("campaigns", "snowshoe").out == "There is no snowshoe from 2026-08-28 to 2026-09-03.\n"
    assert ingested("campaigns", "snowshoe", "--format", "json").json["snowshoes"] == []
    listed = ingested("campaigns", "longtail", "--top", "2")
    document = ingested("campaigns", "longtail", "--format", "json", "--top", "2").json
    assert (listed.code, listed.err, document["since"]) == (0, "", "2026-08-28")
    assert len(document["sessions"]) == 2
    for each in document["sessions"]:
        assert each["session"]["session_id"] in listed.out
        assert each["reasons"][0] in listed.out
    assert f"{document['total']} sessions in all" in listed.out
    exported = list(map(json.loads, ingested("export", "longtail", "--format", "jsonl").out.splitlines()))
    assert len(exported) == document["total"]
    assert [row["session_id"] for row in exported[:2]] == [row["session"]["session_id"] for row in document["sessions"]]
    for table in ("snowshoes", "longtail"):
        file = tmp_path / f"{table}.parquet"
        days = ("--from", "2026-08-01", "--to", "2026-08-02")
        assert ingested("export", table, *days, "--format", "parquet", "--output", file).code == 0
        assert (parquet.read_table(file).num_rows, "score" in parquet.read_schema(file).names) == (0, True)
    assert ingested("export", "snowshoes").out.startswith("campaign_id,name,score,")
    none = ingested("campaigns", "longtail", "--from", "2026-08-01", "--to", "2026-08-02")
    assert none.out == "No session from 2026-08-01 to 2026-08-02 is rare in what it did.\n"
    assert ingested("campaigns", "longtail", "--sensor", "nowhere").code == 1
