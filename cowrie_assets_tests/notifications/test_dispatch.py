"""From written reports to what arrives: each message once, whatever fails on the way."""

import threading
import time
from dataclasses import replace
from datetime import date
from html import escape
from pathlib import Path

import pytest
from sqlalchemy import text

from cowrie_assets.clock import from_us
from cowrie_assets.notifications.alerts import failed_run
from cowrie_assets.notifications.dispatch import Delivery, Dispatch
from cowrie_assets.notifications.email import EmailChannel
from cowrie_assets.notifications.outbox import outbox_rows
from cowrie_assets.notifications.settings import NotificationSettings
from cowrie_assets.notifications.slack import slack_document
from cowrie_assets.notifications.webhook import WebhookChannel
from cowrie_assets.reports.files import report_path
from cowrie_assets.reports.periods import period_of
from cowrie_assets.settings import Settings
from cowrie_assets.warehouse.engine import Warehouse
from cowrie_assets_tests.notifications.conftest import MINUTE, MORNING, Clock, Written
from cowrie_assets_tests.notifications.receivers import Answer, MailServer, WebServer

DAILY, MONTHLY = "digest:daily:2026-08-31", "digest:monthly:2026-08"


@pytest.fixture
def notified(web: WebServer, mail: MailServer) -> NotificationSettings:
    email = EmailChannel("127.0.0.1", mail.port, "none", "cowrie@example.org", ("soc@example.org",), seconds=30)
    return NotificationSettings(channels=(email, WebhookChannel(web.url, seconds=30)))


@pytest.fixture
def dispatch(sample_warehouse: Warehouse, written: Written, notified: NotificationSettings, clock: Clock) -> Dispatch:
    return Dispatch(sample_warehouse, notified, Settings(report_dir=written.report_dir), clock)


def test_each_channel_gets_each_digest_once(dispatch: Dispatch, web: WebServer, mail: MailServer, clock: Clock) -> None:
    expected = {(channel, subject) for channel in ("email", "webhook") for subject in (DAILY, MONTHLY)}
    assert {(due.channel, due.subject) for due in dispatch.waiting()} == expected
    assert {(each.channel, each.subject, each.error) for each in dispatch.send_due()} == {
        (*each, None) for each in expected
    }
    for _ in range(3):
        clock.us += 20 * MINUTE
        assert dispatch.send_due() == []
    assert sorted(posted.json["document_id"] for posted in web.posted) == [
        "aggregate:daily:2026-08-31",
        "aggregate:monthly:2026-08",
    ]
    assert {mail["Subject"].split(":")[0] for mail in mail.mails} == {"Cowrie 2026-08-31", "Cowrie 2026-08"}
    assert {mail["Date"].datetime for mail in mail.mails} == {from_us(MORNING)}


def test_a_receiver_that_is_down_for_an_hour_gets_it_once_and_holds_up_no_other(
    dispatch: Dispatch, web: WebServer, mail: MailServer, clock: Clock
) -> None:
    faults = [Answer(500), Answer(0), Answer(429, {"Retry-After": "1500"}), Answer(503), Answer(302)]
    only_daily = replace(dispatch, notified=replace(dispatch.notified, periods=("daily",)))
    web.answers = list(faults)
    attempts = []
    while clock.us < MORNING + 120 * MINUTE:
        attempts += [each for each in only_daily.send_due() if each.channel == "webhook"]
        clock.us += MINUTE
    assert len(mail.mails) == 1
    assert len(web.posted) == len(faults) + 1
    assert len({posted.headers["Idempotency-Key"] for posted in web.posted}) == 1
    assert [each.error is None for each in attempts] == [False] * len(faults) + [True]


def test_a_crash_between_sending_and_noting_sends_again_under_the_same_key(
    dispatch: Dispatch, web: WebServer, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    only = replace(
        dispatch, notified=replace(dispatch.notified, channels=dispatch.notified.channels[1:], periods=("daily",))
    )
    with monkeypatch.context() as patched, pytest.raises(KeyboardInterrupt):
        patched.setattr("cowrie_assets.notifications.outbox.record_sent", _die)
        only.send_due()
    assert only.send_due() == []
    clock.us += 11 * MINUTE
    assert [each.error for each in only.send_due()] == [None]
    clock.us += 11 * MINUTE
    assert only.send_due() == []
    first, second = web.posted
    assert first.headers["Idempotency-Key"] == second.headers["Idempotency-Key"]
    assert first.body == second.body


def _die(*_: object) -> None:
    raise KeyboardInterrupt


def test_two_who_send_at_the_same_time_send_each_once(dispatch: Dispatch, web: WebServer, mail: MailServer) -> None:
    others_are_done = threading.Event()
    web.answers = [Answer(when=others_are_done)]
    threads = [threading.Thread(target=dispatch.send_due) for _ in range(4)]
    for thread in threads:
        thread.start()
    while sum(thread.is_alive() for thread in threads) > 1:
        time.sleep(0.005)
    others_are_done.set()
    for thread in threads:
        thread.join()
    assert (len(web.posted), len(mail.mails)) == (2, 2)


def test_no_transaction_is_open_while_the_network_is_used(dispatch: Dispatch, web: WebServer, written: Written) -> None:
    written_meanwhile = threading.Event()
    web.answers = [Answer(when=written_meanwhile)]
    thread = threading.Thread(target=dispatch.send_due)
    thread.start()
    while not web.posted and thread.is_alive():
        time.sleep(0.005)
    with Warehouse.open(written.database_url) as other, other.write() as connection:
        connection.execute(text("UPDATE reports SET complete = complete"))
        assert len(web.posted) == 1
    written_meanwhile.set()
    thread.join()
    assert len(web.posted) == 2


def test_a_report_that_is_missing_damaged_or_not_complete_is_told_and_tried_again(
    dispatch: Dispatch, written: Written, clock: Clock, web: WebServer
) -> None:
    path = report_path(written.report_dir, "daily", "2026-08-31", "aggregate")
    whole = path.read_bytes()
    only = replace(
        dispatch, notified=replace(dispatch.notified, channels=dispatch.notified.channels[1:], periods=("daily",))
    )
    path.unlink()
    told = [only.send_due()[0].error]
    for damaged in (
        b"{",
        b"[]",
        b'{"complete": true}',
        b"\xff",
        whole.replace(b'"complete": true', b'"complete": false', 1),
    ):
        clock.us += 20 * MINUTE
        path.write_bytes(damaged)
        told.append(only.send_due()[0].error)
    assert [
        error and error.removeprefix(f"the report {path} ").split(";")[0].split("(")[0].strip() for error in told
    ] == [
        "is not there",
        *["is not as this version writes it"] * 4,
        "is not complete: the period runs, or a day of it is missing",
    ]
    assert f"cowrie-assets report daily 2026-08-31 --output {written.report_dir}" in (told[0] or "")
    clock.us += 20 * MINUTE
    path.write_bytes(whole)
    assert only.send_due() == [Delivery("webhook", DAILY)]


def test_a_period_that_is_asked_for(dispatch: Dispatch, web: WebServer, mail: MailServer) -> None:
    period = period_of("daily", date(2026, 8, 30))
    assert {each.subject for each in dispatch.send_digest(period)} == {"digest:daily:2026-08-30"}
    assert dispatch.send_digest(period) == []
    assert len(dispatch.send_digest(period, again=True)) == 2
    assert len({mail["Message-ID"] for mail in mail.mails}) == 2
    running = dispatch.send_digest(period_of("weekly", date(2026, 8, 31)))
    assert all("not complete" in (each.error or "") for each in running)
    assert len(running) == 2


def test_the_html_is_named_where_there_is_one(dispatch: Dispatch, written: Written) -> None:
    (due,) = (due for due in dispatch.waiting() if due.subject == DAILY and due.channel == "email")
    page = written.report_dir / "daily" / "2026-08-31" / "aggregate.html"
    page.write_text("<html>")
    assert str(page) in dispatch.compose(due).text()
    page.unlink()
    assert str(page.with_suffix(".json")) in dispatch.compose(due).text()


def test_a_digest_links_the_report_and_the_index_where_others_can_open_them(dispatch: Dispatch, web: WebServer) -> None:
    reachable = replace(dispatch, settings=replace(dispatch.settings, report_url="https://reports.example.org/a&b/"))
    page, index = (
        "https://reports.example.org/a&b/daily/2026-08-31/aggregate.html",
        "https://reports.example.org/a&b/index.html",
    )
    (due,) = (due for due in dispatch.waiting() if due.subject == DAILY and due.channel == "webhook")
    message = reachable.compose(due)
    assert f"The whole report: {page}\nAll reports: {index}\n" in message.text()
    assert f'<a href="{escape(page)}">The whole report</a>' in message.html()
    assert f'<a href="{escape(index)}">All reports</a>' in message.html()
    assert (message.payload["report_url"], message.payload["index_url"]) == (page, index)
    links = slack_document(message)["blocks"][1]["text"]["text"]  # type: ignore[index]
    assert links == f"<{escape(page)}|The whole report>\n<{escape(index)}|All reports>"


def test_without_a_configured_place_a_digest_links_nothing(dispatch: Dispatch) -> None:
    (due,) = (due for due in dispatch.waiting() if due.subject == DAILY and due.channel == "webhook")
    message = dispatch.compose(due)
    assert (message.links, message.payload["report_url"], message.payload["index_url"]) == ((), None, None)
    assert "<a " not in message.html()
    assert "127.0.0.1" not in message.text()


def test_alerts_go_the_same_way(dispatch: Dispatch, web: WebServer, mail: MailServer, clock: Clock) -> None:
    quiet = replace(dispatch, notified=replace(dispatch.notified, periods=()))
    quiet.note([failed_run("ingest", "run-1", "disk full")] * 2)
    assert len(quiet.send_due()) == 2
    assert web.posted[0].json == {
        "event": "alert",
        "subject": "run:ingest",
        "title": "Cowrie: a run of ingest failed",
        "details": ["Run run-1", "disk full"],
        "occurrences": 2,
    }
    assert mail.mails[0]["Subject"] == "Cowrie: a run of ingest failed"
    with quiet.warehouse.read() as connection:
        assert {row.sent_at for row in outbox_rows(connection)} == {clock.us}


def test_without_channels_nothing_is_noted(sample_warehouse: Warehouse, tmp_path: Path, clock: Clock) -> None:
    off = Dispatch(sample_warehouse, NotificationSettings(), Settings(report_dir=tmp_path), clock)
    off.note([failed_run("ingest", "run-1", "x")])
    assert (off.waiting(), off.send_due()) == ([], [])
    with sample_warehouse.read() as connection:
        assert outbox_rows(connection) == []
