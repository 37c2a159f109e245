"""Dictionaries: each distinct thing once, with its number."""

from sqlalchemy import BigInteger, Column, Index, Integer, LargeBinary, SmallInteger, Table

from cowrie_assets.warehouse.schema.columns import Id, PlainText, metadata, numbered

warehouse_identity = Table(
    "warehouse_identity",
    metadata,
    Column("identity", PlainText, primary_key=True, comment="one row: random, given when the database was made"),
)

sensors = Table(
    "sensors",
    metadata,
    numbered(),
    Column("name", PlainText, nullable=False),
    Column("digest", LargeBinary, comment="BLAKE2b-128 of the name: the index never holds it"),
    Index("sensors_digest", "digest", unique=True),
)

event_types = Table(
    "event_types",
    metadata,
    numbered(),
    Column("name", PlainText, nullable=False),
    Column("known", SmallInteger, nullable=False, comment="1 where Cowrie is known to write this id"),
    Column("digest", LargeBinary, comment="BLAKE2b-128 of the name: the index never holds it"),
    Index("event_types_digest", "digest", unique=True),
)

texts = Table(
    "texts",
    metadata,
    numbered(),
    Column("digest", LargeBinary, nullable=False, unique=True, comment="BLAKE2b-128: the index never holds the text"),
    Column("text", PlainText, nullable=False, comment="as warehouse.codec stores it"),
)

text_collections = Table(
    "text_collections",
    metadata,
    Column(
        "version", BigInteger, primary_key=True, autoincrement=False, comment="random, another with each collection"
    ),
    Column("collected_at", BigInteger, nullable=False),
    Column("texts", BigInteger, nullable=False, comment="so many were removed"),
    comment="at most one row, of the last collection: by it who remembers numbers of texts knows that they may be gone",
)

session_keys = Table(
    "session_keys",
    metadata,
    numbered(),
    Column("digest", LargeBinary, nullable=False, unique=True, comment="BLAKE2b-128 of sensor and session id"),
    Column("sensor_id", Integer, nullable=False, comment="sensors.id"),
    Column("session_id", PlainText, nullable=False),
)

commands = Table(
    "commands",
    metadata,
    Column("command_id", Id, primary_key=True, autoincrement=False, comment="texts.id of the command as typed"),
    Column("normalized_id", BigInteger, nullable=False, comment="texts.id of the command with what varies folded"),
    Column("signature", BigInteger, nullable=False, comment="behaviour_signature of the normal form"),
    Column("risk_score", SmallInteger, nullable=False, comment="0 to 100"),
    Column("ruleset", Integer, nullable=False, comment="cowrie.risk.RULESET that gave score and normal form"),
    Index("commands_ruleset", "ruleset"),
)

addresses = Table(
    "addresses",
    metadata,
    Column("ip_id", Id, primary_key=True, autoincrement=False, comment="texts.id of a source address"),
    Column("network_id", BigInteger, comment="texts.id of its /24 or /48; NULL where it is none"),
    Index("addresses_network", "network_id", "ip_id"),
)
