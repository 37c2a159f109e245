"""Where addresses are, and which lists name them: matched on this machine, or told by services."""

from sqlalchemy import BigInteger, Column, Index, Integer, LargeBinary, PrimaryKeyConstraint, SmallInteger, Table

from cowrie_assets.warehouse.schema.columns import PlainText, metadata, numbered

place_facts = Table(
    "place_facts",
    metadata,
    Column("address_id", BigInteger, nullable=False, comment="addresses.ip_id"),
    Column("source", SmallInteger, nullable=False, comment="enrichment.places.PlaceSource"),
    Column("country", PlainText, comment="ISO 3166, two capital letters"),
    Column("asn", BigInteger),
    Column("as_name_id", BigInteger, comment="of the ASN beside it"),
    Column("city_id", BigInteger),
    PrimaryKeyConstraint("address_id", "source"),
    sqlite_with_rowid=False,
    comment="where each source says that an address is; enrichment.places is the only writer",
)

tag_facts = Table(
    "tag_facts",
    metadata,
    Column("address_id", BigInteger, nullable=False, comment="addresses.ip_id"),
    Column("list_id", Integer, nullable=False, comment="address_lists.id"),
    PrimaryKeyConstraint("address_id", "list_id"),
    sqlite_with_rowid=False,
    comment="which lists name an address; enrichment.places is the only writer",
)

address_lists = Table(
    "address_lists",
    metadata,
    numbered(),
    Column("name", PlainText, nullable=False),
    Column("kind", PlainText, nullable=False, comment="enrichment.local_sources.ListKind"),
    Column("mark", LargeBinary, comment="enrichment.file_marks: of what all addresses were matched with"),
    Column("entries", Integer),
    Column("passed_over", Integer, comment="lines that name no address"),
    Column("written_at", BigInteger, comment="when the file was written"),
    Column("matched_at", BigInteger, comment="when all addresses were matched with it last"),
    Column("error", PlainText, comment="why the content of `mark` cannot be used, as warehouse.codec stores it"),
    Index("address_lists_name", "name", "kind", unique=True),
    comment="the lists that addresses are matched with",
)

place_databases = Table(
    "place_databases",
    metadata,
    Column("position", Integer, primary_key=True, autoincrement=False, comment="the lesser is believed"),
    Column("name", PlainText, nullable=False, comment="of the file, as warehouse.codec stores it"),
    Column("type", PlainText, nullable=False, comment="as warehouse.codec stores it"),
    Column("built_at", BigInteger, nullable=False),
    Column("mark", LargeBinary, comment="as that of address_lists"),
    Column("matched_at", BigInteger, comment="when all addresses were matched with it last"),
    comment="the databases that say where addresses are, on this machine",
)
