"""The dictionary of commands: each command as typed has, once, its normal form, its risk and the rules it matches.

A refresh scores the commands that it comes upon before it computes sessions, whose risk follows from them.
"""

from collections.abc import Mapping, Sequence
from functools import partial

from sqlalchemy import Connection, bindparam, delete, func, select

from cowrie_assets.cowrie.event_types import KNOWN
from cowrie_assets.cowrie.normalize import behaviour_signature, normalize_command
from cowrie_assets.cowrie.risk import RULESET
from cowrie_assets.summaries import rules
from cowrie_assets.summaries.rules import judge_commands, put_in_matches, rules_in_force
from cowrie_assets.summaries.typed_commands import typed_commands
from cowrie_assets.warehouse import day_versions
from cowrie_assets.warehouse.bulk_insert import insert_rows
from cowrie_assets.warehouse.chunks import chunks
from cowrie_assets.warehouse.dictionary import Dictionaries
from cowrie_assets.warehouse.engine import Warehouse
from cowrie_assets.warehouse.new_rows import put_in_missing
from cowrie_assets.warehouse.refresh_queue import queue_days
from cowrie_assets.warehouse.schema import commands
from cowrie_assets.warehouse.sql import statement
from cowrie_assets.warehouse.write_scope import ROWS

_COLUMNS = ("command_id", "normalized_id", "signature", "risk_score", "ruleset")
_RULESETS = select(func.min(commands.c.ruleset), func.max(commands.c.ruleset))


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
            warehouse.run(partial(take_in_commands, numbers=numbers), of=ROWS)


def score_fresh_commands(connection: Connection) -> None:
    """Score those commands of the temporary table `fresh_commands` that have no score. Needs a write transaction."""
    unscored = connection.execute(statement("summaries/unscored_commands")).scalars().all()
    for some in chunks(sorted(unscored)):
        take_in_commands(connection, some)


def take_in_commands(connection: Connection, numbers: Sequence[int]) -> None:
    """Give commands (`texts.id`) their normal form, their risk and the rules that they match; those that have them stay
    as they are."""
    typed = typed_commands(connection, numbers)
    judged = judge_commands(connection, typed)
    new = _put_in(connection, typed, {number: each.risk for number, each in judged.items()})
    put_in_matches(connection, {number: judged[number] for number in new})


def _put_in(connection: Connection, typed: Sequence[tuple[int, str]], risks: Mapping[int, int]) -> list[int]:
    """Give commands (`texts.id`, as typed) their normal form and risk, and tell which had none."""
    forms = [normalize_command(command) for _, command in typed]
    normalized = Dictionaries(KNOWN.__contains__).texts.resolve(connection, forms)
    rows = [
        (number, normalized_id, behaviour_signature(form), risks[number], RULESET)
        for (number, _), form, normalized_id in zip(typed, forms, normalized, strict=True)
    ]
    if connection.dialect.name == "postgresql":  # another refresh may bring the same command
        return [number for number, _ in put_in_missing(connection, commands, _COLUMNS, rows)]
    insert_rows(connection, "commands", _COLUMNS, rows)
    return [number for number, _ in typed]


def newer_rules(warehouse: Warehouse) -> tuple[int, int] | None:
    """The newest set of rules that scored a command or mapped it to techniques, and this release's, where a newer
    release than this one did; else None.

    An older release that runs on beside a newer one leaves the summaries to it: what it computed, the other would have
    to compute again.
    """
    with warehouse.read() as connection:
        _, newest = connection.execute(_RULESETS).one()
        if newest is not None and newest > RULESET:
            return newest, RULESET
        return rules.newer_rules(connection)


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
        risk = rules_in_force(connection).risk
        numbers = connection.execute(select(commands.c.command_id).where(others)).scalars().all()
        binds = {"ruleset": RULESET, "also_newer": int(also_newer)}
        days = connection.execute(statement("summaries/days_of_outdated_commands"), binds).scalars().all()
        for some in chunks(numbers):
            connection.execute(delete(commands).where(commands.c.command_id.in_(some)))
            typed = typed_commands(connection, some)
            _put_in(connection, typed, {number: risk.score(command) for number, command in typed})
        queue_days(connection, days)
        day_versions.renew_sessions(connection, day_versions.of_all_sensors(connection, days))
    return len(numbers)
