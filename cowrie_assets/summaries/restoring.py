"""What rules made of commands, and what is kept of the rules, put right where the database holds something else.

It is worked out once of each command and then taken for right, by summaries as by what checks them; who computes a day
anew computes this anew, too.
"""

from collections.abc import Sequence
from datetime import date
from functools import partial

from sqlalchemy import Connection, delete, select

from cowrie_assets.cowrie.normalize import behaviour_signature, normalize_command
from cowrie_assets.cowrie.risk import RULESET
from cowrie_assets.summaries.check_results import day_window
from cowrie_assets.summaries.command_scores import take_in_commands
from cowrie_assets.summaries.rules import (
    days_of_commands,
    judge_commands,
    restore_rules,
    rules_are_right,
    stored_judgements,
)
from cowrie_assets.summaries.typed_commands import typed_commands
from cowrie_assets.warehouse import day_versions
from cowrie_assets.warehouse.chunks import chunks
from cowrie_assets.warehouse.codec import decode_text
from cowrie_assets.warehouse.engine import Warehouse
from cowrie_assets.warehouse.refresh_queue import queue_days
from cowrie_assets.warehouse.schema import command_techniques, commands, texts
from cowrie_assets.warehouse.sql import statement


def restore_commands(warehouse: Warehouse, start: date | None, end: date | None) -> int:
    """Give the commands of the sessions from `start` to `end` (inclusive; open where None) what today's rules make of
    them, where they have something else; tell how many. Every day with one of them is queued."""
    with warehouse.read() as connection:
        is_right = rules_are_right(connection)
    if not is_right:
        warehouse.run(restore_rules)
    query = statement("summaries/scored_commands_of_days", warehouse.dialect)
    with warehouse.read() as connection:
        numbers = connection.execute(query, day_window(start, end)).scalars().all()
    restored = 0
    for some in chunks(numbers):
        with warehouse.read() as connection:
            wrong = _wrong(connection, some)
        if wrong:
            warehouse.run(partial(_restore, numbers=wrong))
        restored += len(wrong)
    return restored


def _wrong(connection: Connection, numbers: Sequence[int]) -> list[int]:
    typed = typed_commands(connection, numbers)
    right, judged = judge_commands(connection, typed), stored_judgements(connection, numbers)
    of_some = commands.c.command_id.in_(numbers)
    query = select(commands, texts.c.text).outerjoin(texts, texts.c.id == commands.c.normalized_id).where(of_some)
    stored = {row.command_id: row for row in connection.execute(query)}
    wrong = []
    for number, command in typed:
        row, form = stored[number], normalize_command(command)
        says = (decode_text(row.text), row.signature, row.ruleset, judged[number])
        if says != (form, behaviour_signature(form), RULESET, right[number]):
            wrong.append(number)
    return wrong


def _restore(connection: Connection, numbers: Sequence[int]) -> None:
    days = {row.session_day for row in days_of_commands(connection, dict.fromkeys(numbers, True))}
    for table in (command_techniques, commands):
        connection.execute(delete(table).where(table.c.command_id.in_(numbers)))
    take_in_commands(connection, numbers)
    queue_days(connection, days)
    day_versions.renew_sessions(connection, day_versions.of_all_sensors(connection, days))
