"""What keeps Dagster's instance from being opened is a sentence, without a secret, and not a page of Dagster's code."""

from pathlib import Path

import pytest
import yaml

from cowrie_assets.errors import SettingsError
from cowrie_assets.health.services import dagster_findings
from cowrie_assets.orchestration.instance import InstanceError, open_instance
from cowrie_assets.orchestration.workers.app import app_of
from cowrie_assets_tests.ui.dev import free_port

_AWAY = f"postgresql+psycopg2://dagster:hidden-word@127.0.0.1:{free_port()}/dagster"


@pytest.mark.parametrize(
    ("settings", "said"),
    [
        ({"storage": {"postgres": {"postgres_url": {"env": "NO_SUCH_URL"}}}}, "variable NO_SUCH_URL, which is not set"),
        pytest.param(
            {"storage": {"postgres": {"postgres_url": _AWAY}}},
            "cannot be opened: no server answers there",
            marks=pytest.mark.soak,  # Dagster tries for twelve seconds
        ),
        ({"telemetry": {"hidden-word": 1}}, "Dagster cannot use dagster.yaml in .*: `dagster instance info` tells why"),
    ],
)
def test_an_instance_that_cannot_be_opened(tmp_path: Path, settings: dict[str, object], said: str) -> None:
    (tmp_path / "dagster.yaml").write_text(yaml.safe_dump(settings))
    with pytest.raises(InstanceError, match=said) as caught, open_instance(str(tmp_path)):
        pass
    assert "hidden-word" not in str(caught.value)


def test_a_launcher_that_cannot_be_made(tmp_path: Path) -> None:
    launcher = {"module": "cowrie_assets.orchestration.workers.launcher", "class": "WorkerRunLauncher"}
    config = {"broker": {"env": "NO_SUCH_BROKER"}}
    (tmp_path / "dagster.yaml").write_text(yaml.safe_dump({"run_launcher": launcher | {"config": config}}))
    with pytest.raises(InstanceError, match="variable NO_SUCH_BROKER, which is not set"):
        app_of(str(tmp_path))
    (finding,) = dagster_findings(str(tmp_path))
    assert "variable NO_SUCH_BROKER, which is not set" in finding.message
    (tmp_path / "dagster.yaml").write_text(
        yaml.safe_dump({"run_launcher": launcher | {"config": {"broker": "redsi://:hidden-word@127.0.0.1/0"}}})
    )
    with pytest.raises(SettingsError, match="its URL begins with redis:// or amqp://"):
        app_of(str(tmp_path))
    told = [finding.message for finding in dagster_findings(str(tmp_path))]
    assert any("its URL begins neither with redis:// nor with amqp://" in each for each in told)
    assert not any("hidden-word" in each for each in told)
