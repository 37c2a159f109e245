"""The dictionary of commands: each command as typed has, once, its normal form and its risk."""

from collections.abc import Iterable, Mapping

from sqlalchemy import Connection, bindparam, delete, func, select

from cowrie_assets.cowrie.event_types import KNOWN
from cowrie_assets.cowrie.normalize import READ_CHARACTERS, behaviour_signature, normalize_command
from cowrie_assets.cowrie.risk import RULESET, command_risk
from cowrie_assets.warehouse import day_versions
from cowrie_assets.warehouse.bulk_insert import insert_rows
from cowrie_assets.warehouse.codec import Utf8, decode_text
from cowrie_assets.warehouse.dictionary import Dictionaries
from cowrie_assets.warehouse.engine import Warehouse
from cowrie_assets.warehouse.new_rows import put_in_missing
from cowrie_assets.warehouse.refresh_queue import queue_days
from cowrie_assets.warehouse.schema import commands, texts
from cowrie_assets.warehouse.sql import statement

_AT_A_TIME = 500
_MOST_BYTES = 4
"""Of a character in UTF-8."""
_THOSE_KNOWN = select(commands.c.command_id).where(commands.c.command_id.in_(bindparam("ids", expanding=True)))
_RULESETS = select(func.min(commands.c.ruleset), func.max(commands.c.ruleset))


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

    def know(self, numbers: Iterable[int | None]) -> bool:
        """Whether all of these (`texts.id`) are known to have their score."""
        return self._scored.issuperset(numbers)

    def forget(self) -> None:
        """Drop what is in memory: a transaction that added scores was rolled back."""
        self._scored.clear()


def _as_read(text: str | Utf8) -> str:
    """A command, or of a long one what the rules read of it and a character more."""
    if not isinstance(text, Utf8):
        return text
    return text[: _MOST_BYTES * (READ_CHARACTERS + 1)].decode("utf-8", "ignore")


def newer_rules(warehouse: Warehouse) -> int | None:
    """The newest set of rules that scored a command, where a newer release than this one did; else None.

    An older release that runs on beside a newer one leaves the summaries to it: what it computed, the other would have
    to compute again.
    """
    with warehouse.read() as connection:
        _, newest = connection.execute(_RULESETS).one()
    return newest if newest is not None and newest > RULESET else None


def score_anew(warehouse: Warehouse, *, also_newer: bool = False) -> int:
    """Score the commands again that an older set of rules scored (`also_newer`: any other one); tell how many there
    were.

    Costs one look at an index where there are none. Where there were some, the days that saw one of them are made anew:
    a session's risk follows from its commands, and so does what was seen.
    """
    with warehouse.read() as connection:
        oldest, newest = connection.execute(_RULESETS).one()
    if oldest is None or (oldest >= RULESET and not (also_newer and newest > RULESET)):
        return 0
    others = commands.c.ruleset != RULESET if also_newer else commands.c.ruleset < RULESET
    with warehouse.write() as connection:
        numbers = connection.execute(select(commands.c.command_id).where(others)).scalars().all()
        binds = {"ruleset": RULESET, "also_newer": int(also_newer)}
        days = connection.execute(statement("ingest/days_of_outdated_commands"), binds).scalars().all()
        dictionaries = Dictionaries(KNOWN.__contains__)
        for begin in range(0, len(numbers), _AT_A_TIME):
            _score_again(connection, dictionaries, list(numbers[begin : begin + _AT_A_TIME]))
        queue_days(connection, days)
        day_versions.renew_sessions(connection, day_versions.of_all_sensors(connection, days))
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
