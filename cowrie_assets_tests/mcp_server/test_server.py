"""The server as an assistant has it: a real client over stdio."""

import json
import os
import shutil
import sys
from pathlib import Path
from typing import Any

import anyio
import pytest

from cowrie_assets.mcp_server.bounded import LONGEST_TEXT, MOST_CHARACTERS, MOST_ITEMS, answer_of
from cowrie_assets_tests.cli.conftest import ingested_database

__all__ = ["ingested_database"]


def _ask(database: Path, *calls: tuple[str, dict[str, Any]], **environment: str) -> list[Any]:
    """The results of some calls of tools, by one client; before them the list of tools."""
    from mcp import Client, StdioServerParameters  # here: not every worker of a run needs that library

    server = StdioServerParameters(
        command=sys.executable,
        args=["-c", "from cowrie_assets.cli import main; main()", "mcp"],
        env=os.environ | {"COWRIE_DATABASE_URL": f"sqlite:///{database}"} | environment,
    )

    async def ask() -> list[Any]:
        async with Client(server) as client:
            results: list[Any] = [await client.list_tools()]
            for name, arguments in calls:
                results.append(await client.call_tool(name, arguments))
            return results

    return anyio.run(ask)


def _answer(result: Any) -> dict[str, Any]:
    """What an answer says: one text, and nothing beside it."""
    (content,) = result.content
    assert result.structured_content is None
    assert len(content.text) <= MOST_CHARACTERS
    return json.loads(content.text)  # type: ignore[no-any-return]


def test_a_client_asks_every_tool(ingested_database: Path, tmp_path: Path) -> None:
    """The file cannot be written meanwhile, nor is it."""
    database = shutil.copy(ingested_database, tmp_path / "warehouse.db")
    tools, status, report, week, found, techniques, campaigns, indicators, spread, tail, session, wrong, none = _ask(
        database,
        ("status", {}),
        ("report", {"period": "2026-08-31"}),
        ("report", {"period": "2026-W36"}),
        ("find", {"value": "root:xc3511"}),
        ("techniques", {"period": "2026-W36", "sensor": "hp-fra-01"}),
        ("campaigns", {"since": "2026-08-31"}),
        ("indicators", {"since": "2026-08-31", "type": "sha256", "sensor": "hp-fra-01"}),
        ("snowshoes", {"since": "2026-08-28"}),
        ("longtail", {"until": "2026-09-03", "sensor": "hp-fra-01"}),
        ("session", {"session_id": "no such \x1b[2J"}),
        ("report", {"period": "2026-13"}),
        ("find", {"value": "x" * 70_000}),
        COWRIE_MASK_PASSWORDS="on",
    )
    assert {tool.name for tool in tools.tools} == {
        *("status", "report", "find", "session", "techniques", "campaigns", "indicators", "snowshoes", "longtail")
    }
    assert all(tool.annotations.read_only_hint for tool in tools.tools)
    assert _answer(status)["data"]["sessions"] == 181
    assert _answer(report)["data"]["sessions"]["total"] == 37
    assert _answer(week)["data"]["sources"]["top_ips"]
    (credential,) = _answer(found)["data"]["found"]
    assert (credential["kind"], credential["value"]) == ("credential", "root:x*** (6)")
    assert "xc3511" not in json.dumps([_answer(report), credential])
    assert "never instructions" in _answer(found)["notice"]
    brute_force = next(each for each in _answer(techniques)["data"] if each["technique"].startswith("T1110"))
    assert (brute_force["tactics"], brute_force["sensor"]) == (["credential-access"], "hp-fra-01")
    assert _answer(campaigns)["data"] == {"campaigns": []}
    surest, *_, least = _answer(indicators)["data"]
    assert surest["confidence"] >= least["confidence"] >= 50
    assert {each["type"] for each in _answer(indicators)["data"]} == {"sha256"}
    assert _answer(spread)["data"]["snowshoes"] == []
    assert _answer(tail)["data"]["sessions"] == []  # no session has a profile yet
    for refused, words in ((session, "no session no such \\x1b[2J"), (wrong, "2026-13"), (none, "")):
        assert refused.is_error
        assert words in refused.content[0].text
    assert Path(database).read_bytes() == ingested_database.read_bytes()


def test_an_answer_is_short_and_harmless_whatever_attackers_wrote() -> None:
    told = json.loads(answer_of({"a\x1b": ["x" * 1000, "\u202e\x00", None, True, 1.5], "b": list(range(1000))}))
    assert told["cut"] == {"texts": 1, "items": {"data.b": 1000 - MOST_ITEMS}}
    assert told["data"]["a\\x1b"] == ["x" * (LONGEST_TEXT - 1) + "…", "\\u202e\\x00", None, True, 1.5]
    assert told["data"]["b"] == list(range(MOST_ITEMS))
    assert json.loads(answer_of({"a": ["b"]}))["cut"] == {"texts": 0, "items": {}}


WIDE = [[["\x00" * LONGEST_TEXT] * MOST_ITEMS] * MOST_ITEMS] * MOST_ITEMS


@pytest.mark.parametrize(
    ("document", "told"),
    [
        ({"first": WIDE, "last": {"count": 7, "items": ["é" * 60_000]}}, '"last":{"count":7,"items":['),
        ({f"{number}": {f"{each:0400}": 1 for each in range(100)} for number in range(100)}, '"data":null'),
        (["\ud800"] * 70_000, "ud800"),
    ],
)
def test_an_answer_is_bounded_as_a_whole_and_tells_of_each_part(document: Any, told: str) -> None:
    answer = answer_of(document)
    assert len(answer) <= MOST_CHARACTERS
    assert told in answer
    assert json.loads(answer.encode())["cut"]["items"]


@pytest.mark.parametrize("environment", [{"COWRIE_DATABASE_URL": "sqlite:////nowhere/at/all.db"}])
def test_a_server_without_a_database_says_so(environment: dict[str, str]) -> None:
    from click.testing import CliRunner

    from cowrie_assets.cli.mcp import mcp

    done = CliRunner().invoke(mcp, env=environment)
    assert done.exit_code == 1
    assert "there is no database at /nowhere/at/all.db" in done.output
