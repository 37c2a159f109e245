"""The networks of source addresses: the /24 of an IPv4 address, the /48 of an IPv6 address."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Connection, Row, delete

from cowrie_assets.cowrie.address_networks import network_of
from cowrie_assets.cowrie.event_types import KNOWN
from cowrie_assets.warehouse.bulk_insert import insert_rows
from cowrie_assets.warehouse.chunks import chunks
from cowrie_assets.warehouse.codec import decode_text
from cowrie_assets.warehouse.dictionary import Dictionaries
from cowrie_assets.warehouse.engine import Warehouse
from cowrie_assets.warehouse.new_rows import put_in_missing
from cowrie_assets.warehouse.schema import addresses
from cowrie_assets.warehouse.sql import statement
from cowrie_assets.warehouse.write_scope import ROWS


def map_addresses(connection: Connection, day: int) -> None:
    """Give each source address of a session day its network, where it has none or a wrong one. Needs a write
    transaction."""
    _map(connection, connection.execute(statement("summaries/addresses_of_day"), {"day": day}).all())


def map_ahead(warehouse: Warehouse, day: int) -> None:
    """Give the source addresses of a day's events that wait their networks, in short transactions of its own, on
    PostgreSQL: another refresh that brings the same ones waits for these, not for a whole refresh."""
    if warehouse.dialect != "postgresql":
        return
    with warehouse.read() as connection:
        found = connection.execute(statement("summaries/addresses_waiting", warehouse.dialect), {"day": day}).all()
    if found:
        warehouse.run(lambda connection: _map(connection, found), of=ROWS)


def map_new_addresses(connection: Connection) -> None:
    """Give each source address of the sessions in the temporary table `changed` its network, where it has none yet."""
    _map(connection, connection.execute(statement("summaries/addresses_of_changed", connection.dialect.name)).all())


def _map(connection: Connection, found: Sequence[Row[Any]]) -> None:
    if not found:
        return
    networks = {row.ip_id: network_of(decode_text(row.address)) for row in found}
    named = sorted({network for network in networks.values() if network is not None})
    ids = dict(zip(named, Dictionaries(KNOWN.__contains__).texts.resolve(connection, named), strict=True))
    right = {ip_id: None if network is None else ids[network] for ip_id, network in networks.items()}
    wrong = [row.ip_id for row in found if row.mapped and row.network_id != right[row.ip_id]]
    for some in chunks(wrong):
        connection.execute(delete(addresses).where(addresses.c.ip_id.in_(some)))
    unmapped = {row.ip_id for row in found if not row.mapped}.union(wrong)
    rows = [(ip_id, right[ip_id]) for ip_id in sorted(unmapped)]
    if connection.dialect.name == "postgresql":  # another refresh may bring the same address
        put_in_missing(connection, addresses, ("ip_id", "network_id"), rows)
    else:
        insert_rows(connection, "addresses", ("ip_id", "network_id"), rows)
