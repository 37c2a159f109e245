"""How many examples a property is tried on where each of them costs much."""

import os
from typing import Any

from hypothesis import HealthCheck, settings

_TIMES = int(os.environ.get("COWRIE_TEST_EXAMPLES", "1"))


def examples(usual: int, **options: Any) -> settings:
    """`usual` many, times what `COWRIE_TEST_EXAMPLES` says: `make soak` says 50."""
    return settings(max_examples=usual * _TIMES, deadline=None, suppress_health_check=list(HealthCheck), **options)
