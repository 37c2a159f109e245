"""What waits is published once, whatever was written, lost or refused on the way; and what is recorded is true."""

import json
import threading
from dataclasses import replace

import pytest
from sqlalchemy import select, text

from cowrie_assets.clock import US_PER_SECOND, now_us
from cowrie_assets.progress import Progress
from cowrie_assets.publishing import outbox
from cowrie_assets.publishing.documents import Key, index_document
from cowrie_assets.publishing.outbox import open_reports
from cowrie_assets.publishing.publication import ndjson, pending_documents, publish_documents, publish_pending
from cowrie_assets.publishing.sending import BATCH_DOCUMENTS, batches, send
from cowrie_assets.publishing.server import ServerError
from cowrie_assets.publishing.setup import set_up
from cowrie_assets.publishing.status import backlog, period_states
from cowrie_assets.reports.files import report_path, write_reports
from cowrie_assets.reports.periods import parse_period
from cowrie_assets.warehouse.schema import publications
from cowrie_assets_tests.publishing.conftest import AT_ONCE, House, connected, document, published
from cowrie_assets_tests.publishing.stand_in import Fault, StandIn

T1, T2 = 10**15, 2 * 10**15
ALIAS = "cowrie.reports.daily-write"


def rows(house: House):
    with house.warehouse.read() as connection:
        return {row.sensor: row for row in connection.execute(select(publications))}


def states(house: House) -> dict[str, str]:
    with house.warehouse.read() as connection:
        return {state.period.label: state.state for state in period_states(connection, "elasticsearch")}


def is_published(house: House, stand_in: StandIn) -> bool:
    return published(stand_in) == {each: [time] for each, time in house.expected().items()}


def test_every_written_report_is_published_once(stand_in: StandIn, house: House) -> None:
    server = connected(stand_in)
    set_up(server)
    house.write("2026-08-30", T1, sensors=("hp-1", "hp-2"))
    house.write("2026-W35", T1, report_type="weekly")
    house.write("2026-08", T1, report_type="monthly")
    assert house.publish(server).published == 7
    assert is_published(house, stand_in)
    stand_in.requests.clear()
    assert house.publish(server).published == 0
    assert stand_in.requests == []


def test_a_report_that_is_written_anew_replaces_its_document(ready, elastic: StandIn, house: House) -> None:
    house.write("2026-08-30", T1)
    house.publish(ready)
    house.write("2026-08-30", T2, sessions=9)
    assert states(house) == {"2026-08-30": "pending"}
    assert house.publish(ready).published == 2
    assert is_published(house, elastic)
    assert elastic.documents()["aggregate:daily:2026-08-30"][0]["sessions"]["total"] == 9
    assert elastic.indices["cowrie.reports.daily-000001"].versions["aggregate:daily:2026-08-30"] == 2


def test_a_rollover_between_makes_no_second_copy(ready, elastic: StandIn, sqlite_house: House) -> None:
    sqlite_house.write("2026-08-30", T1)
    sqlite_house.publish(ready)
    elastic.rollover(ALIAS)
    sqlite_house.write("2026-08-30", T2)
    sqlite_house.write("2026-08-31", T2)
    assert sqlite_house.publish(ready).published == 4
    assert is_published(sqlite_house, elastic)
    assert elastic.homes("hp-1:daily:2026-08-30") == ["cowrie.reports.daily-000001"]
    assert elastic.homes("hp-1:daily:2026-08-31") == ["cowrie.reports.daily-000002"]


def test_a_second_copy_that_is_there_is_removed(ready, elastic: StandIn, sqlite_house: House) -> None:
    """As a publisher of another kind leaves behind when it writes to an alias that has rolled over."""
    sqlite_house.write("2026-08-30", T1)
    sqlite_house.publish(ready)
    elastic.rollover(ALIAS)
    copy = json.dumps({"index": {"_index": ALIAS, "_id": "hp-1:daily:2026-08-30"}}).encode() + b"\n{}\n"
    ready.call("PUT", "/_bulk", copy)
    assert len(elastic.homes("hp-1:daily:2026-08-30")) == 2
    sqlite_house.write("2026-08-30", T2)
    assert sqlite_house.publish(ready).succeeded
    assert is_published(sqlite_house, elastic)


def test_a_rollover_between_a_lost_answer_and_the_next_try(ready, elastic: StandIn, sqlite_house: House) -> None:
    sqlite_house.write("2026-08-30", T1)
    elastic.faults = [Fault("lost", only="_bulk")]
    impatient = replace(AT_ONCE, sleep=lambda _seconds: elastic.rollover(ALIAS))
    assert publish_pending(sqlite_house.warehouse, sqlite_house.settings, ready, patience=impatient).succeeded
    assert is_published(sqlite_house, elastic)


def test_down_for_an_hour_nothing_is_lost(ready, elastic: StandIn, sqlite_house: House) -> None:
    sqlite_house.write("2026-08-29", T1)
    sqlite_house.publish(ready)
    elastic.faults = [Fault("refuse")] * 1000
    for day in ("2026-08-30", "2026-08-31"):
        sqlite_house.write(day, T1, sensors=("hp-1", "hp-2"))
        result = sqlite_house.publish(ready)
        assert result.published == 0
        assert "did not answer" in (result.error or "")
    told: list[Progress] = []
    settings = sqlite_house.settings
    publish_pending(sqlite_house.warehouse, settings, ready, patience=AT_ONCE, progress=told.append)
    assert told == [], "nothing was published, and no progress says so"
    sqlite_house.write("2026-08-30", T2, sensors=("hp-1", "hp-2"))
    assert states(sqlite_house) == {"2026-08-31": "failed", "2026-08-30": "failed", "2026-08-29": "published"}
    elastic.faults = []
    assert sqlite_house.publish(ready).published == 6
    assert is_published(sqlite_house, elastic)
    assert set(states(sqlite_house).values()) == {"published"}


def test_an_item_that_is_refused_is_kept_and_holds_up_no_other(ready, elastic: StandIn, house: House) -> None:
    house.write("2026-08-30", T1, sensors=("hp-1", "hp-2"))
    elastic.faults = [Fault("items", 400, items=(1,), only="_bulk")]
    result = house.publish(ready)
    assert result.published == 2
    assert result.refused == {Key("daily", "2026-08-30", "hp-2"): "document_parsing_exception: rejected execution"}
    kept = rows(house)
    assert (kept["hp-2"].published, kept["hp-2"].attempts) == (None, 1)
    assert (kept["hp-1"].published, kept["aggregate"].published) == (T1, T1)
    assert states(house) == {"2026-08-30": "failed"}
    elastic.requests.clear()
    assert house.publish(ready).published == 1
    assert is_published(house, elastic)
    assert rows(house)["hp-2"].error is None


def test_what_is_refused_is_told_without_more_of_the_attackers_text_than_fits(
    ready, elastic: StandIn, sqlite_house: House
) -> None:
    sqlite_house.write("2026-08-30", T1)
    path = report_path(sqlite_house.report_dir, "daily", "2026-08-30", "hp-1")
    hostile = {**json.loads(path.read_bytes()), "complete": "\x1b]0;owned\x07\n" + "A" * 9000}
    path.write_text(json.dumps(hostile))
    result = sqlite_house.publish(ready)
    (reason,) = result.refused.values()
    assert "failed to parse field [complete] of type [boolean]" in reason
    assert len(reason) <= 300
    assert reason.isprintable()
    assert rows(sqlite_house)["hp-1"].error == reason


def test_busy_items_are_tried_again_and_only_they(ready, elastic: StandIn, sqlite_house: House) -> None:
    sqlite_house.write("2026-08-30", T1, sensors=("hp-1", "hp-2"))
    elastic.faults = [Fault("items", 429, items=(0, 2), only="_bulk"), Fault("items", 503, items=(0,), only="_bulk")]
    assert sqlite_house.publish(ready).published == 3
    assert [path for _, path in elastic.requests].count("/_bulk") == 3
    versions = elastic.indices["cowrie.reports.daily-000001"].versions
    assert set(versions.values()) == {1}


def test_a_refused_login_is_told_at_once_and_everything_waits(elastic: StandIn, sqlite_house: House) -> None:
    set_up(connected(elastic))
    sqlite_house.write("2026-08-30", T1)
    elastic.demand_user("elastic", "right")
    elastic.requests.clear()
    result = sqlite_house.publish(connected(elastic))
    assert len(elastic.requests) == 1
    assert "answered 401: security_exception" in (result.error or "")
    assert states(sqlite_house) == {"2026-08-30": "failed"}


def test_failures_are_tried_again_ever_later(ready, elastic: StandIn, sqlite_house: House) -> None:
    sqlite_house.write("2026-08-30", T1)
    for attempts in range(1, 4):
        elastic.faults = [Fault("refuse")] * 5
        sqlite_house.publish(ready)
        row = rows(sqlite_house)["aggregate"]
        assert row.attempts == attempts
        longest = 30 * 2 ** (attempts - 1)
        assert longest / 2 <= (row.next_attempt_at - row.tried_at) / US_PER_SECOND <= longest
    with sqlite_house.warehouse.read() as connection:
        waiting = backlog(connection, "elasticsearch", now_us())
        later = backlog(connection, "elasticsearch", now_us() + 900 * US_PER_SECOND)
    assert (waiting.reports, waiting.due, later.due) == (1, 0, 1)
    assert (waiting.oldest, "did not answer" in (waiting.error or "")) == (T1, True)


def test_a_server_that_asks_for_an_hour_is_left_alone_for_an_hour(ready, elastic: StandIn, sqlite_house: House) -> None:
    sqlite_house.write("2026-08-30", T1)
    elastic.faults = [Fault("status", 503, (("Retry-After", "3600"),))]
    elastic.requests.clear()
    assert not sqlite_house.publish(ready).succeeded
    assert len(elastic.requests) == 1
    row = rows(sqlite_house)["aggregate"]
    assert row.next_attempt_at - row.tried_at == 3600 * US_PER_SECOND


def test_a_lost_file_is_written_anew(ready, elastic: StandIn, sqlite_house: House) -> None:
    day = parse_period("daily", "2026-08-30")
    write_reports(sqlite_house.warehouse, day, sqlite_house.report_dir)
    path = report_path(sqlite_house.report_dir, "daily", "2026-08-30", "aggregate")
    for content in (None, b"", b"[1]", b'{"half": ', json.dumps(document("daily", "2026-08-29", "aggregate", T1))):
        path.unlink()
        if content is not None:
            path.write_bytes(content if isinstance(content, bytes) else content.encode())
        outbox.forget_confirmations(sqlite_house.warehouse, "elasticsearch")
        assert sqlite_house.publish(ready).published == 1
        assert is_published(sqlite_house, elastic)


def test_a_file_that_is_newer_than_its_record_is_written_anew(ready, elastic: StandIn, sqlite_house: House) -> None:
    day = parse_period("daily", "2026-08-30")
    write_reports(sqlite_house.warehouse, day, sqlite_house.report_dir)
    write_reports(sqlite_house.warehouse, day, sqlite_house.report_dir, sensors=[None])
    assert sqlite_house.publish(ready).published == 1
    assert is_published(sqlite_house, elastic)


def test_a_report_that_others_keep_writing_waits(
    ready, elastic: StandIn, sqlite_house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Each look at the files finds those of a writing that is not recorded yet."""
    sqlite_house.write("2026-08-30", T1)
    sqlite_house.write("2026-08-31", T1)
    folder = sqlite_house.report_dir / "daily" / "2026-08-31"

    def others_write(*_arguments: object) -> None:
        (folder / "aggregate.json").write_text(json.dumps(document("daily", "2026-08-31", "aggregate", now_us())))

    others_write()
    monkeypatch.setattr("cowrie_assets.publishing.report_files.write_configured_reports", others_write)
    result = sqlite_house.publish(ready)
    assert (result.published, result.succeeded) == (2, False)
    assert result.refused.keys() == {Key("daily", "2026-08-31", "aggregate")}
    assert states(sqlite_house) == {"2026-08-31": "failed", "2026-08-30": "published"}
    monkeypatch.undo()
    assert sqlite_house.publish(ready).succeeded


def test_files_of_an_earlier_writing_are_no_part_of_it(ready, elastic: StandIn, sqlite_house: House) -> None:
    sqlite_house.write("2026-08-30", T1, sensors=("former-name", "hp-1"))
    elastic.faults = [Fault("refuse")] * 5
    sqlite_house.publish(ready)
    elastic.faults = [Fault("items", 400, items=(0,), only="_bulk")]
    sqlite_house.publish(ready)
    assert rows(sqlite_house)["former-name"].next_attempt_at is not None
    sqlite_house.write("2026-08-30", T2, sensors=("hp-1",))
    assert sqlite_house.publish(ready).published == 2
    assert rows(sqlite_house).keys() == {"hp-1", "aggregate"}
    assert states(sqlite_house) == {"2026-08-30": "published"}


def test_a_publisher_that_dies_between_batches_leaves_the_rest_waiting(
    ready, elastic: StandIn, sqlite_house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("cowrie_assets.publishing.sending.BATCH_DOCUMENTS", 1)
    sqlite_house.write("2026-08-30", T1, sensors=("hp-1", "hp-2", "hp-3"))

    class Dying:
        product, label, plain, close = ready.product, ready.label, ready.plain, ready.close
        bulks = 0

        def call(self, method, path, body=None, **more):
            self.bulks += path == "/_bulk"
            if self.bulks == 3:
                raise KeyboardInterrupt
            return ready.call(method, path, body, **more)

    with pytest.raises(KeyboardInterrupt):
        sqlite_house.publish(Dying())
    assert rows(sqlite_house).keys() == {"hp-1", "hp-2"}
    assert states(sqlite_house) == {"2026-08-30": "pending"}
    assert sqlite_house.publish(ready).published == 2
    assert is_published(sqlite_house, elastic)


def test_of_two_publishers_at_once_the_one_that_was_late_is_put_right(
    ready, elastic: StandIn, sqlite_house: House
) -> None:
    """The worst order: the older document is written last, and what is recorded last says the newer one is there."""
    sqlite_house.write("2026-08-30", T1)
    looked = threading.Event()
    go_on = threading.Event()

    class Slow:
        product, label, plain, close = ready.product, ready.label, ready.plain, ready.close

        def call(self, method, path, body=None, **more):
            if path == "/_bulk":
                looked.set()
                assert go_on.wait(120)
            return connected(elastic).call(method, path, body, **more)

    slow = threading.Thread(target=sqlite_house.publish, args=[Slow()])
    slow.start()
    assert looked.wait(120)
    sqlite_house.write("2026-08-30", T2)
    assert sqlite_house.publish(ready).published == 2
    go_on.set()
    slow.join()
    assert published(elastic)["aggregate:daily:2026-08-30"] == published(elastic)["hp-1:daily:2026-08-30"]
    with sqlite_house.warehouse.read() as connection:
        assert backlog(connection, "elasticsearch", now_us()).due == 1
    assert sqlite_house.publish(ready).published == 2
    assert is_published(sqlite_house, elastic)
    assert states(sqlite_house) == {"2026-08-30": "published"}


def test_many_publishers_at_once_do_no_harm(ready, elastic: StandIn, sqlite_house: House) -> None:
    for day in range(1, 10):
        sqlite_house.write(f"2026-08-{day:02}", T1)
    threads = [threading.Thread(target=lambda: sqlite_house.publish(connected(elastic))) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    sqlite_house.publish(ready)
    assert is_published(sqlite_house, elastic)
    assert set(states(sqlite_house).values()) == {"published"}


def test_no_transaction_is_open_while_the_network_is_used(ready, house: House) -> None:
    house.write("2026-08-30", T1)

    class Looking:
        product, label, plain, close = ready.product, ready.label, ready.plain, ready.close

        def call(self, method, path, body=None, **more):
            with house.warehouse.write() as connection:
                connection.execute(text("UPDATE reports SET complete = complete"))
            return ready.call(method, path, body, **more)

    assert house.publish(Looking()).published == 2


def test_batches_are_bounded_by_count_and_bytes() -> None:
    small = [index_document(document("daily", "2026-08-30", f"s{n}", T1)) for n in range(450)]
    assert [len(batch) for batch in batches(small)] == [BATCH_DOCUMENTS, BATCH_DOCUMENTS, 50]
    large = [replace(small[n], line=b"x" * 2_000_000) for n in range(5)] + [replace(small[9], line=b"x" * 9_000_000)]
    assert [len(batch) for batch in batches(large)] == [2, 2, 1, 1]


def test_a_server_that_takes_less_at_once_gets_less(ready, elastic: StandIn) -> None:
    documents = [index_document(document("daily", "2026-08-30", f"s{n}", T1)) for n in range(20)]
    too_large = index_document({**document("daily", "2026-08-30", "large", T1), "x": "y" * 6000})
    elastic.most_bytes = 5000
    sent = send(ready, [*documents, too_large], AT_ONCE)
    assert sent.confirmed == {each.id for each in documents}
    assert sent.refused.keys() == {too_large.id}
    assert "413" in sent.refused[too_large.id]
    assert sent.error is None


def test_one_document_that_spoils_a_request_is_found(ready, elastic: StandIn) -> None:
    documents = [index_document(document("daily", "2026-08-30", f"s{n}", T1)) for n in range(7)]
    spoilt = replace(documents[3], line=b'{"half": \n')

    class Strict:
        product, label, plain, close = ready.product, ready.label, ready.plain, ready.close

        def call(self, method, path, body=None, **more):
            if path == "/_bulk" and b'{"half": \n' in body:
                raise ServerError("no JSON", status=400)
            return ready.call(method, path, body, **more)

    sent = send(Strict(), [*documents[:3], spoilt, *documents[4:]], AT_ONCE)
    assert len(sent.confirmed) == 6
    assert (sent.refused, sent.error) == ({spoilt.id: "no JSON"}, None)


def test_documents_of_ones_own_are_published_and_give_way_to_the_written_report(
    ready, elastic: StandIn, sqlite_house: House
) -> None:
    own = [document("daily", "2026-08-30", "aggregate", T1), document("daily", "2026-08-29", "hp-1", T1)]
    assert publish_documents(sqlite_house.warehouse, ready, own, patience=AT_ONCE).published == 2
    assert published(elastic).keys() == {"aggregate:daily:2026-08-30", "hp-1:daily:2026-08-29"}
    sqlite_house.write("2026-08-30", T2)
    sqlite_house.publish(ready)
    again = publish_documents(sqlite_house.warehouse, ready, own[:1], patience=AT_ONCE)
    assert again.succeeded
    assert states(sqlite_house) == {"2026-08-30": "pending"}
    sqlite_house.publish(ready)
    assert published(elastic)["aggregate:daily:2026-08-30"] == ["2033-05-18T03:33:20.000000Z"]


def test_documents_of_ones_own_that_fail_are_told_and_recorded(ready, elastic: StandIn, sqlite_house: House) -> None:
    elastic.faults = [Fault("refuse")] * 5
    own = [document("daily", "2026-08-30", "aggregate", T1)]
    result = publish_documents(sqlite_house.warehouse, ready, own, patience=AT_ONCE)
    assert (result.published, result.succeeded) == (0, False)
    assert rows(sqlite_house)["aggregate"].attempts == 1


def test_what_would_be_sent_is_what_is_sent(ready, elastic: StandIn, sqlite_house: House) -> None:
    sqlite_house.write("2026-08-30", T1, sensors=("hp-1", "hp-2"))
    pending = pending_documents(sqlite_house.warehouse, sqlite_house.report_dir, "elasticsearch")
    lines = b"".join(ndjson(pending.documents))
    assert (pending.lost, rows(sqlite_house), elastic.documents()) == ([], {}, {})
    ready.call("PUT", "/_bulk", lines)
    sent = elastic.documents()
    elastic.indices["cowrie.reports.daily-000001"].documents.clear()
    sqlite_house.publish(ready)
    assert elastic.documents() == sent
    assert list(pending_documents(sqlite_house.warehouse, sqlite_house.report_dir, "elasticsearch").documents) == []
    everything = pending_documents(sqlite_house.warehouse, sqlite_house.report_dir, "elasticsearch", everything=True)
    assert len(list(everything.documents)) == 3


def test_a_new_server_gets_everything(ready, elastic: StandIn, sqlite_house: House) -> None:
    sqlite_house.write("2026-08-30", T1)
    sqlite_house.publish(ready)
    elastic.indices.clear()
    set_up(ready)
    assert sqlite_house.publish(ready).published == 0
    outbox.forget_confirmations(sqlite_house.warehouse, "elasticsearch")
    assert sqlite_house.publish(ready).published == 2
    assert is_published(sqlite_house, elastic)


def test_an_open_report_names_what_waits(sqlite_house: House) -> None:
    sqlite_house.write("2026-08-30", T1)
    with sqlite_house.warehouse.read() as connection:
        (report,) = open_reports(connection, "elasticsearch")
    assert (report.waiting(), report.due_at(), report.error()) == (["aggregate"], 0, None)
