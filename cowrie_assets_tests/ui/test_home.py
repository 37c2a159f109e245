"""DAGSTER_HOME is made with the shipped `dagster.yaml`, which is brought up to date and never takes a user's place."""

from pathlib import Path

import pytest
import yaml

from cowrie_assets.ui import home


def test_a_new_home_is_for_its_owner_and_has_the_shipped_file(tmp_path: Path) -> None:
    folder = tmp_path / "a" / "home"
    assert home.prepare_home(folder) is None
    assert folder.stat().st_mode & 0o777 == 0o700
    written = (folder / "dagster.yaml").read_text()
    assert written.endswith(home.SHIPPED.read_text())
    assert yaml.safe_load(written) == yaml.safe_load(home.SHIPPED.read_text())
    assert home.prepare_home(folder) is None
    assert (folder / "dagster.yaml").read_text() == written


def test_a_later_version_brings_its_own(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    home.prepare_home(tmp_path)
    later = tmp_path / "later.yaml"
    later.write_text("telemetry: {enabled: false}\n")
    monkeypatch.setattr(home, "SHIPPED", later)
    assert home.prepare_home(tmp_path) is None
    assert (tmp_path / "dagster.yaml").read_text().endswith(later.read_text())


@pytest.mark.parametrize("changed", ["storage: {sqlite: {base_dir: /x}}\n", ""])
def test_what_somebody_changed_stays_and_is_told(tmp_path: Path, changed: str) -> None:
    home.prepare_home(tmp_path)
    file = tmp_path / "dagster.yaml"
    file.write_text(changed and file.read_text() + changed)
    before = file.read_text()
    assert home.prepare_home(tmp_path) == f"{file} was changed and counts as it is; remove it to have the shipped one"
    assert file.read_text() == before


def test_a_plain_copy_of_the_shipped_file_is_no_change(tmp_path: Path) -> None:
    (tmp_path / "dagster.yaml").write_text(home.SHIPPED.read_text())
    assert home.prepare_home(tmp_path) is None


def test_where_it_is(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    assert home.dagster_home({}) == tmp_path / ".dagster_home"
    assert home.dagster_home({"DAGSTER_HOME": "kept"}) == tmp_path / "kept"


def test_one_ui_holds_a_home(tmp_path: Path) -> None:
    with home.locked(tmp_path), pytest.raises(OSError, match=r"a UI runs over .* already"), home.locked(tmp_path):
        pass
    with home.locked(tmp_path):
        pass


def test_the_folder_of_a_ui_that_was_killed_is_removed_by_the_next(tmp_path: Path) -> None:
    killed = home.short_folder(tmp_path)
    left = killed.__enter__()
    (left / "code.sock").touch()
    with home.short_folder(tmp_path) as folder:
        assert folder.is_dir()
        assert not left.exists()
    assert not folder.exists()
    assert not (tmp_path / "ui.folder").exists()


def test_nothing_else_is_removed_though_the_record_names_it(tmp_path: Path) -> None:
    kept, link = tmp_path / "kept", tmp_path / "cowrie-assets-link"
    kept.mkdir()
    link.symlink_to(kept)
    for named in (str(kept), str(link), "", "a\0b"):
        (tmp_path / "ui.folder").write_text(named)
        with home.short_folder(tmp_path):
            assert kept.is_dir()
