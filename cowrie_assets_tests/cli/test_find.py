"""`cowrie-assets find` as a user reads it."""

from typing import get_args

import pytest

from cowrie_assets.cli.find import _KINDS
from cowrie_assets.finding.readings import Kind
from cowrie_assets_tests.cli.conftest import Cowrie


def test_an_address_in_words_and_as_json(ingested: Cowrie) -> None:
    sql = "SELECT src_ip, count(*) AS sessions FROM session_summaries GROUP BY 1 ORDER BY 2 DESC LIMIT 1"
    (most,) = ingested("query", sql, "--format", "json").json["rows"]
    (found,) = ingested("find", most["src_ip"], "--format", "json").json["found"]
    assert (found["kind"], found["sessions"]["count"]) == ("address", int(most["sessions"]))
    told = ingested("find", most["src_ip"]).out.splitlines()
    assert told[0] == f"address: {most['src_ip']}"
    assert f"  sessions      {most['sessions']}" in told
    assert len(told[told.index("  newest sessions") + 1 :]) == 10


def test_passwords_are_masked_where_nobody_shall_read_them(ingested: Cowrie, monkeypatch: pytest.MonkeyPatch) -> None:
    assert "xc3511" in ingested("find", "root:xc3511").out
    monkeypatch.setenv("COWRIE_MASK_PASSWORDS", "on")
    masked = ingested("find", "root:xc3511").out
    assert "credential: root:x*** (6)" in masked
    assert "xc3511" not in masked


def test_what_nobody_saw_and_what_cannot_be_looked_up(ingested: Cowrie) -> None:
    nothing = ingested("find", "\x1b]0;title\x07")
    assert (nothing.code, nothing.out) == (0, "Nothing is known of \\x1b]0;title\\x07.\n")
    assert ingested("find", "nothing", "--format", "json").json == {"value": "nothing", "found": []}
    refused = ingested("find", "10.0.0.0/8")
    assert (refused.code, refused.err) == (
        1,
        "Error: 10.0.0.0/8 is too large to look up: an IPv4 network has /16 or more\n",
    )


def test_every_kind_can_be_chosen_here_and_by_an_assistant() -> None:
    from cowrie_assets.mcp_server.server import KindName  # here: not every worker of a run needs that library

    assert sorted(_KINDS) == sorted(get_args(KindName)) == sorted(Kind)
