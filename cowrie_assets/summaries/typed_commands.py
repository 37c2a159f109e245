"""Commands as they were typed, as far as rules look at them."""

from collections.abc import Sequence

from sqlalchemy import Connection, func, select

from cowrie_assets.cowrie.normalize import READ_CHARACTERS
from cowrie_assets.warehouse.codec import decode_text
from cowrie_assets.warehouse.schema import texts

_READ = READ_CHARACTERS + 1
"""Characters of a command that the rules look at, and the one that tells that there are more."""
_MOST_STORED = 2
"""Characters in which `warehouse.codec` stores one."""


def typed_commands(connection: Connection, numbers: Sequence[int]) -> list[tuple[int, str]]:
    """Commands by their numbers (`texts.id`), in the order of these; of a long one its beginning."""
    read = func.substr(texts.c.text, 1, _MOST_STORED * _READ)
    stored = connection.execute(select(texts.c.id, read).where(texts.c.id.in_(numbers)).order_by(texts.c.id))
    return [(number, decode_text(text)[:_READ]) for number, text in stored]
