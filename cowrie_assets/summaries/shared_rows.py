"""Rows that refreshes of different days share on PostgreSQL: scores of commands, networks of addresses.

They are put in before a day's transaction begins, in short transactions of their own: another refresh that brings the
same waits for these and not for a whole day. What comes between is put in by the day's transaction itself.
"""

from collections.abc import Sequence
from functools import partial

from sqlalchemy import TextClause, bindparam

from cowrie_assets.summaries.command_scores import score_commands
from cowrie_assets.summaries.networks import map_addresses
from cowrie_assets.warehouse.chunks import chunks
from cowrie_assets.warehouse.engine import Warehouse
from cowrie_assets.warehouse.sql import statement
from cowrie_assets.warehouse.write_scope import ROWS


def add_shared_rows(warehouse: Warehouse, days: Sequence[int]) -> None:
    """Score the commands and map the addresses of what waits of `days` (`clock.day_number`). SQLite has one writer."""
    if warehouse.dialect != "postgresql":
        return
    for some in chunks(days):
        binds = {"days": list(some)}
        with warehouse.read() as connection:
            unscored = connection.execute(_of_days("unscored_commands"), binds).scalars().all()
            unmapped = connection.execute(_of_days("unmapped_addresses"), binds).all()
        for commands in chunks(sorted(unscored)):
            warehouse.run(partial(score_commands, numbers=commands), of=ROWS)
        if unmapped:
            warehouse.run(partial(map_addresses, found=unmapped), of=ROWS)


def _of_days(name: str) -> TextClause:
    return statement(f"summaries/{name}_of_days", "postgresql").bindparams(bindparam("days", expanding=True))
