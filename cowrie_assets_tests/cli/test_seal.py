"""`cowrie-assets seal` and `unseal`, and what other commands say of sealed days."""

from cowrie_assets_tests.cli.conftest import Cowrie


def test_seal_status_rebuild_and_unseal(ingested: Cowrie) -> None:
    assert ingested("seal").code == 2
    assert ingested("seal", "2026-09-01").code == 2
    assert ingested("seal", "2026-08-31", "2026-08-30").code == 2
    sealed = ingested("seal", "--before", "2026-09-01")
    assert (sealed.code, sealed.out.startswith("2 days from 2026-08-30 to 2026-08-31 sealed, ")) == (0, True)
    assert "Nothing to seal" in ingested("seal", "2026-08-30", "2026-08-31").out
    assert "2 days are sealed, 2026-08-30 to 2026-08-31" in ingested("status").out
    assert ingested("status", "--format", "json").json["sealed"]["days"] == 2
    rebuilt = ingested("rebuild").out
    assert " of 3 days computed anew: " in rebuilt and "2 sealed days passed by." in rebuilt
    assert " of sealed days passed by." in ingested("reparse").out
    assert ingested("validate").code == 0
    opened = ingested("unseal", "2026-08-30", "2026-08-31")
    assert (opened.code, opened.out.startswith("2 days from 2026-08-30 to 2026-08-31 unsealed, ")) == (0, True)
    assert "Nothing to unseal" in ingested("unseal", "2026-08-30", "2026-08-31").out
    assert "not over" in ingested("seal", "--before", "2999-01-01").err
