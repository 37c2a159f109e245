"""Names of sensors in documents and in paths: anyone may have chosen them."""

import re

from hypothesis import given
from hypothesis import strategies as st

from cowrie_assets.reports.sensors import sensor_label, sensor_slug, sensors_with_sessions
from cowrie_assets_tests.reports.facts import Facts, Session
from cowrie_assets_tests.reports.test_document import MONDAY

NAMES = (
    st.text(st.characters(codec=None), min_size=1)
    | st.from_regex(r"%?(25)*(61|a)ggregate", fullmatch=True)
    | st.integers(150, 250).map(lambda length: "\N{OX}" * length)
)


def test_plain_names_stay():
    assert sensor_slug("hp-fra-01.example_x") == "hp-fra-01.example_x"


def test_a_name_cannot_leave_its_folder():
    assert sensor_slug("../../etc/passwd") == "%2E.%2F..%2Fetc%2Fpasswd"
    assert sensor_slug("..") == "%2E."
    assert sensor_slug("a\x00b/é") == "a%00b%2F%C3%A9"
    assert sensor_slug("") == "%"


def test_a_sensor_called_aggregate_does_not_pass_for_all_of_them():
    names = [None, "aggregate", "%61ggregate", "%2561ggregate"]
    assert sensor_label(None) == "aggregate"
    assert len({sensor_label(name) for name in names}) == len(names)


@given(st.sets(NAMES, min_size=2, max_size=2))
def test_distinct_names_have_distinct_labels_and_slugs(names):
    labels = {sensor_label(name) for name in names} | {"aggregate"}
    assert len(labels) == 3
    assert max(map(len, labels)) <= 200
    assert len({sensor_slug(label) for label in labels}) == 3


@given(NAMES | st.integers(1, 400).map(lambda length: "é/" * length))
def test_a_slug_is_a_safe_part_of_a_path(name):
    assert re.fullmatch(r"(?!\.)[A-Za-z0-9._%-]{1,160}", sensor_slug(sensor_label(name)))


def test_long_names_differ_in_their_end_and_from_what_looks_like_them():
    names = ["x" * 500 + "1", "x" * 500 + "2"]
    names += list(map(sensor_label, names))
    labels = set(map(sensor_label, names))
    assert len(labels) == len(names)
    assert len(set(map(sensor_slug, [*names, *labels]))) == 6


def test_only_sensors_with_sessions_are_listed_and_in_order(warehouse):
    sessions = [Session(MONDAY, "z"), Session(MONDAY, "a\x00"), Session(MONDAY, "b")]
    Facts(warehouse).store(sessions, sensors=["silent"])
    with warehouse.read() as connection:
        assert sensors_with_sessions(connection) == ["a\x00", "b", "z"]
