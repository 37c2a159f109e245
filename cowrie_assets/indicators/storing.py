"""The table `indicators`: all that there are, of all days, as they stand at the time of the writing."""

from itertools import islice

from sqlalchemy import Connection, delete

from cowrie_assets.indicators.collecting import Wanted, indicators
from cowrie_assets.warehouse.bulk_insert import insert_rows
from cowrie_assets.warehouse.engine import Warehouse
from cowrie_assets.warehouse.schema import indicator_facts
from cowrie_assets.warehouse.write_scope import ROWS, of_name

_COLUMNS = tuple(column.name for column in indicator_facts.columns)
_AT_A_TIME = 5_000


def store_indicators(warehouse: Warehouse) -> int:
    """Write the table anew, in one transaction; tells how many there are."""
    return warehouse.run(_store, ROWS | of_name("indicators"))


def _store(connection: Connection) -> int:
    connection.execute(delete(indicator_facts))
    found = indicators(connection, Wanted())
    number = 0
    while some := list(islice(found, _AT_A_TIME)):
        rows = [
            (
                each.type.value,
                each.value,
                each.first_seen,
                each.last_seen,
                each.sessions,
                each.sensors,
                each.confidence,
                each.expires_at,
                "; ".join(each.tags),
                each.campaign_id,
            )
            for each in some
        ]
        insert_rows(connection, indicator_facts.name, _COLUMNS, rows)
        number += len(rows)
    return number
