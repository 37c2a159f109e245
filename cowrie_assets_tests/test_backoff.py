"""Pauses double up to their bound, and two that failed together do not come again together."""

import pytest

from cowrie_assets.backoff import Backoff


def test_bounds_double_up_to_the_longest_whatever_the_number_of_failures() -> None:
    backoff = Backoff(first=30.0, longest=900.0)
    assert [backoff.bound(failures) for failures in range(1, 8)] == [30, 60, 120, 240, 480, 900, 900]
    assert backoff.bound(10**9) == 900


@pytest.mark.parametrize("failures", [1, 3, 10_000])
def test_pauses_differ_and_lie_in_the_upper_half_of_the_bound(failures: int) -> None:
    backoff = Backoff(first=1.0, longest=60.0)
    pauses = [backoff.pause(failures) for _ in range(100)]
    assert len(set(pauses)) > 1
    assert backoff.bound(failures) / 2 <= min(pauses)
    assert max(pauses) <= backoff.bound(failures)
