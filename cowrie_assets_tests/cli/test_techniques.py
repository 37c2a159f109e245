"""`cowrie-assets techniques`: layers for the Navigator, and what no rule maps."""

import json
from collections import Counter
from pathlib import Path

from cowrie_assets.cowrie.rule_set import rule_set
from cowrie_assets_tests.cli.conftest import Cowrie


def test_a_layer_for_both_versions_of_attack(ingested: Cowrie, tmp_path: Path) -> None:
    current = ingested("techniques", "navigator", "2026-08-31").json
    assert current["versions"] == {"attack": "19", "navigator": "5.1.0", "layer": "4.5"}
    scores = {each["techniqueID"]: each["score"] for each in current["techniques"] if "score" in each}
    assert max(scores.values()) == current["gradient"]["maxValue"] > 0
    file = tmp_path / "layer.json"
    told = ingested("techniques", "navigator", "2026-08-31", "--attack-version", "18", "--output", str(file))
    assert told.code == 0
    former = json.loads(file.read_text())
    assert former["versions"]["attack"] == "18"
    assert not {"T1685", "T1690"} & {each["techniqueID"] for each in former["techniques"]}
    assert sum(each.get("score", 0) for each in former["techniques"]) == sum(scores.values())
    assert ingested("techniques", "navigator", "2026-13").code == 2
    assert ingested("techniques", "navigator", "2026-08", "--attack-version", "17").code == 2


def test_what_no_rule_maps_is_told_by_its_normal_form(ingested: Cowrie) -> None:
    document = ingested("techniques", "unmapped", "2026-08", "--format", "json").json
    sql = """
        SELECT c.command, c.command_normalized, c.occurrences
        FROM command_stats AS c
        JOIN session_summaries AS s ON s.sensor = c.sensor AND s.session_id = c.session_id
        WHERE s.first_event_at < '2026-09-01'
    """
    rows = ingested("query", sql, "--format", "json").json["rows"]
    matcher = rule_set().techniques
    unmapped: Counter[str] = Counter()
    for row in rows:
        if not matcher.of_command(row["command"]):
            unmapped[row["command_normalized"]] += row["occurrences"]
    assert document["commands"] == sum(row["occurrences"] for row in rows) > document["unmapped"]
    assert document["unmapped"] == unmapped.total() > 0
    assert document["share"] == document["unmapped"] / document["commands"]
    most = sorted(unmapped.items(), key=lambda each: (-each[1], each[0]))[:10]
    assert [(each["command_normalized"], each["occurrences"]) for each in document["most_frequent"]] == most
    told = ingested("techniques", "unmapped", "2026-08", "--limit", "1").out.splitlines()
    assert told[0].startswith(f"2026-08: of {document['commands']:,} commands no rule maps {document['unmapped']:,} (")
    assert len(told) == 2


def test_a_form_of_which_nothing_is_left_is_shown(cowrie: Cowrie, tmp_path: Path) -> None:
    session = {"session": "a0b1c2d3e4f5", "sensor": "hp-fra-01", "timestamp": "2026-08-31T01:02:03.000000Z"}
    log = tmp_path / "cowrie.json"
    log.write_text(json.dumps({"eventid": "cowrie.command.input", "input": "", **session}) + "\n")
    assert cowrie("ingest", log).code == 0
    assert cowrie("techniques", "unmapped", "2026-08").out.splitlines()[1:] == ['        1  ""']
