"""`cowrie-assets campaigns`."""

from cowrie_assets_tests.cli.conftest import Cowrie


def test_campaigns_are_put_together_listed_and_told(ingested: Cowrie) -> None:
    listed = ingested("campaigns", "list")
    assert (listed.code, listed.out) == (0, "There is no campaign.\n")
    assert "campaigns update" in listed.err
    updated = ingested("campaigns", "update")
    assert updated.code == 0
    assert "campaigns, " in updated.out
    listed = ingested("campaigns", "list")
    assert (listed.code, listed.err) == (0, "")
    document = ingested("campaigns", "list", "--format", "json", "--limit", "2").json
    first = document["campaigns"][0]
    assert len(document["campaigns"]) == 2
    assert first["campaign_id"] in listed.out
    assert ingested("campaigns", "list", "--since", "2999-01-01").out == "There is no campaign.\n"
    told = ingested("campaigns", "show", first["campaign_id"])
    assert (told.code, told.out.startswith(f"{first['campaign_id']}: ")) == (0, True)
    assert first["oldest"]["session_id"] in told.out
    shown = ingested("campaigns", "show", first["campaign_id"], "--format", "json").json
    assert shown["campaign"] == first
    gone = ingested("campaigns", "show", "none")
    assert (gone.code, "there is no campaign none" in gone.err) == (1, True)
