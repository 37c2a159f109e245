"""The dictionary of commands: each command as typed has, once, its normal form and its risk."""

from collections.abc import Mapping

from sqlalchemy import Connection, bindparam, delete, func, select, update

from cowrie_assets.cowrie.event_types import KNOWN
from cowrie_assets.cowrie.normalize import READ_CHARACTERS, behaviour_signature, normalize_command
from cowrie_assets.cowrie.risk import RULESET, command_risk
from cowrie_assets.warehouse.bulk_insert import insert_rows
from cowrie_assets.warehouse.codec import Utf8, decode_text
from cowrie_assets.warehouse.dictionary import Dictionaries
from cowrie_assets.warehouse.engine import Warehouse
from cowrie_assets.warehouse.new_rows import put_in_missing
from cowrie_assets.warehouse.schema import changed_days, commands, summarised_days, texts

_AT_A_TIME = 500
_MOST_BYTES = 4
"""Of a character in UTF-8."""
_THOSE_KNOWN = select(commands.c.command_id).where(commands.c.command_id.in_(bindparam("ids", expanding=True)))
_OUTDATED = select(func.count()).select_from(commands).where(commands.c.ruleset < RULESET)


class CommandScores:
    """Scores the commands that a load brings; remembers which ones have their score."""

    def __init__(self, dictionaries: Dictionaries) -> None:
        self._dictionaries = dictionaries
        self._scored: set[int] = set()

    def score(self, connection: Connection, typed: Mapping[int, str | Utf8]) -> None:
        """Give each of `typed` (`{texts.id: command}`) that the warehouse does not know its normal form and risk."""
        unknown = {number: command for number, command in typed.items() if number not in self._scored}
        if not unknown:
            return
        known = set(connection.execute(_THOSE_KNOWN, {"ids": list(unknown)}).scalars())
        missing = {number: _as_read(command) for number, command in unknown.items() if number not in known}
        _insert_scored(connection, self._dictionaries, list(missing.items()))
        self._scored |= unknown.keys()

    def forget(self) -> None:
        """Drop what is in memory: a transaction that added scores was rolled back."""
        self._scored.clear()


def _as_read(text: str | Utf8) -> str:
    """A command, or of a long one what the rules read of it and a character more."""
    if not isinstance(text, Utf8):
        return text
    return text[: _MOST_BYTES * (READ_CHARACTERS + 1)].decode("utf-8", "ignore")


def score_anew(warehouse: Warehouse) -> int:
    """Score the commands again that an older set of rules scored; tell how many there were.

    Costs one look at an index where there are none. Where there were some, every session is pending: its risk follows
    from its commands.
    """
    with warehouse.read() as connection:
        if not connection.execute(_OUTDATED).scalar_one():
            return 0
    with warehouse.write() as connection:
        numbers = connection.execute(select(commands.c.command_id).where(commands.c.ruleset < RULESET)).scalars().all()
        dictionaries = Dictionaries(KNOWN.__contains__)
        for begin in range(0, len(numbers), _AT_A_TIME):
            _score_again(connection, dictionaries, list(numbers[begin : begin + _AT_A_TIME]))
        connection.execute(delete(summarised_days).where(summarised_days.c.summary == "session_summaries"))
        newest = connection.execute(select(func.max(changed_days.c.revision))).scalar() or 0
        connection.execute(update(changed_days).values(revision=newest + 1))
    return len(numbers)


def _score_again(connection: Connection, dictionaries: Dictionaries, numbers: list[int]) -> None:
    rows = connection.execute(select(texts.c.id, texts.c.text).where(texts.c.id.in_(numbers))).all()
    typed = [(number, decode_text(stored)) for number, stored in rows]
    connection.execute(delete(commands).where(commands.c.command_id.in_(numbers)))
    _insert_scored(connection, dictionaries, typed)


def _insert_scored(connection: Connection, dictionaries: Dictionaries, typed: list[tuple[int, str]]) -> None:
    if not typed:
        return
    forms = [normalize_command(command) for _, command in typed]
    normalized = dictionaries.texts.resolve(connection, forms)
    columns = ("command_id", "normalized_id", "signature", "risk_score", "ruleset")
    rows = [
        (number, normalized_id, behaviour_signature(form), command_risk(command), RULESET)
        for (number, command), form, normalized_id in zip(typed, forms, normalized, strict=True)
    ]
    if connection.dialect.name == "postgresql":  # another loader may bring the same command
        put_in_missing(connection, commands, columns, rows)
    else:
        insert_rows(connection, "commands", columns, rows)
