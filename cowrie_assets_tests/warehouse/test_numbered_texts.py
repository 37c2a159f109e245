"""What numbers of a dictionary stand for."""

import pytest
from sqlalchemy import insert

from cowrie_assets.warehouse import numbered_texts
from cowrie_assets.warehouse.codec import encode_text
from cowrie_assets.warehouse.engine import Warehouse
from cowrie_assets.warehouse.numbered_texts import NOT_THERE, NumberedTexts
from cowrie_assets.warehouse.schema import texts

_TEXTS = {number: encode_text(f"\x00{number}") for number in range(1, 41)}


@pytest.mark.parametrize("room", [numbered_texts._MOST_CHARACTERS, 0], ids=["remembered", "forgotten"])
def test_a_number_stands_for_its_text_or_for_nothing(
    warehouse: Warehouse, monkeypatch: pytest.MonkeyPatch, room: int
) -> None:
    monkeypatch.setattr(numbered_texts, "_MOST_CHARACTERS", room)
    with warehouse.write() as connection:
        rows = [{"id": number, "digest": bytes([number]), "text": text} for number, text in _TEXTS.items()]
        connection.execute(insert(texts), rows)
    named = NumberedTexts(texts, "text")
    with warehouse.read() as connection:
        for first in range(1, 41, 5):
            numbers = [first, None, 1, 987_654_321, first + 4]
            named.look_up(connection, numbers, [None])
            assert named.of(numbers) == [f"\x00{first}", None, "\x001", NOT_THERE, f"\x00{first + 4}"]
    assert len(named._known) == (1 + len(_TEXTS) - 24 + 1 if room else 5)
