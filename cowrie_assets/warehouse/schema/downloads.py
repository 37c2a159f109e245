"""The files that attackers left, as they lie in the downloads' folders."""

from sqlalchemy import BigInteger, Column, Index, Integer, LargeBinary, PrimaryKeyConstraint, SmallInteger, Table

from cowrie_assets.warehouse.schema.columns import Id, PlainText, metadata

downloaded_contents = Table(
    "downloaded_contents",
    metadata,
    Column("shasum_id", Id, primary_key=True, autoincrement=False, comment="texts.id of the content's SHA-256"),
    Column("size", BigInteger, nullable=False),
    Column("type", PlainText, nullable=False, comment="enrichment.file_types: the same on every machine"),
    Column("description", PlainText, comment="by libmagic, as warehouse.codec stores it"),
    Column("entropy", Integer, nullable=False, comment="thousandths of a bit a byte"),
    Column("sha1", LargeBinary, nullable=False),
    Column("md5", LargeBinary, nullable=False),
    Column("tlsh", PlainText),
    Column("ssdeep", PlainText),
    Column("packer", PlainText),
    Column("strings", PlainText, comment="JSON: enrichment.file_strings"),
    Column("rules", PlainText, comment="JSON: names of the user's own YARA-X rules that match"),
    Column("examined_as", LargeBinary, nullable=False, comment="enrichment.file_contents.examined_as"),
    Column("examined_at", BigInteger, nullable=False),
    Index("downloaded_contents_md5", "md5"),
    Index("downloaded_contents_sha1", "sha1"),
    comment="what the bytes of a file say; enrichment.downloads is the only writer",
)

downloaded_artefacts = Table(
    "downloaded_artefacts",
    metadata,
    Column("collector", PlainText, nullable=False, comment="the machine whose folder it is"),
    Column("folder", PlainText, nullable=False, comment="as warehouse.codec stores it"),
    Column("name", PlainText, nullable=False, comment="as warehouse.codec stores it"),
    Column("size", BigInteger, nullable=False),
    Column("mtime_ns", BigInteger, nullable=False),
    Column("ctime_ns", BigInteger, nullable=False),
    Column("inode", BigInteger, nullable=False),
    Column("shasum_id", BigInteger, comment="downloaded_contents.shasum_id; NULL where it could not be read"),
    Column(
        "name_matches", SmallInteger, comment="1 where its name is its SHA-256, 0 another; NULL: it is named otherwise"
    ),
    Column("error", PlainText, comment="why it could not be read, as warehouse.codec stores it"),
    Column("seen_at", BigInteger, nullable=False, comment="when it was read"),
    PrimaryKeyConstraint("collector", "folder", "name"),
    Index("downloaded_artefacts_file", "shasum_id"),
    comment="the files in the downloads' folders, as they were read last",
)

tlsh_bands = Table(
    "tlsh_bands",
    metadata,
    Column("band", Integer, nullable=False, comment="summaries.similar_files.bands"),
    Column("shasum_id", BigInteger, nullable=False, comment="downloaded_contents.shasum_id"),
    PrimaryKeyConstraint("band", "shasum_id"),
    Index("tlsh_bands_file", "shasum_id"),
    sqlite_with_rowid=False,
    comment="16 parts of each digest: files that are alike are equal in one of them",
)
