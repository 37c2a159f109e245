"""What attackers did in the words of MITRE ATT&CK: rules as they were applied, and which command and session shows
what."""

from sqlalchemy import BigInteger, Column, Integer, LargeBinary, PrimaryKeyConstraint, SmallInteger, Table

from cowrie_assets.warehouse.schema.columns import PlainText, metadata, numbered

technique_ruleset = Table(
    "technique_ruleset",
    metadata,
    Column("digest", LargeBinary, primary_key=True, comment="BLAKE2b-128 of the project's rules and the user's own"),
    Column("version", Integer, nullable=False, comment="of the project's rules: a release leaves newer ones alone"),
    Column("own_rules", PlainText, nullable=False, comment="the user's own, TOML, as warehouse.codec stores it"),
    comment="at most one row: the rules by which commands and sessions were mapped",
)

technique_rules = Table(
    "technique_rules",
    metadata,
    numbered(),
    Column("digest", LargeBinary, nullable=False, unique=True, comment="BLAKE2b-128 of the other columns, in words"),
    Column("rule_id", BigInteger, nullable=False),
    Column("technique_id", BigInteger, nullable=False, comment="of its id in the version of ATT&CK beside it"),
    Column("attack_version", PlainText, nullable=False),
    Column("needs", PlainText, nullable=False, comment="JSON: what it comes after, and what it counts"),
    comment="rules, each as often as it said another thing of a session: a rule that changes is another row",
)

technique_counts = Table(
    "technique_counts",
    metadata,
    Column("rule_number", Integer, nullable=False, comment="technique_rules.id"),
    Column("counted", PlainText, nullable=False, comment="a column of session_facts"),
    Column("at_least", BigInteger, nullable=False),
    PrimaryKeyConstraint("rule_number", "counted"),
    sqlite_with_rowid=False,
    comment="the rules on what a session did without a command",
)

technique_orders = Table(
    "technique_orders",
    metadata,
    Column("after_number", Integer, nullable=False, comment="technique_rules.id"),
    Column("rule_number", Integer, nullable=False, comment="technique_rules.id"),
    PrimaryKeyConstraint("after_number", "rule_number"),
    sqlite_with_rowid=False,
    comment="the rules that only count where the session showed one of others before",
)

command_techniques = Table(
    "command_techniques",
    metadata,
    Column("command_id", BigInteger, nullable=False, comment="commands.command_id"),
    Column("rule_number", Integer, nullable=False, comment="technique_rules.id"),
    Column("needs_other", SmallInteger, nullable=False, comment="1 where another command must come before it"),
    PrimaryKeyConstraint("command_id", "rule_number"),
    sqlite_with_rowid=False,
    comment="the rules that each command of `commands` matches",
)

technique_facts = Table(
    "technique_facts",
    metadata,
    Column("session_ref", BigInteger, nullable=False),
    Column("rule_number", Integer, nullable=False, comment="technique_rules.id"),
    Column("evidence_id", BigInteger, comment="the first command that shows it; NULL where none does"),
    Column("first_seen", BigInteger, nullable=False),
    Column("last_seen", BigInteger, nullable=False),
    PrimaryKeyConstraint("session_ref", "rule_number"),
    sqlite_with_rowid=False,
)
