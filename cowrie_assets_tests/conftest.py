"""What tests of every part share: the logs they read and an environment without the user's own settings."""

import os
from pathlib import Path

import pytest

from cowrie_assets.settings import Settings

_TESTS = Path(__file__).parent


@pytest.fixture(autouse=True)
def no_settings_of_the_user(monkeypatch: pytest.MonkeyPatch) -> None:
    """A test sees the `COWRIE_*` it sets itself and none of the user's."""
    for name in [name for name in os.environ if name.startswith("COWRIE_")]:
        monkeypatch.delenv(name)


@pytest.fixture
def sample_logs() -> Path:
    """The shipped sample: 181 whole sessions of two real sensors; `sample_truth.json` counts them by day and sensor."""
    return _TESTS / "sample_logs"


@pytest.fixture
def shared_logs() -> Path:
    """The real logs that lie beside the checkout (14 MB), where they do."""
    logs = _TESTS.parents[1] / "shared" / "logs"
    if not logs.is_dir():
        pytest.skip(f"{logs} is not there")
    return logs


@pytest.fixture
def sample_settings(sample_logs: Path, tmp_path: Path) -> Settings:
    """Settings that load the sample into a fresh SQLite file below `tmp_path`."""
    return Settings(
        log_root=sample_logs,
        database_url=f"sqlite:///{tmp_path / 'warehouse.db'}",
        report_dir=tmp_path / "reports",
        status_dir=tmp_path / "status",
    )
