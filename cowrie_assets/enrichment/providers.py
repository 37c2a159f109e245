"""The numbers of providers: fixed for those whose verdicts a view of the contract shows, else given as they come."""

from collections.abc import Iterable

from sqlalchemy import Connection, select

from cowrie_assets.warehouse.schema import verdict_providers
from cowrie_assets.warehouse.sql import statement

VIRUSTOTAL = 1
DSHIELD = 2
_ATTEMPTS = 20


def provider_ids(connection: Connection, names: Iterable[str]) -> dict[str, int]:
    """The numbers of providers, in the write transaction that is given; those that have none get one."""
    wanted = set(names)
    for _ in range(_ATTEMPTS):
        known = select(verdict_providers.c.name, verdict_providers.c.id).where(verdict_providers.c.name.in_(wanted))
        found = {row.name: row.id for row in connection.execute(known)}
        missing = sorted(wanted - found.keys())
        if not missing:
            return found
        for name in missing:
            connection.execute(statement("enrichment/add_provider"), {"name": name})
    raise RuntimeError(f"no number could be given to the providers {', '.join(missing)}")


def known_provider(connection: Connection, name: str) -> int | None:
    """The number of a provider; None where it has none."""
    return connection.execute(select(verdict_providers.c.id).where(verdict_providers.c.name == name)).scalar()
