"""Which session an event belongs to: the first matcher that fits, and never `uuid`."""

from typing import Any

import pytest

from cowrie_assets.cowrie.sessions import Matcher, session_of

FULL, ID_ONLY, EVENT = Matcher.FULL_DELIMITED, Matcher.SESSION_ID_ONLY, Matcher.EVENT_SESSION


@pytest.mark.parametrize(
    ("event", "found"),
    [
        ({"session": "a1b2c3d4e5f6"}, (ID_ONLY, "a1b2c3d4e5f6")),
        ({"session": "a1b2c3d4"}, (ID_ONLY, "a1b2c3d4")),
        ({"session": "198.51.100.1-22/7"}, (FULL, "198.51.100.1-22/7")),
        ({"session": "only-dashes"}, (ID_ONLY, "only-dashes")),
        ({"session": "only/slashes"}, (ID_ONLY, "only/slashes")),
        ({"session": 42}, (ID_ONLY, "42")),
        ({"session": 0}, (ID_ONLY, "0")),
        ({"session": -7}, (ID_ONLY, "-7")),
        ({"session": "\x00\ud800"}, (ID_ONLY, "\x00\ud800")),
        ({"session": "first", "session_id": "second"}, (ID_ONLY, "first")),
        ({"session": "", "session_id": "second"}, (EVENT, "second")),
        ({"session": None, "sessionid": "third"}, (EVENT, "third")),
        ({"session": True, "sessionID": 5}, (EVENT, "5")),
        ({"session": 1.5, "sid": "fifth"}, (EVENT, "fifth")),
        ({"session": ["x"], "message": "session=0123abcd"}, (EVENT, "0123abcd")),
        ({"sid": "", "message": "Lost session: 0123abcd."}, (EVENT, "0123abcd")),
        ({"message": "in session 0123ABCDef99 of"}, (EVENT, "0123ABCDef99")),
        ({"message": "session:0123abcd"}, (EVENT, "0123abcd")),
        ({"session_id": "a", "sessionid": "b", "sid": "c"}, (EVENT, "a")),
    ],
)
def test_the_first_matcher_that_fits_wins(event: dict[str, Any], found: tuple[Matcher, str]) -> None:
    assert session_of(event) == found


@pytest.mark.parametrize(
    "event",
    [
        {},
        {"session": ""},
        {"session": None},
        {"session": False},
        {"session": {}},
        {"uuid": "0123abcd-0123-11ee-8000-0242ac110002"},
        {"message": "session=0123abc"},
        {"message": "session 0123abcdz"},
        {"message": "sessions 0123abcd"},
        {"message": "obsession=0123abcd"},
        {"message": "session  0123abcd"},
        {"message": ["session=0123abcd"]},
        {"message": None, "format": "session=0123abcd"},
    ],
)
def test_an_event_without_a_session_has_none(event: dict[str, Any]) -> None:
    assert session_of(event) is None


def test_an_id_of_any_length_is_found_in_no_time() -> None:
    assert session_of({"session": "f" * 60_000}) == (ID_ONLY, "f" * 60_000)
    assert session_of({"message": "session session=" * 10_000 + "a" * 100_000}) == (EVENT, "a" * 100_000)
