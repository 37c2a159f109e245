"""`cowrie-assets techniques`: rules of the project and of the user, and layers for the Navigator."""

import json
from pathlib import Path

import pytest

from cowrie_assets_tests.cli.conftest import Cowrie

OWN = """
[[rule]]
id = "asks_for_the_kernel"
technique = "T1592.004"
description = "asks which kernel runs"
when = [{ programs = "uname", options = "a" }]
matches = ["uname -a"]
spares = ["uname -m"]

[techniques."T1592.004"]
name = "Gather Victim Host Information: Client Configurations"
tactics = ["reconnaissance"]
"""


@pytest.fixture
def own_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Rules of the user's own, which the environment names."""
    file = tmp_path / "rules.toml"
    file.write_text(OWN)
    monkeypatch.setenv("COWRIE_TECHNIQUES_FILE", str(file))
    return file


def test_rules_are_listed_checked_and_tried(cowrie: Cowrie, own_file: Path) -> None:
    listed = {each["rule"]: each for each in cowrie("techniques", "list", "--format", "json").json}
    assert listed["asks_for_the_kernel"]["own"]
    assert not listed["tools_off"]["own"]
    assert (listed["tools_off"]["technique"], listed["tools_off"]["former_id"]) == ("T1685", "T1562.001")
    assert "T1592.004  asks_for_the_kernel" in cowrie("techniques", "list").out
    assert cowrie("techniques", "check", str(own_file)).out == "1 rule, each does what its examples say\n"
    tried = cowrie("techniques", "test", "uname -a; rm x").out
    assert "T1592.004" in tried
    assert "counts behind a command that shows" in tried
    nothing = cowrie("techniques", "test", "\x1b]0;x\x07")
    assert (nothing.code, nothing.err) == (1, "Error: no rule matches it\n")


def test_a_load_takes_them_in_and_lets_them_go(
    ingested: Cowrie, own_file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    sql = "SELECT COUNT(*) AS sessions FROM session_techniques WHERE rule = 'asks_for_the_kernel'"
    assert ingested("query", sql, "--format", "json").json["rows"] == [{"sessions": 0}]
    assert ingested("ingest").code == 0
    (found,) = ingested("query", sql, "--format", "json").json["rows"]
    assert found["sessions"] > 0
    layer = ingested("techniques", "navigator", "2026-W36").json
    assert "T1592.004" in {each["techniqueID"] for each in layer["techniques"]}
    own_file.write_text(OWN.replace("uname -m", "uname -ra"))
    broken = ingested("ingest")
    assert (broken.code, broken.err) == (
        1,
        f"Error: COWRIE_TECHNIQUES_FILE {own_file}: rule asks_for_the_kernel matches what it is to spare: "
        '"uname -ra"\n',
    )
    assert ingested("query", sql, "--format", "json").json["rows"] == [found]
    monkeypatch.delenv("COWRIE_TECHNIQUES_FILE")
    assert ingested("ingest").code == 0
    assert ingested("query", sql, "--format", "json").json["rows"] == [{"sessions": 0}]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (b"\xff", "it is not written in UTF-8"),
        (b"rule = [", "it is no TOML"),
        (b"version = 3", "there is no version: the file has [[rule]] and [techniques]"),
        (OWN.partition("[techniques")[0].encode(), "T1592.004 is not among the techniques that are known here"),
        (OWN.replace('matches = ["uname -a"]', "").encode(), "matches is missing: a command that it must match"),
        (OWN.replace("reconnaissance", "defence").encode(), "technique T1592.004: tactics is a list of"),
        (OWN.replace("uname -a", "who").encode(), 'does not match its example "who"'),
    ],
)
def test_a_file_that_cannot_be_used_is_told_with_its_fault(
    cowrie: Cowrie, tmp_path: Path, text: bytes, said: str
) -> None:
    file = tmp_path / "rules.toml"
    file.write_bytes(text)
    refused = cowrie("techniques", "check", str(file))
    assert refused.code == 1
    assert said in refused.err
    assert str(file) in refused.err


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
