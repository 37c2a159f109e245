"""What is asked for by the clock."""

from datetime import UTC, datetime

import dagster as dg
import pytest

from cowrie_assets.definitions import defs


@pytest.mark.parametrize(
    ("name", "moment", "key"),
    [
        ("close_day", datetime(2026, 9, 1, 0, 15, tzinfo=UTC), "2026-08-31"),
        ("close_day", datetime(2024, 3, 1, 0, 15, tzinfo=UTC), "2024-02-29"),
        ("close_week", datetime(2026, 9, 7, 0, 45, tzinfo=UTC), "2026-08-31"),
        ("close_month", datetime(2026, 9, 1, 0, 45, tzinfo=UTC), "2026-08-01"),
        ("close_month", datetime(2026, 1, 1, 0, 45, tzinfo=UTC), "2025-12-01"),
    ],
)
def test_the_period_just_ended_is_closed(name: str, moment: datetime, key: str) -> None:
    repository = defs.get_repository_def()
    context = dg.build_schedule_context(scheduled_execution_time=moment, repository_def=repository)
    (request,) = repository.get_schedule_def(name).evaluate_tick(context).run_requests
    assert request.tags["dagster/partition"] == key
