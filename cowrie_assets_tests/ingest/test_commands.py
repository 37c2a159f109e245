"""Scores of commands: given once, and again where the rules have changed."""

from sqlalchemy import text

from cowrie_assets.ingest.commands import score_anew
from cowrie_assets.operations.ingest import ingest
from cowrie_assets.settings import Settings
from cowrie_assets.summaries.refresh import pending_days, refresh
from cowrie_assets.warehouse.engine import Warehouse
from cowrie_assets_tests import tables


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
    assert score_anew(warehouse) == 0
