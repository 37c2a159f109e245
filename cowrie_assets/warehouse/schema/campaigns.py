"""What sessions did, each distinct thing once, and who belongs together: `campaigns` is the only writer."""

from sqlalchemy import BigInteger, Column, Index, Integer, LargeBinary, PrimaryKeyConstraint, SmallInteger, Table

from cowrie_assets.warehouse.schema.columns import Id, PlainText, metadata, numbered

artefact_sources = Table(
    "artefact_sources",
    metadata,
    Column("source_id", Id, primary_key=True, autoincrement=False, comment="texts.id of a command, url or SHA-256"),
    Column("version", BigInteger, nullable=False, comment="campaigns.artefacts: by what it was read"),
    Column("token", BigInteger, comment="of a command: its form, with the keys that it names; NULL for others"),
    Column("words", SmallInteger, comment="of a command: words of its form, 8 at most"),
    Index("artefact_sources_token", "token"),
    comment="what was looked at for artefacts",
)

artefact_facts = Table(
    "artefact_facts",
    metadata,
    Column("source_id", BigInteger, nullable=False),
    Column("kind", SmallInteger, nullable=False, comment="cowrie.artefacts.ArtefactKind"),
    Column("value_id", BigInteger, nullable=False),
    Column(
        "subtype", PlainText, nullable=False, comment="a key's algorithm, a wallet's currency; else used, itself, empty"
    ),
    Column("comment_id", BigInteger, comment="what stands behind a key"),
    PrimaryKeyConstraint("source_id", "kind", "value_id"),
    Index("artefact_facts_value", "kind", "value_id"),
    sqlite_with_rowid=False,
    comment="which keys, urls, hosts, wallets and endpoints a command, url or file names",
)

sequences = Table(
    "sequences",
    metadata,
    numbered(),
    Column("digest", LargeBinary, nullable=False, unique=True),
    Column("forms", LargeBinary, nullable=False, comment="campaigns.sequences: tokens in their order, and counts"),
    comment="each distinct sequence of forms that a session typed",
)

sequence_bands = Table(
    "sequence_bands",
    metadata,
    Column("band", BigInteger, nullable=False, comment="campaigns.likeness.bands"),
    Column("sequence", BigInteger, nullable=False, comment="sequences.id"),
    PrimaryKeyConstraint("band", "sequence"),
    sqlite_with_rowid=False,
    comment="20 parts of each MinHash: sequences that are alike are equal in one of them",
)

profiles = Table(
    "profiles",
    metadata,
    numbered(),
    Column("digest", LargeBinary, nullable=False, unique=True),
    Column("sequence", BigInteger, nullable=False, comment="sequences.id; 0: it typed nothing"),
    Column("campaign", PlainText, comment="campaign_facts.campaign; NULL: it belongs to none"),
    Index("profiles_campaign", "campaign"),
    comment="what a session did: its sequence and its marks. Each distinct one once",
)

profile_marks = Table(
    "profile_marks",
    metadata,
    Column("profile", BigInteger, nullable=False, comment="profiles.id"),
    Column("kind", SmallInteger, nullable=False, comment="campaigns.marks.MarkKind"),
    Column("value_id", BigInteger, nullable=False),
    PrimaryKeyConstraint("profile", "kind", "value_id"),
    Index("profile_marks_value", "kind", "value_id"),
    sqlite_with_rowid=False,
)

session_profiles = Table(
    "session_profiles",
    metadata,
    Column("session_ref", Id, primary_key=True, autoincrement=False, comment="session_keys.id"),
    Column("profile", BigInteger, nullable=False, comment="profiles.id"),
    Column("first_event_at", BigInteger, nullable=False),
    Index("session_profiles_profile", "profile", "first_event_at"),
    Index("session_profiles_time", "first_event_at"),
    comment="the sessions that typed, moved or named something",
)

profiled_days = Table(
    "profiled_days",
    metadata,
    Column("session_day", Integer, primary_key=True, autoincrement=False),
    Column("mark", LargeBinary, nullable=False, comment="of the day's version and the rules that it was read by"),
    comment="the days whose sessions have profiles",
)

trait_days = Table(
    "trait_days",
    metadata,
    Column("kind", SmallInteger, nullable=False, comment="campaigns.marks.MarkKind; 0: a form of a command"),
    Column("value", BigInteger, nullable=False, comment="texts.id of a mark; a form's token"),
    Column("session_day", Integer, nullable=False),
    Column("sessions", Integer, nullable=False, comment="of the day that have it"),
    PrimaryKeyConstraint("kind", "value", "session_day"),
    Index("trait_days_day", "session_day"),
    sqlite_with_rowid=False,
    comment="how many sessions of a day typed a form, or have a mark: what tells the rare from the usual",
)

campaign_days = Table(
    "campaign_days",
    metadata,
    Column("session_day", Integer, nullable=False),
    Column("sensor_id", Integer, nullable=False, comment="sensors.id; 0: any"),
    Column("made_from", BigInteger, nullable=False, comment="the version of its sessions when they were profiled"),
    Column("version", BigInteger, nullable=False, comment="another whenever campaigns may say something else of it"),
    PrimaryKeyConstraint("session_day", "sensor_id"),
    sqlite_with_rowid=False,
    comment="what campaigns say of the days with sessions: see campaigns.day_versions",
)

campaign_facts = Table(
    "campaign_facts",
    metadata,
    Column("campaign", PlainText, primary_key=True, comment="of its oldest session"),
    Column("name", PlainText, nullable=False, comment="what is distinctive, as warehouse.codec stores it"),
    Column("oldest_ref", BigInteger, nullable=False, comment="session_keys.id of its oldest session"),
    Column("profiles", Integer, nullable=False, comment="how many different things its sessions did"),
    Column("sessions", Integer, nullable=False),
    Column("addresses", Integer, nullable=False),
    Column("networks", Integer, nullable=False, comment="/24 or /48"),
    Column("sensors", Integer, nullable=False),
    Column("days", Integer, nullable=False, comment="on which it has a session"),
    Column("first_seen", BigInteger, nullable=False),
    Column("last_seen", BigInteger, nullable=False),
    Column("made_from", LargeBinary, nullable=False, comment="digest of its sessions: the figures follow from these"),
    Column(
        "distinctive",
        SmallInteger,
        nullable=False,
        server_default="0",
        comment="1: what it is called after is a mark, or a form that is not common",
    ),
)

campaign_inputs = Table(
    "campaign_inputs",
    metadata,
    Column("made_from", LargeBinary, nullable=False, comment="digest of the days that were profiled, and of the files"),
    comment="one row: what campaigns were put together from",
)

campaign_changes = Table(
    "campaign_changes",
    metadata,
    Column("changed_at", BigInteger, nullable=False),
    Column("campaign", PlainText, nullable=False, comment="as it was called before"),
    Column("became", PlainText, nullable=False, comment="where its sessions are now; empty: in no campaign"),
    Column("kind", PlainText, nullable=False, comment="merged, split, renamed or dissolved"),
    Column("sessions", Integer, nullable=False, comment="that went there"),
    PrimaryKeyConstraint("changed_at", "campaign", "became"),
    comment="what became of campaigns when others were found: never removed",
)
