"""One session, whose id other sensors may have too."""

import pytest

from cowrie_assets.finding.session import SessionError, document_of, story_of
from cowrie_assets.warehouse.engine import Warehouse
from cowrie_assets_tests.finding.conftest import Made


def test_a_session_of_two_sensors_is_told_of_the_one_that_is_named(warehouse: Warehouse, made: list[Made]) -> None:
    ids = [session.session_id for session in made]
    session = next(each for each in made if ids.count(each.session_id) == 2)
    with warehouse.read() as connection:
        with pytest.raises(SessionError, match="is one of hp-one and one of hp-two: name one by --sensor"):
            story_of(connection, session.session_id)
        story = story_of(connection, session.session_id, session.sensor, most=5)
        assert story_of(connection, session.session_id.upper(), session.sensor, most=5) == story
        document = document_of(story)
    assert (document["sensor"], document["src_ip"], document["hassh"]) == (
        session.sensor,
        session.address,
        session.hassh,
    )
    assert (document["username"], document["password"]) == session.credential
    told = {value["text"] for event in document["events"] for value in event["values"]}
    assert {session.address, session.command[:2000], session.url, *session.credential} <= told
    assert str(story.day) == session.day
    assert {"T1110", "T1078"} & {each["technique"][:5] for each in document["techniques"]}
    assert document["campaign"] is not None


def test_what_is_no_session(warehouse: Warehouse) -> None:
    with warehouse.read() as connection, pytest.raises(SessionError, match="no session nothing on hp-one"):
        story_of(connection, "nothing", "hp-one")
