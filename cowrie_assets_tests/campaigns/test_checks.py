"""Campaigns and indicators that are not what follows from the sessions are found, and made anew."""

from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import text

from benchmarks.planted import store
from cowrie_assets.campaigns.checks import check_campaigns
from cowrie_assets.campaigns.update import LostRowError, update_campaigns
from cowrie_assets.indicators.checks import check_indicators
from cowrie_assets.indicators.storing import store_indicators
from cowrie_assets.operations.repair import repair
from cowrie_assets.operations.validate import validate
from cowrie_assets.settings import Settings
from cowrie_assets.warehouse.engine import Warehouse
from cowrie_assets_tests.campaigns.test_campaigns import IMPLANT, did, everything, put, script


@pytest.fixture
def filled(databases: Any, tmp_path: Path) -> Any:
    with Warehouse.open(databases.new("sqlite", tmp_path)) as opened:
        rows = [script("zukamo"), script("zukamo"), (IMPLANT, "w"), ("id", IMPLANT), (IMPLANT, "ps"), ("uname -a",)]
        put(opened, *(did(*commands, at=number) for number, commands in enumerate(rows)))
        store_indicators(opened)
        yield opened


WRONG = {
    "UPDATE profiles SET campaign = 'aaaaaaaaaaaa' WHERE id = 1": "belongs to",
    "UPDATE campaign_facts SET sessions = sessions + 1": "has another sessions",
    "UPDATE campaign_facts SET name = 'x'": "has another name",
    "DELETE FROM campaign_facts": "has no row",
    "UPDATE trait_days SET sessions = sessions + 1": "a trait of",
    "DELETE FROM trait_days WHERE kind = 0": "a trait of 0 sessions",
    "DELETE FROM session_profiles WHERE session_ref = 1": "has no profile",
    "DELETE FROM artefact_facts": "nothing names it",
    "DELETE FROM artefact_sources": "was not read",
    "DELETE FROM profile_marks WHERE kind = 1": "is not what its digest",
    "DELETE FROM profiles": "has no session",
    "DELETE FROM sequence_bands WHERE sequence = 1 AND band % 2 = 1": "has not all of its bands",
    "UPDATE sequences SET forms = (SELECT forms FROM sequences WHERE id = 2) WHERE id = 1": "is not what its digest",
    "DELETE FROM sequences": "has lost its row",
    "UPDATE session_profiles SET first_event_at = first_event_at - 1 WHERE session_ref = 1": "of another session",
}


@pytest.mark.parametrize("spoils", WRONG)
def test_what_does_not_follow_from_the_sessions_is_found_and_made_anew(filled: Warehouse, spoils: str) -> None:
    right = everything(filled)
    assert check_campaigns(filled).passed
    with filled.write() as connection:
        connection.execute(text(spoils))
    found = check_campaigns(filled)
    assert found.state == "differs"
    assert any(WRONG[spoils] in row["problem"] for row in found.rows)
    update_campaigns(filled, anew=True)
    assert check_campaigns(filled).passed
    assert everything(filled) == right


def test_a_lost_name_is_told_in_a_sentence(filled: Warehouse) -> None:
    with filled.write() as connection:
        connection.execute(text("DELETE FROM session_keys WHERE id = 1"))
        connection.execute(text("DELETE FROM campaign_inputs"))
    assert any("has lost its row" in row["problem"] for row in check_campaigns(filled).rows)
    with pytest.raises(LostRowError, match="validate --repair"):
        update_campaigns(filled)


def test_where_nobody_looked_for_campaigns_nothing_is_wrong(databases: Any, tmp_path: Path) -> None:
    with Warehouse.open(databases.new("sqlite", tmp_path)) as opened:
        store(opened, iter([did(*script("zukamo"), at=1), did(*script("zukamo"), at=2)]))
        assert check_campaigns(opened).passed


def test_what_was_not_taken_in_yet_is_late(filled: Warehouse) -> None:
    store(filled, iter([did(*script("zukamo"), at=90)]))
    assert check_campaigns(filled).state == "late"


@pytest.mark.parametrize(
    ("spoils", "problem"),
    [
        ("UPDATE indicator_facts SET value = 'SHA256:none' WHERE type = 'ssh_key'", "was seen in no session"),
        ("UPDATE indicator_facts SET campaign = 'aaaaaaaaaaaa'", "names a campaign that never was"),
        ("UPDATE indicator_facts SET confidence = 101", "has figures that nothing has"),
    ],
)
def test_an_indicator_without_evidence_is_found(filled: Warehouse, spoils: str, problem: str) -> None:
    assert check_indicators(filled).passed
    with filled.write() as connection:
        assert connection.execute(text(spoils)).rowcount
    assert problem in check_indicators(filled).rows[0]["problem"]


def test_validate_looks_at_both_and_repairs_them(filled: Warehouse, tmp_path: Path) -> None:
    right, settings = everything(filled), Settings(report_dir=tmp_path)
    spoils = ("UPDATE campaign_facts SET days = days + 1", "UPDATE indicator_facts SET confidence = 101")
    with filled.write() as connection:
        for each in spoils:
            connection.execute(text(each))
    names = ("campaigns_equal_recomputation", "indicators_have_evidence")
    found = [each for each in validate(filled, settings, workers=1) if each.name in names]
    assert [each.state for each in found] == ["differs", "differs"]
    done = repair(filled, settings, found).done
    assert done == ["cowrie-assets campaigns update --anew", "cowrie-assets indicators update"]
    assert (check_campaigns(filled).passed, check_indicators(filled).passed) == (True, True)
    assert everything(filled) == right
