"""The dictionary of commands: each command as typed has, once, its normal form and its risk.

A refresh scores the commands that it comes upon before it computes sessions, whose risk follows from them.
"""

from collections.abc import Sequence
from functools import partial

from sqlalchemy import Connection, bindparam, delete, func, select

from cowrie_assets.cowrie.event_types import KNOWN
from cowrie_assets.cowrie.normalize import READ_CHARACTERS, behaviour_signature, normalize_command
from cowrie_assets.cowrie.risk import RULESET, command_risk
from cowrie_assets.warehouse import day_versions
from cowrie_assets.warehouse.bulk_insert import insert_rows
from cowrie_assets.warehouse.chunks import chunks
from cowrie_assets.warehouse.codec import decode_text
from cowrie_assets.warehouse.dictionary import Dictionaries
from cowrie_assets.warehouse.engine import Warehouse
from cowrie_assets.warehouse.new_rows import put_in_missing
from cowrie_assets.warehouse.refresh_queue import queue_days
from cowrie_assets.warehouse.schema import commands, texts
from cowrie_assets.warehouse.sql import statement
from cowrie_assets.warehouse.write_scope import ROWS

_COLUMNS = ("command_id", "normalized_id", "signature", "risk_score", "ruleset")
_RULESETS = select(func.min(commands.c.ruleset), func.max(commands.c.ruleset))
_READ = READ_CHARACTERS + 1
"""Characters of a command that the rules look at, and the one that tells that there are more."""
_MOST_STORED = 2
"""Characters in which `warehouse.codec` stores one."""


def score_ahead(warehouse: Warehouse, days: Sequence[int]) -> None:
    """Score the commands of what waits of `days` (`clock.day_number`), in short transactions, on PostgreSQL: another
    refresh that brings the same ones waits for these, not for a whole refresh."""
    if warehouse.dialect != "postgresql":
        return
    query = statement("summaries/unscored_commands_of_days", "postgresql").bindparams(bindparam("days", expanding=True))
    for some in chunks(days):
        with warehouse.read() as connection:
            unscored = connection.execute(query, {"days": list(some)}).scalars().all()
        for numbers in chunks(sorted(unscored)):
            warehouse.run(partial(score_commands, numbers=numbers), of=ROWS)


def score_fresh_commands(connection: Connection) -> None:
    """Score those commands of the temporary table `fresh_commands` that have no score. Needs a write transaction."""
    unscored = connection.execute(statement("summaries/unscored_commands")).scalars().all()
    for some in chunks(sorted(unscored)):
        score_commands(connection, some)


def score_commands(connection: Connection, numbers: Sequence[int]) -> None:
    """Give commands (`texts.id`) their normal form and risk; those that have them stay as they are."""
    read = func.substr(texts.c.text, 1, _MOST_STORED * _READ)
    stored = connection.execute(select(texts.c.id, read).where(texts.c.id.in_(numbers)).order_by(texts.c.id)).all()
    typed = [(number, decode_text(text)[:_READ]) for number, text in stored]
    forms = [normalize_command(command) for _, command in typed]
    normalized = Dictionaries(KNOWN.__contains__).texts.resolve(connection, forms)
    rows = [
        (number, normalized_id, behaviour_signature(form), command_risk(command), RULESET)
        for (number, command), form, normalized_id in zip(typed, forms, normalized, strict=True)
    ]
    if connection.dialect.name == "postgresql":  # another refresh may bring the same command
        put_in_missing(connection, commands, _COLUMNS, rows)
    else:
        insert_rows(connection, "commands", _COLUMNS, rows)


def newer_rules(warehouse: Warehouse) -> int | None:
    """The newest set of rules that scored a command, where a newer release than this one did; else None.

    An older release that runs on beside a newer one leaves the summaries to it: what it computed, the other would have
    to compute again.
    """
    with warehouse.read() as connection:
        _, newest = connection.execute(_RULESETS).one()
    return newest if newest is not None and newest > RULESET else None


def rescore(warehouse: Warehouse, *, also_newer: bool = False) -> int:
    """Score the commands again that an older set of rules scored (`also_newer`: any other one); tell how many there
    were.

    Costs one look at an index where there are none. Where there were some, the days that saw one of them are queued: a
    session's risk follows from its commands, and so does what was seen.
    """
    with warehouse.read() as connection:
        oldest, newest = connection.execute(_RULESETS).one()
    if oldest is None or (oldest >= RULESET and not (also_newer and newest > RULESET)):
        return 0
    others = commands.c.ruleset != RULESET if also_newer else commands.c.ruleset < RULESET
    with warehouse.write() as connection:
        numbers = connection.execute(select(commands.c.command_id).where(others)).scalars().all()
        binds = {"ruleset": RULESET, "also_newer": int(also_newer)}
        days = connection.execute(statement("summaries/days_of_outdated_commands"), binds).scalars().all()
        for some in chunks(numbers):
            connection.execute(delete(commands).where(commands.c.command_id.in_(some)))
            score_commands(connection, some)
        queue_days(connection, days)
        day_versions.renew_sessions(connection, day_versions.of_all_sensors(connection, days))
    return len(numbers)
