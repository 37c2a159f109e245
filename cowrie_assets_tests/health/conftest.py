from pathlib import Path

import pytest

from cowrie_assets_tests.health.honeypot import Honeypot


@pytest.fixture
def honeypot(tmp_path: Path) -> Honeypot:
    return Honeypot(tmp_path)
