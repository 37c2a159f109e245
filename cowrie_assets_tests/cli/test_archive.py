"""`cowrie-assets archive`, `prune` and `unarchive`."""

from pathlib import Path

from cowrie_assets_tests.cli.conftest import Cowrie


def test_archive_prune_and_unarchive(ingested: Cowrie, tmp_path: Path) -> None:
    to = ("--to", tmp_path / "archive")
    assert "COWRIE_ARCHIVE_URL" in ingested("archive", "--before", "2026-09-01").err
    assert ingested("seal", "--before", "2026-09-01").code == 0
    unproved = ingested("prune", "--before", "2026-09-01", *to)
    assert (unproved.code, "2 sealed days" in unproved.err) == (1, True)
    assert ingested("archive", "--before", "2026-09-01", *to).out.startswith("2 days archived, ")
    assert ingested("prune", "--before", "2026-09-01", *to).code == 0
    assert ingested("validate").code == 0
    assert ingested("unarchive", "2026-08-30", "2026-08-31", *to).code == 0
    assert ingested("validate").code == 0
