"""Whatever goes wrong at whatever step: in the end each document stands there once, as it was written last."""

import contextlib
import email.utils
import math
import shutil
import time
from collections.abc import Iterator
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cowrie_assets.publishing.patience import Patience
from cowrie_assets.publishing.server import ServerError
from cowrie_assets.publishing.setup import set_up
from cowrie_assets.warehouse.engine import Warehouse
from cowrie_assets_tests.examples import examples
from cowrie_assets_tests.publishing.conftest import House, connected, published
from cowrie_assets_tests.publishing.stand_in import Fault, StandIn

T1, T2 = 10**15, 2 * 10**15
STEPS = ["_alias", "_mapping", "_refresh", "_search", "_bulk"]
FAULTS = [
    Fault("refuse"),
    Fault("lost"),
    Fault("cut"),
    Fault("garbage"),
    Fault("half_search"),
    *(Fault("status", status) for status in (400, 401, 404, 413, 429, 500, 503)),
    *(Fault("items", status, items=items) for status in (400, 429) for items in ((0,), (1,), (0, 1))),
]

LASTING = {400, 401, 404, 500}


@pytest.fixture(scope="module")
def sqlite_house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    """One warehouse for all of them: `clear` empties it."""
    folder = tmp_path_factory.mktemp("faults")
    with Warehouse.open(f"sqlite:///{folder / 'w.db'}") as warehouse:
        yield House(warehouse, folder / "reports")


def is_whole(house: House, stand_in: StandIn) -> bool:
    return published(stand_in) == {each: [time] for each, time in house.expected().items()}


def clear(house: House, stand_in: StandIn) -> None:
    stand_in.faults = []
    for index in stand_in.indices.values():
        index.documents.clear()
        index.visible.clear()
    house.empty()
    shutil.rmtree(house.report_dir, ignore_errors=True)


@pytest.mark.parametrize("fault", FAULTS, ids=lambda fault: f"{fault.kind}-{fault.status}-{fault.items}")
def test_one_fault_at_each_step(stand_in: StandIn, sqlite_house: House, fault: Fault) -> None:
    server = connected(stand_in)
    set_up(server)
    for step in ["_bulk"] if fault.items or fault.status in LASTING else STEPS:
        clear(sqlite_house, stand_in)
        sqlite_house.write("2026-08-30", T1)
        stand_in.faults = [replace(fault, only=step)]
        first = sqlite_house.publish(server)
        confirmed = sum(len(copies) for copies in published(stand_in).values())
        assert first.published <= confirmed, "nothing counts as published that is not there"
        sqlite_house.write("2026-08-30", T2)
        stand_in.faults = []
        assert sqlite_house.publish(server).succeeded
        assert is_whole(sqlite_house, stand_in)


@pytest.mark.parametrize("fault", [Fault("lost"), Fault("cut"), Fault("status", 503)], ids=lambda fault: fault.kind)
def test_a_fault_that_lasts_longer_than_we_try(stand_in: StandIn, sqlite_house: House, fault: Fault) -> None:
    server = connected(stand_in)
    set_up(server)
    for step in STEPS:
        clear(sqlite_house, stand_in)
        sqlite_house.write("2026-08-30", T1)
        stand_in.faults = [replace(fault, only=step)] * 5
        first = sqlite_house.publish(server)
        assert (first.published, first.succeeded) == (0, False)
        assert sqlite_house.publish(server).succeeded
        assert is_whole(sqlite_house, stand_in)


faults = st.one_of(st.none(), st.none(), st.sampled_from(FAULTS))
moves = st.one_of(
    st.tuples(st.just("write"), st.sampled_from(["2026-08-30", "2026-08-31"])),
    st.tuples(st.just("publish"), st.lists(faults, max_size=14)),
    st.tuples(st.just("roll over"), st.just(None)),
    st.tuples(st.just("restart"), st.just(None)),
)


@examples(10)
@given(story=st.lists(moves, max_size=8))
def test_any_story_ends_well(elastic: StandIn, sqlite_house: House, story) -> None:
    elastic.indices.clear()
    clear(sqlite_house, elastic)
    server = connected(elastic)
    set_up(server)
    written_at = T1
    for move, about in story:
        if move == "write":
            written_at += 1
            sqlite_house.write(about, written_at, sensors=("hp-1", "hp-2"))
        elif move == "publish":
            elastic.faults = list(about)
            sqlite_house.publish(server)
            elastic.faults = []
        elif move == "roll over":
            elastic.rollover("cowrie.reports.daily-write")
        else:
            server = connected(elastic)
    assert sqlite_house.publish(server).succeeded
    assert is_whole(sqlite_house, elastic)


def waits(patience: Patience, *errors: ServerError) -> tuple[list[float], bool]:
    """The waits of work that fails with `errors` in turn, and whether it came to a good end."""
    slept: list[float] = []
    left = list(errors)

    def work() -> None:
        if left:
            raise left.pop(0)

    patient = Patience(patience.attempts, patience.first_wait, patience.longest_wait, slept.append)
    with contextlib.suppress(ServerError):
        patient.run(work)
        return slept, True
    return slept, False


def passing(retry_after: float | None = None) -> ServerError:
    return ServerError("busy", status=503, passing=True, retry_after=retry_after)


def test_waits_double_and_are_drawn_below() -> None:
    drawn = [waits(Patience(), *[passing()] * 4) for _ in range(200)]
    assert all(ended for _, ended in drawn)
    for position, bound in enumerate((1, 2, 4, 8)):
        at_position = [slept[position] for slept, _ in drawn]
        assert max(at_position) <= bound
        assert max(at_position) > bound / 2
        assert len({round(each, 6) for each in at_position}) > 100, "no two publishers wait alike"


def test_five_tries_are_enough_and_what_will_not_pass_is_not_tried_again() -> None:
    assert len(waits(Patience(), *[passing()] * 9)[0]) == 4
    assert waits(Patience(), ServerError("no", status=401)) == ([], False)
    assert waits(Patience(), passing(), ServerError("no", status=400))[1] is False


def test_what_the_server_asks_for_is_the_least_and_more_than_a_minute_is_not_waited_for() -> None:
    slept, ended = waits(Patience(), passing(20.0), passing(60.0))
    assert ended
    assert slept == [20.0, 60.0]
    assert waits(Patience(), passing(61.0)) == ([], False)


@pytest.mark.parametrize("status", [429, 502, 503, 504])
def test_retry_after_comes_through_both_clients(stand_in: StandIn, status: int) -> None:
    server = connected(stand_in)
    in_a_minute = email.utils.formatdate(time.time() + 60, usegmt=True)
    for header, possible in (("7", {7}), (in_a_minute, range(30, 61)), ("soon", {None}), ("0", {0}), ("9" * 9, {3600})):
        stand_in.faults = [Fault("status", status, (("Retry-After", header),))]
        with pytest.raises(ServerError) as refused:
            server.call("GET", "/")
        assert refused.value.passing
        asked = refused.value.retry_after
        assert (asked if asked is None else math.ceil(asked)) in possible


def test_a_slow_answer_is_a_lost_one(stand_in: StandIn) -> None:
    server = connected(stand_in, request_seconds=0.1)
    stand_in.faults = [Fault("slow")]
    with pytest.raises(ServerError, match=r"did not answer within 0.1 s") as slow:
        server.call("GET", "/")
    assert (slow.value.passing, slow.value.status) == (True, None)


def test_nobody_there_is_told_in_a_sentence(stand_in: StandIn) -> None:
    stand_in.url = "http://127.0.0.1:1"
    with pytest.raises(ServerError, match=r"http://127.0.0.1:1 did not answer: .*refused") as lost:
        connected(stand_in).call("GET", "/")
    assert lost.value.passing
