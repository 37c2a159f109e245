"""`cowrie-assets rules`: those of the project and of the user."""

from pathlib import Path

import pytest

from cowrie_assets_tests.cli.conftest import Cowrie

OWN = """
[[rule]]
id = "asks_for_the_kernel"
technique = "T1592.004"
score = 72
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
    monkeypatch.setenv("COWRIE_RULES_FILE", str(file))
    return file


def test_rules_are_listed_checked_and_tried(cowrie: Cowrie, own_file: Path) -> None:
    document = cowrie("rules", "list", "--format", "json").json
    listed = {each["rule"]: each for each in document["techniques"]}
    assert listed["asks_for_the_kernel"]["own"]
    assert not listed["tools_off"]["own"]
    assert (listed["tools_off"]["technique"], listed["tools_off"]["former_id"]) == ("T1685", "T1562.001")
    assert {each["rule"]: each["score"] for each in document["risk"] if each["own"]} == {"asks_for_the_kernel": 72}
    assert {each["rule"]: each["bonus"] for each in document["chains"]}["fetch_and_run"] == 15
    told = cowrie("rules", "list").out
    assert "T1592.004  asks_for_the_kernel" in told
    assert "risk 72    asks_for_the_kernel        asks which kernel runs (your own)" in told
    assert cowrie("rules", "check", str(own_file)).out == "1 rule, each does what its examples say\n"
    tried = cowrie("rules", "test", "uname -a; rm x").out
    assert tried.startswith("risk 72, high\nrisk 72    asks_for_the_kernel")
    assert "T1592.004" in tried
    assert "counts behind a command that shows" in tried
    nothing = cowrie("rules", "test", " ")
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
        f"Error: COWRIE_RULES_FILE {own_file}, line 3: rule asks_for_the_kernel matches what it is to spare: "
        '"uname -ra"\n',
    )
    assert ingested("query", sql, "--format", "json").json["rows"] == [found]
    monkeypatch.delenv("COWRIE_RULES_FILE")
    assert ingested("ingest").code == 0
    assert ingested("query", sql, "--format", "json").json["rows"] == [{"sessions": 0}]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (b"\xff", "it is not written in UTF-8"),
        (b"rule = [", "it is no TOML"),
        (b"version = 3", "there is no version: the file has [[rule]], [[chain]]"),
        (OWN.partition("[techniques")[0].encode(), "T1592.004 is not among the techniques that are known here"),
        (OWN.replace('matches = ["uname -a"]', "").encode(), "matches is missing: a command that it must match"),
        (
            OWN.replace('[{ programs = "uname", options = "a" }]', '[{ session = "file_uploads", at_least = 2 }]')
            .replace('matches = ["uname -a"]', "")
            .replace("score = 72", "")
            .encode(),
            "matches is missing: counts of a session that it must match: [{ file_uploads = 2 }]",
        ),
        (OWN.replace("reconnaissance", "defence").encode(), "technique T1592.004: tactics is a list of"),
        (OWN.replace("uname -a", "who").encode(), 'does not match its example "who"'),
    ],
)
def test_a_file_that_cannot_be_used_is_told_with_its_fault(
    cowrie: Cowrie, tmp_path: Path, text: bytes, said: str
) -> None:
    file = tmp_path / "rules.toml"
    file.write_bytes(text)
    refused = cowrie("rules", "check", str(file))
    assert refused.code == 1
    assert said in refused.err
    assert refused.err.startswith(f"Error: {file}")  # no setting named it
