"""Rules as TOML: each does what its examples say, and what is not understood is refused with its rule and line."""

import re
from pathlib import Path

import pytest

from cowrie_assets.cowrie.rule_conditions import CONDITIONS, LINES, SIGNS
from cowrie_assets.cowrie.rule_set import is_matched, rule_set
from cowrie_assets.cowrie.rule_table import SESSION_COUNTS, RuleError, project_table, read_rule_table

RULES = rule_set()
PROJECTS = [*project_table("techniques").rules, *project_table("risk").rules, *project_table("risk").chains]
DOCUMENT = Path(__file__).parents[2] / "docs" / "RULES.md"
RULE = """
[[rule]]
id = "x"
technique = "T1082"
description = "x"
"""
CHAIN = """
[[chain]]
id = "x"
bonus = 5
description = "x"
"""


@pytest.mark.parametrize("rule", PROJECTS, ids=lambda rule: rule.name)
def test_a_rule_matches_its_examples_and_spares_the_others(rule):
    assert rule.spares
    assert rule.matches or rule.name == "unreadable_length", "its example would have 65,537 characters"
    assert [example for example in rule.matches if not is_matched(RULES, rule, example)] == []
    assert [example for example in rule.spares if is_matched(RULES, rule, example)] == []


@pytest.mark.parametrize(
    "table, said",
    [
        ("rule = [", "no TOML"),
        ("rule = 1", r"written \[\[rule\]\]"),
        (RULE.replace('"x"', '"X Y"'), "an id|a rule's id"),
        (RULE, "rule x: when is missing"),
        (RULE + "what = 1\nwhen = [{ bare = true }]", "rule x: there is no what"),
        (RULE + "when = 1", "rule x: when is a list"),
        (RULE + "when = [{}]", "rule x: when is a list"),
        (RULE + "when = [{ program = 'x' }]", "rule x: there is no condition program"),
        (RULE + "when = [{ programs = '' }]", "rule x: programs names none"),
        (RULE + "when = [{ words = 'x' }]", "rule x: words is a list"),
        (RULE + "when = [{ words = [''] }]", "rule x: words is a list"),
        (RULE + "when = [{ bare = 1 }]", "rule x: bare is true or false"),
        (RULE + "when = [{ sign = 'x' }]", "rule x: there is no sign x"),
        (RULE + "when = [{ session = 'commands', at_least = 1 }]", "rule x: a session is asked"),
        (RULE + "when = [{ session = 'file_uploads', at_least = 0 }]", "rule x: at_least is a whole number"),
        (RULE + "when = [{ bare = true }, { session = 'file_uploads', at_least = 1 }]", "rule x: .* not for both"),
        (RULE + "when = [{ bare = true }]\nmatches = [{ commands = 1 }]", "rule x: an example is"),
        ((RULE + "when = [{ programs = 'x' }]") * 2, "more than one rule x"),
        (RULE.replace("technique", "# "), "rule x: technique is missing, or score, or both"),
        (RULE + "score = 101\nwhen = [{ bare = true }]", "rule x: score is a whole number from 0 to 100"),
        (RULE + "score = true\nwhen = [{ bare = true }]", "rule x: score is a whole number from 0 to 100"),
        (
            RULE + "score = 1\nwhen = [{ session = 'file_uploads', at_least = 1 }]",
            "rule x: counts of a session",
        ),
        (
            RULE.replace("technique", "after") + "score = 1\nwhen = [{ bare = true }]",
            "rule x: after goes with a technique",
        ),
        (RULE + "when = [{ programs = '@x' }]", "rule x: programs: there is no group of programs @x"),
        (RULE + "when = [{ line = 'x' }]", "rule x: a line is asked for one of binary"),
        (RULE + "when = [{ line = 'binary', bare = true }]", "rule x: a line is asked for one of binary"),
        (RULE + "when = [{ bare = true }]\nmatches = 'x'", "rule x: matches is a list"),
        ("[programs]\nx = 'a @y'\ny = 'b'", r"\[programs\] x: there is no group of programs @y before it"),
        ("[programs]\nx = []", "groups of programs are written"),
        ("[chain]", r"written \[\[chain\]\]"),
        (CHAIN, "chain x: needs is a list of two groups"),
        (CHAIN + "needs = ['download', ' ']", "chain x: needs is a list of two groups"),
        (CHAIN.replace("5", "-5") + "needs = ['download', 'miner']", "chain x: bonus is a whole number"),
        (
            "".join(RULE.replace('"x"', f'"x{number}"', 1) + "when = [{ bare = true }]" for number in range(2_001)),
            "than 2,000",
        ),
    ],
)
def test_a_table_that_is_not_understood_is_refused_with_rule_and_line(table, said):
    with pytest.raises(RuleError, match=said) as refused:
        read_rule_table(table)
    if said.startswith(("rule x", "chain x")):
        assert refused.value.line == 3


def test_a_group_of_programs_stands_for_each_of_them():
    table = read_rule_table("[programs]\nfetchers = 'a b'" + RULE + "when = [{ programs = 'c @fetchers' }]")
    assert table.rules[0].alternatives[0].programs == {"a", "b", "c"}


def test_the_document_has_every_condition():
    missing = {*CONDITIONS, *SIGNS, *LINES, *SESSION_COUNTS, "programs", "at_least", "after", "line", "score"} - set(
        re.findall(r"`(\w+)`", DOCUMENT.read_text(encoding="utf-8"))
    )
    assert not missing


def test_the_documents_own_rules_can_be_used():
    *_, own = re.findall(r"```toml\n(.*?)```", DOCUMENT.read_text(encoding="utf-8"), re.DOTALL)
    assert [rule.name for rule in rule_set(own).own] == ["asks_for_mail_servers"]
