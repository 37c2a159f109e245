"""Scores of commands: given once, and again where the rules have changed."""

from pathlib import Path

import pytest
from sqlalchemy import text

from cowrie_assets.cowrie.invocation import Invocation
from cowrie_assets.cowrie.normalize import READ_CHARACTERS
from cowrie_assets.cowrie.risk_scorer import Assessment, RiskScorer
from cowrie_assets.operations.ingest import ingest
from cowrie_assets.operations.rebuild import rebuild
from cowrie_assets.settings import Settings
from cowrie_assets.summaries import command_scores
from cowrie_assets.summaries.command_scores import rescore
from cowrie_assets.summaries.pending import pending_days
from cowrie_assets.summaries.refresh import refresh
from cowrie_assets.warehouse.engine import Warehouse
from cowrie_assets_tests import events, tables
from cowrie_assets_tests.loading import load_lines


@pytest.mark.sqlite_first
def test_commands_of_older_rules_are_scored_anew_and_their_sessions_with_them(
    warehouse: Warehouse, sample_settings: Settings
) -> None:
    ingest(warehouse, sample_settings)
    truth = tables.contents(warehouse)
    assert any(row["high_risk"] for row in tables.rows(warehouse, "command_stats"))
    with warehouse.write() as connection:
        connection.execute(text("UPDATE commands SET ruleset = 0, risk_score = 0, normalized_id = command_id"))
        connection.execute(text("UPDATE session_facts SET risk_score = 0"))
        before = set(connection.execute(text("SELECT version FROM changed_days")).scalars())
    assert tables.contents(warehouse) != truth
    refresh(warehouse)
    assert tables.contents(warehouse) == truth
    assert pending_days(warehouse) == []
    with warehouse.read() as connection:
        after = set(connection.execute(text("SELECT version FROM changed_days")).scalars())
    assert before.isdisjoint(after), "every report is stale: high_risk_total may have changed on any day"
    assert rescore(warehouse) == 0


@pytest.mark.sqlite_first
def test_a_load_scores_no_command_and_a_refresh_scores_each_once(
    warehouse: Warehouse, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """One longer than the rules read is scored by its beginning, whatever it is stored as."""
    scored: list[str] = []

    assess = RiskScorer.assess_runs

    def record(scorer: RiskScorer, command: str, runs: list[Invocation]) -> Assessment:
        scored.append(command)
        return assess(scorer, command, runs)

    monkeypatch.setattr(RiskScorer, "assess_runs", record)
    long = "\x00" * READ_CHARACTERS + "; rm -rf /"
    lines = [events.line(3, session=f"{number:012}", input=typed) for number, typed in enumerate(("ls", "ls", long))]
    load_lines(warehouse, tmp_path, *lines)
    assert scored == []
    refresh(warehouse)
    assert sorted(scored, key=len) == ["ls", long[: READ_CHARACTERS + 1]]
    assert {row["command"]: row["high_risk"] for row in tables.rows(warehouse, "command_stats")} == {"ls": 0, long: 1}
    load_lines(warehouse, tmp_path, *lines, events.line(4, session="a" * 12, input="ls"))
    refresh(warehouse)
    assert len(scored) == 2


def test_what_comes_between_is_scored_with_its_day(
    warehouse: Warehouse, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Most are scored before the day's transaction: a command that is loaded behind that still has its score."""
    typed = ["x" * READ_CHARACTERS + each for each in "ab"]
    lines = [events.line(3, session=f"{number:012}", input=each) for number, each in enumerate(typed)]
    load_lines(warehouse, tmp_path, lines[0])

    def load_another(*_: object) -> None:
        load_lines(warehouse, tmp_path, *lines)

    monkeypatch.setattr("cowrie_assets.summaries.refresh.score_ahead", load_another)
    refresh(warehouse)
    refresh(warehouse)
    rows = tables.rows(warehouse, "command_stats")
    assert [row["high_risk"] for row in rows] == [1, 1]


def test_an_older_release_beside_a_newer_one_leaves_the_summaries_to_it(
    warehouse: Warehouse, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Both load and refresh in turn, as in a rolling upgrade: the newer rules win, and nothing goes to and fro."""

    def run(ruleset: int, *inputs: str) -> int:
        monkeypatch.setattr(command_scores, "RULESET", ruleset)
        monkeypatch.setattr(RiskScorer, "assess_runs", lambda *_: Assessment(10 * ruleset, (), ()))
        lines = [events.line(3, session=f"{typed:>012}", input=typed) for typed in inputs]
        load_lines(warehouse, tmp_path, *lines)
        return refresh(warehouse).rows_written

    def scored() -> set[tuple[int, int]]:
        with warehouse.read() as connection:
            rows = connection.execute(text("SELECT ruleset, risk_score FROM commands")).all()
            risks = connection.execute(text("SELECT risk_score FROM session_facts")).scalars().all()
        assert all(risk in {score for _, score in rows} for risk in risks)
        return {(row.ruleset, row.risk_score) for row in rows}

    assert run(2, "a") > 0
    assert run(3, "b") > 0
    assert scored() == {(3, 30)}
    assert run(2, "c") == 0
    assert pending_days(warehouse) != []
    assert scored() == {(3, 30)}
    assert run(3) > 0
    assert (pending_days(warehouse), scored()) == ([], {(3, 30)})
    assert (run(2), run(3), run(2, "a"), run(3)) == (0, 0, 0, 0)
    run(2, "d")
    assert rebuild(warehouse).refresh.rows_written > 0, "the newer one is gone for good"
    assert (pending_days(warehouse), scored()) == ([], {(2, 20)})
