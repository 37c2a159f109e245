"""The written reports, and what is sent: documents to search servers, messages to people."""

from sqlalchemy import BigInteger, Column, Integer, LargeBinary, PrimaryKeyConstraint, SmallInteger, Table

from cowrie_assets.warehouse.schema.columns import PlainText, metadata

reports = Table(
    "reports",
    metadata,
    Column("report_type", PlainText, nullable=False, comment="daily, weekly or monthly"),
    Column("period", PlainText, nullable=False),
    Column("made_from", LargeBinary, nullable=False, comment="digest of the versions of its days: reports.staleness"),
    Column("complete", SmallInteger, nullable=False),
    Column("generated_at", BigInteger, nullable=False),
    Column(
        "document_version",
        Integer,
        nullable=False,
        server_default="0",
        comment="reports.document_version; 0: before this was recorded",
    ),
    Column(
        "verdicts_as_of",
        BigInteger,
        nullable=False,
        server_default="0",
        comment="verdict_reports.changed_at then; 0: no verdict had changed",
    ),
    PrimaryKeyConstraint("report_type", "period"),
)

sensor_reports = Table(
    "sensor_reports",
    metadata,
    Column("report_type", PlainText, nullable=False, comment="daily, weekly or monthly"),
    Column("period", PlainText, nullable=False),
    Column("sensor", PlainText, nullable=False, comment="as the document names it, as warehouse.codec stores it"),
    Column("made_from", LargeBinary, nullable=False, comment="as reports.made_from, of one sensor and of the settings"),
    Column("generated_at", BigInteger, nullable=False, comment="before reports.generated_at where it was left"),
    PrimaryKeyConstraint("report_type", "period", "sensor"),
    comment="what each sensor's report of a period was written from: reports.standing",
)

rare_periods = Table(
    "rare_periods",
    metadata,
    Column("report_type", PlainText, nullable=False, comment="daily, weekly or monthly"),
    Column("period", PlainText, nullable=False),
    Column("sensor_id", Integer, nullable=False, comment="sensors.id; 0: all sensors"),
    Column("made_from", LargeBinary, nullable=False, comment="digest of the versions of all days up to its end"),
    Column("told", LargeBinary, nullable=False, comment="digest of its snowshoes and its long tail"),
    PrimaryKeyConstraint("report_type", "period", "sensor_id"),
    comment="what is told of snowshoes and the long tail: reports.rare_versions",
)

publications = Table(
    "publications",
    metadata,
    Column("destination", PlainText, nullable=False, comment="elasticsearch or opensearch"),
    Column("report_type", PlainText, nullable=False),
    Column("period", PlainText, nullable=False),
    Column("sensor", PlainText, nullable=False, comment="as the document names it, as warehouse.codec stores it"),
    Column("published", BigInteger, comment="generated_at of the document that the destination confirmed"),
    Column("published_at", BigInteger),
    Column("attempts", Integer, nullable=False, comment="that failed since then"),
    Column("error", PlainText, comment="of the last attempt, as warehouse.codec stores it"),
    Column("tried_at", BigInteger, nullable=False),
    Column("next_attempt_at", BigInteger, comment="NULL where nothing is to be tried again"),
    PrimaryKeyConstraint("destination", "report_type", "period", "sensor"),
)

notifications = Table(
    "notifications",
    metadata,
    Column("channel", PlainText, nullable=False, comment="email, slack or webhook"),
    Column("subject", PlainText, nullable=False, comment="digest:daily:2026-08-31, run:ingest, check:commands_sum_up"),
    Column("waiting", Integer, nullable=False, comment="how often it happened since it was last told"),
    Column("content", PlainText, comment="of an alert: what is to be told, as warehouse.codec stores it"),
    Column("sent_at", BigInteger, comment="NULL where it never was"),
    Column("attempts", Integer, nullable=False, comment="that failed since then"),
    Column("error", PlainText, comment="of the last attempt, as warehouse.codec stores it"),
    Column("next_attempt_at", BigInteger, comment="NULL where nothing is to be tried again"),
    Column("claim", PlainText, comment="the mark of the process that sends it now; NULL where none does"),
    PrimaryKeyConstraint("channel", "subject"),
)
