"""The files that addresses were matched with last, as people are told of them."""

from dataclasses import dataclass

from sqlalchemy import Connection, select

from cowrie_assets.clock import US_PER_DAY
from cowrie_assets.warehouse.codec import decode_text
from cowrie_assets.warehouse.schema import address_lists, place_databases

STALE_AFTER_US = 30 * US_PER_DAY


@dataclass(frozen=True, slots=True)
class SourceState:
    """A file as it was matched last. Times are microseconds since 1970-01-01 UTC."""

    service: str
    """`mmdb` or `lists`."""
    name: str
    kind: str
    """Of a list its kind, of a database its type."""
    built_at: int | None
    """When a database was built, or a list was written."""
    entries: int | None
    """Of a list that was read; a database does not tell how many networks it holds."""
    passed_over: int
    """Lines that name no address."""
    matched_at: int | None
    """None: not all addresses were matched with it yet."""
    error: str | None
    """Why its content cannot be used."""

    def is_stale(self, now_us: int) -> bool:
        """Whether it is older than 30 days."""
        return self.built_at is not None and self.built_at < now_us - STALE_AFTER_US

    def is_ahead(self, now_us: int) -> bool:
        """Whether it says of itself that it is of the future: nobody knows how old it is."""
        return self.built_at is not None and self.built_at > now_us + US_PER_DAY


def sources_of(connection: Connection) -> list[SourceState]:
    """Databases in the order in which they are believed, then lists by name."""
    databases = connection.execute(select(place_databases).order_by(place_databases.c.position)).all()
    lists = connection.execute(select(address_lists).order_by(address_lists.c.name, address_lists.c.kind)).all()
    return [
        *(
            SourceState(
                service="mmdb",
                name=decode_text(row.name),
                kind=decode_text(row.type),
                built_at=row.built_at,
                entries=None,
                passed_over=0,
                matched_at=row.matched_at,
                error=None,
            )
            for row in databases
        ),
        *(
            SourceState(
                service="lists",
                name=row.name,
                kind=row.kind,
                built_at=row.written_at,
                entries=row.entries,
                passed_over=row.passed_over or 0,
                matched_at=row.matched_at,
                error=None if row.error is None else decode_text(row.error),
            )
            for row in lists
        ),
    ]
