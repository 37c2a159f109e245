"""The outbox on both engines: told once, tried again ever more rarely, an alert an hour, and nothing is lost."""

from collections.abc import Callable, Iterator
from datetime import date, timedelta

import pytest
from sqlalchemy import delete

from cowrie_assets.clock import US_PER_DAY, day_number
from cowrie_assets.notifications import outbox
from cowrie_assets.notifications.alerts import Alert, alert_message, alert_of_json, failed_check, failed_run
from cowrie_assets.notifications.outbox import Due, OutboxRow
from cowrie_assets.reports.periods import period_of
from cowrie_assets.warehouse.engine import Warehouse
from cowrie_assets.warehouse.schema import notifications, reports
from cowrie_assets.warehouse.sql import statement
from cowrie_assets_tests.databases import ENGINES, Databases

NOW = day_number(date(2026, 9, 1)) * US_PER_DAY + US_PER_DAY // 4
SECOND = 1_000_000
MINUTE, HOUR = 60 * SECOND, 3600 * SECOND
ALL = ("daily", "weekly", "monthly")
RUN = failed_run("ingest", "run-1", "it broke")


@pytest.fixture(scope="module", params=ENGINES)
def opened_url(request: pytest.FixtureRequest, databases: Databases, tmp_path_factory: pytest.TempPathFactory) -> str:
    """One database an engine for all tests here."""
    return databases.new(request.param, tmp_path_factory.mktemp("outbox"))


@pytest.fixture(scope="module")
def opened(opened_url: str) -> Iterator[Warehouse]:
    with Warehouse.open(opened_url) as warehouse:
        yield warehouse


@pytest.fixture
def warehouse(opened: Warehouse) -> Warehouse:
    """An empty outbox, and no report."""
    with opened.write() as connection:
        connection.execute(delete(notifications))
        connection.execute(delete(reports))
    return opened


@pytest.fixture
def second(warehouse: Warehouse, opened_url: str) -> Iterator[Warehouse]:
    """The same outbox, opened by another process."""
    with Warehouse.open(opened_url) as other:
        yield other


@pytest.fixture
def report(warehouse: Warehouse) -> Callable[..., None]:
    """Record reports as written."""

    def record(kind: str, *days: date, complete: int = 1) -> None:
        with warehouse.write() as connection:
            for day in days:
                period = period_of(kind, day).label  # type: ignore[arg-type]
                row = {"report_type": kind, "period": period, "made_from": b"", "complete": complete, "generated_at": 1}
                connection.execute(
                    statement("reports/record_report"), {**row, "document_version": 1, "verdicts_as_of": 0}
                )

    return record


def due(warehouse: Warehouse, now: int = NOW, channels: tuple[str, ...] = ("email", "slack")) -> list[Due]:
    with warehouse.read() as connection:
        return outbox.due(connection, channels, now)


def subjects(warehouse: Warehouse, now: int = NOW) -> list[tuple[str, str]]:
    return [(each.channel, each.subject) for each in due(warehouse, now)]


def standing(warehouse: Warehouse) -> list[OutboxRow]:
    with warehouse.read() as connection:
        return outbox.outbox_rows(connection)


def queue(warehouse: Warehouse, *alerts: Alert, now: int = NOW, channels: tuple[str, ...] = ("email",)) -> None:
    outbox.queue_alerts(warehouse, channels, alerts, now)


def take(warehouse: Warehouse, now: int = NOW) -> Due:
    (only,) = due(warehouse, now)
    claimed = outbox.claim(warehouse, only, now)
    assert claimed is not None
    return claimed


def test_of_half_a_year_of_reports_only_the_newest_day_week_and_month_get_a_digest(warehouse, report) -> None:
    report("daily", *(date(2026, 8, 31) - timedelta(days=number) for number in range(180)))
    report("weekly", *(date(2026, 8, 30) - timedelta(weeks=number) for number in range(26)))
    report("monthly", date(2026, 8, 1), date(2026, 7, 1))
    outbox.queue_digests(warehouse, ["email", "slack"], ALL, NOW)
    wanted = ["digest:daily:2026-08-31", "digest:monthly:2026-08", "digest:weekly:2026-W35"]
    assert sorted(subjects(warehouse)) == sorted((channel, each) for channel in ("email", "slack") for each in wanted)


def test_reports_that_are_not_complete_or_not_wanted_get_none(warehouse, report) -> None:
    report("daily", date(2026, 8, 30))
    report("daily", date(2026, 8, 31), complete=0)
    report("weekly", date(2026, 8, 30))
    outbox.queue_digests(warehouse, ["email"], ["daily"], NOW)
    assert subjects(warehouse) == [("email", "digest:daily:2026-08-30")]


@pytest.mark.parametrize(("kind", "days"), [("daily", 2), ("weekly", 8), ("monthly", 8)])
def test_a_period_that_ended_long_ago_gets_none(warehouse, report, kind, days) -> None:
    report(kind, date(2026, 8, 2))
    end = period_of(kind, date(2026, 8, 2)).end_us
    for now, expected in ((end + days * US_PER_DAY + 1, 0), (end + days * US_PER_DAY, 1)):
        outbox.queue_digests(warehouse, ["email"], ALL, now)
        assert len(due(warehouse, now)) == expected


def test_what_was_sent_is_never_due_again_but_when_asked_for(warehouse, report) -> None:
    report("daily", date(2026, 8, 31))
    outbox.queue_digests(warehouse, ["email"], ALL, NOW)
    first = take(warehouse)
    outbox.record_sent(warehouse, first, NOW + SECOND, None)
    outbox.queue_digests(warehouse, ["email"], ALL, NOW + MINUTE)
    outbox.queue_digest_at_once(warehouse, ["email"], first.period, NOW + MINUTE, again=False)
    assert due(warehouse, NOW + 10 * US_PER_DAY) == []
    outbox.queue_digest_at_once(warehouse, ["email"], first.period, NOW + MINUTE, again=True)
    again = take(warehouse, NOW + MINUTE)
    assert again.key != first.key
    outbox.record_sent(warehouse, again, NOW + MINUTE, "one recipient refused")
    assert standing(warehouse) == [
        OutboxRow("email", "digest:daily:2026-08-31", 0, NOW + MINUTE, 0, "one recipient refused", None)
    ]


def test_what_was_asked_for_does_not_wait_for_its_next_attempt(warehouse, report) -> None:
    period = period_of("daily", date(2026, 8, 31))
    outbox.queue_digest_at_once(warehouse, ["email"], period, NOW, again=False)
    outbox.record_failed(warehouse, take(warehouse), NOW, "down", 0)
    assert due(warehouse) == []
    outbox.queue_digest_at_once(warehouse, ["email"], period, NOW, again=False)
    assert take(warehouse).period == period


def test_attempts_are_ever_further_apart_and_never_end(warehouse) -> None:
    queue(warehouse, RUN)
    now, pauses = NOW, []
    for _ in range(12):
        claimed = take(warehouse, now)
        later = outbox.record_failed(warehouse, claimed, now, "down", 0)
        assert due(warehouse, later - 1) == []
        pauses.append((later - now) / MINUTE)
        now = later
    for pause, longest in zip(pauses, [1, 2, 4, 8, *[15] * 8], strict=True):
        assert longest / 2 <= pause <= longest
    (row,) = standing(warehouse)
    assert (row.attempts, row.error, row.sent_at, row.waiting) == (12, "down", None, 1)
    outbox.record_sent(warehouse, take(warehouse, now), now, None)
    (row,) = standing(warehouse)
    assert (row.attempts, row.error, row.sent_at, row.next_attempt_at) == (0, None, now, None)


def test_a_receiver_that_wants_to_be_left_alone_is(warehouse) -> None:
    queue(warehouse, RUN)
    assert outbox.record_failed(warehouse, take(warehouse), NOW, "429", 1800) == NOW + 1800 * SECOND


def test_one_process_takes_it_and_a_dead_one_gives_it_back(warehouse) -> None:
    queue(warehouse, RUN)
    (seen,) = due(warehouse)
    claimed = outbox.claim(warehouse, seen, NOW)
    assert claimed == seen
    assert outbox.claim(warehouse, seen, NOW) is None
    assert due(warehouse, NOW + 9 * MINUTE) == []
    again = take(warehouse, NOW + 10 * MINUTE)
    assert again.key == seen.key


@pytest.mark.parametrize("first_is_told", [True, False])
def test_a_claim_that_ended_and_still_finishes_records_nothing(warehouse, first_is_told) -> None:
    queue(warehouse, RUN)
    stopped = take(warehouse)
    other = take(warehouse, NOW + 10 * MINUTE)
    assert stopped.claim != other.claim

    def finish() -> None:
        if first_is_told:
            assert not outbox.record_sent(warehouse, stopped, NOW + 11 * MINUTE, None)
        else:
            assert outbox.record_failed(warehouse, stopped, NOW + 11 * MINUTE, "down", 0) is None

    finish()
    assert due(warehouse, NOW + 12 * MINUTE) == []  # the other's claim stands
    assert outbox.record_sent(warehouse, other, NOW + 12 * MINUTE, None)
    finish()
    queue(warehouse, RUN, now=NOW + 13 * MINUTE)
    (row,) = standing(warehouse)
    assert (row.waiting, row.sent_at, row.attempts) == (1, NOW + 12 * MINUTE, 0)


def test_a_claim_that_ended_and_that_nobody_took_still_counts(warehouse) -> None:
    queue(warehouse, RUN)
    assert outbox.record_sent(warehouse, take(warehouse), NOW + HOUR, None)
    assert due(warehouse, NOW + 2 * HOUR) == []


def test_a_digest_that_is_asked_for_while_it_is_sent_is_sent_again(warehouse) -> None:
    period = period_of("daily", date(2026, 8, 31))
    outbox.queue_digest_at_once(warehouse, ["email"], period, NOW, again=False)
    first = take(warehouse)
    outbox.queue_digest_at_once(warehouse, ["email"], period, NOW + SECOND, again=True)
    assert not outbox.record_sent(warehouse, first, NOW + 2 * SECOND, None)
    assert outbox.record_sent(warehouse, take(warehouse, NOW + 3 * SECOND), NOW + 3 * SECOND, None)
    assert standing(warehouse)[0].waiting == 0


def test_two_processes_that_claim_at_once_are_told_apart(warehouse, second) -> None:
    queue(warehouse, RUN)
    (seen,) = due(warehouse)
    (seen_too,) = due(second)
    claimed = outbox.claim(second, seen_too, NOW)
    assert outbox.claim(warehouse, seen, NOW) is None
    assert claimed is not None
    with pytest.raises(ValueError, match="was not claimed"):
        outbox.record_sent(warehouse, seen, NOW, None)
    assert outbox.record_sent(second, claimed, NOW, None)
    assert standing(warehouse)[0].waiting == 0


def test_an_alert_an_hour_and_the_others_are_counted(warehouse) -> None:
    other = failed_check("commands_sum_up", "command_stats", "run-1", "3 rows differ")
    queue(warehouse, RUN, other, channels=("email", "slack"))
    assert len(due(warehouse)) == 4
    for each in due(warehouse):
        assert outbox.record_sent(warehouse, outbox.claim(warehouse, each, NOW), NOW, None)
    for number in range(2, 5):
        queue(warehouse, failed_run("ingest", f"run-{number}", "again"), now=NOW + number * MINUTE)
    assert due(warehouse, NOW + HOUR - 1) == []
    late = take(warehouse, NOW + HOUR)
    assert (late.channel, late.subject, late.waiting) == ("email", "run:ingest", 3)
    message = alert_message(alert_of_json(late.content or ""), occurrences=late.waiting, key=late.key, at_us=NOW)
    assert "It happened 3 times since the last message" in message.text()
    assert "run-4" in message.text()
    outbox.record_sent(warehouse, late, NOW + HOUR, None)
    queue(warehouse, RUN, now=NOW + 3 * HOUR)
    assert take(warehouse, NOW + 3 * HOUR).waiting == 1


def test_what_happens_while_an_alert_is_sent_is_told_in_the_next(warehouse) -> None:
    queue(warehouse, RUN)
    claimed = take(warehouse)
    queue(warehouse, failed_run("ingest", "run-2", "again"), now=NOW + SECOND)
    outbox.record_sent(warehouse, claimed, NOW + 2 * SECOND, None)
    assert due(warehouse, NOW + HOUR) == []
    late = take(warehouse, NOW + HOUR + 2 * SECOND)
    assert (late.waiting, "run-2" in (late.content or "")) == (1, True)
    assert late.key != claimed.key


def test_an_alert_that_cannot_be_sent_collects_what_happens_meanwhile(warehouse) -> None:
    queue(warehouse, RUN)
    outbox.record_failed(warehouse, take(warehouse), NOW, "down", 0)
    queue(warehouse, RUN, now=NOW + SECOND)
    assert due(warehouse, NOW + SECOND) == []
    assert take(warehouse, NOW + MINUTE).waiting == 2


def test_channels_that_are_not_configured_wait(warehouse) -> None:
    queue(warehouse, RUN, channels=("email", "slack"))
    assert [each.channel for each in due(warehouse, channels=("slack",))] == ["slack"]
    assert due(warehouse, channels=()) == []


def test_alerts_quote_little_of_a_strangers_text_and_no_login() -> None:
    reason = "\n  at postgresql://cowrie:p@hunter2@db/x <b>\x1b[2J\u202e" + "A" * 1000 + "\nTraceback: hunter2"
    alert = failed_run("ingest\r\nBcc: x", "id", reason)
    message = alert_message(alert_of_json(alert.to_json()), occurrences=1, key="k", at_us=NOW)
    told = message.text()
    assert "hunter2" not in told
    assert "***@db" in told
    assert not set(told) & set("\x1b\u202e\r")
    assert len(told) < 600
    assert message.title == "Cowrie: a run of ingest\\r\\nBcc: x failed"
    assert message.payload["occurrences"] == 1


def test_texts_that_no_column_can_hold_are_kept(warehouse) -> None:
    queue(warehouse, failed_check("a\x00\ud800", "b", "c", "\x00\ud800"))
    claimed = take(warehouse)
    outbox.record_failed(warehouse, claimed, NOW, "\x00\ud800", 0)
    assert standing(warehouse)[0].error == "\x00\ud800"
    assert claimed.subject == "check:a\\x00\\ud800"
