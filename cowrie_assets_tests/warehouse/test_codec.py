"""Whatever an attacker types is stored and comes back; and almost everything is stored as it is."""

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from sqlalchemy import text

from cowrie_assets.warehouse.codec import decode_text, encode_text
from cowrie_assets.warehouse.engine import Warehouse

SPECIAL = "\x00\x01\ud800\udbff\udc00\udfff\U00100000\U00100001\U0010d800\U0010dfff\U0010e000\U0010fffd\U0010ffffa"
ANY_TEXT = st.text(st.characters() | st.characters(categories=["Cs"]) | st.sampled_from(SPECIAL))


@given(ANY_TEXT)
@example(SPECIAL)
@example(SPECIAL[::-1])
@example("\U0010fffd\x00")
@example("\U0010fffd\U0010fffd\U00100000")
@example("\ud83d\ude00")
def test_every_string_comes_back_from_one_that_can_be_stored(original: str) -> None:
    stored = encode_text(original)
    assert "\x00" not in stored
    stored.encode("utf-8")
    assert decode_text(stored) == original


@given(st.text(st.characters(exclude_categories=["Cs"], max_codepoint=0xFFFFF, exclude_characters="\x00")))
def test_what_can_be_stored_is_stored_as_it_is(original: str) -> None:
    assert encode_text(original) == original
    assert decode_text(original) == original


@given(ANY_TEXT, ANY_TEXT)
def test_two_strings_are_never_stored_as_one(one: str, other: str) -> None:
    assert (encode_text(one) == encode_text(other)) == (one == other)


def test_nothing_stays_nothing() -> None:
    assert encode_text(None) is None
    assert decode_text(None) is None
    assert encode_text("") == decode_text("") == ""


@pytest.mark.parametrize("original", ["\x00", "\ud800 and \udfff", "\U00100000\x00\U0010fffd", SPECIAL])
def test_both_engines_hold_it(warehouse: Warehouse, original: str) -> None:
    with warehouse.write() as connection:
        connection.execute(text("INSERT INTO sensors (id, name) VALUES (1, :name)"), {"name": encode_text(original)})
    with warehouse.read() as connection:
        assert decode_text(connection.execute(text("SELECT name FROM sensors")).scalar_one()) == original
