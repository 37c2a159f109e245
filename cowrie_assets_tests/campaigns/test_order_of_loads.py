"""Real logs, one after the other in any order: the same techniques, campaigns, keys, indicators, and what is rare."""

import random
from pathlib import Path
from typing import Any

import pytest

from cowrie_assets.campaigns.longtail import longtail
from cowrie_assets.campaigns.snowshoe import snowshoes
from cowrie_assets.campaigns.update import update_campaigns
from cowrie_assets.campaigns.window import window_of
from cowrie_assets.indicators.storing import store_indicators
from cowrie_assets.operations.ingest import ingest
from cowrie_assets.settings import Settings
from cowrie_assets.warehouse.engine import Warehouse
from cowrie_assets_tests import tables
from cowrie_assets_tests.truth import RealLogs

pytestmark = pytest.mark.soak
_VIEWS = ("session_techniques", "campaigns", "campaign_sessions", "artefacts", "ssh_keys", "indicators")


def behaviour(warehouse: Warehouse) -> dict[str, Any]:
    """All that is told of what sessions did."""
    store_indicators(warehouse)
    with warehouse.read() as connection:
        window = window_of(connection)
        rare = (window, snowshoes(connection, window), longtail(connection, window))
    assert rare[2].sessions
    return {"rare": rare, **{view: tables.rows(warehouse, view) for view in _VIEWS}}


def test_a_log_after_another_in_any_order(warehouse: Warehouse, databases: Any, tmp_path: Path) -> None:
    settings = Settings(log_root=RealLogs.of("share", tmp_path).logs)
    ingest(warehouse, settings)
    update_campaigns(warehouse)
    paths = sorted(settings.log_root.rglob("cowrie.json*"))
    random.Random(3).shuffle(paths)
    with Warehouse.open(databases.sqlite.new(tmp_path / "other.db")) as other:
        for number, path in enumerate(paths):
            ingest(other, settings, paths=[path])
            if number % 3 == 0:
                update_campaigns(other)
        update_campaigns(other)
        assert behaviour(other) == behaviour(warehouse)
