"""What the event ids are known from: the list that Cowrie itself keeps."""

import pytest

from cowrie_assets.cowrie.event_types import KNOWN
from cowrie_assets_tests.real_cowrie import event_ids, required


@pytest.mark.soak
def test_every_id_that_cowrie_writes_is_known() -> None:
    required()
    assert event_ids() - KNOWN == set()
