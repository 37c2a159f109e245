CREATE TABLE technique_ruleset (
  digest BLOB NOT NULL PRIMARY KEY,
  version INTEGER NOT NULL,
  own_rules TEXT NOT NULL
);
CREATE TABLE technique_rules (
  id INTEGER NOT NULL PRIMARY KEY,
  digest BLOB NOT NULL UNIQUE,
  rule_id BIGINT NOT NULL,
  technique_id BIGINT NOT NULL,
  attack_version TEXT NOT NULL,
  needs TEXT NOT NULL
);
CREATE TABLE technique_counts (
  rule_number INTEGER NOT NULL,
  counted TEXT NOT NULL,
  at_least BIGINT NOT NULL,
  PRIMARY KEY (rule_number, counted)
) WITHOUT ROWID;
CREATE TABLE technique_orders (
  after_number INTEGER NOT NULL,
  rule_number INTEGER NOT NULL,
  PRIMARY KEY (after_number, rule_number)
) WITHOUT ROWID;
CREATE TABLE command_techniques (
  command_id BIGINT NOT NULL,
  rule_number INTEGER NOT NULL,
  needs_other SMALLINT NOT NULL,
  PRIMARY KEY (command_id, rule_number)
) WITHOUT ROWID;
CREATE TABLE technique_facts (
  session_ref BIGINT NOT NULL,
  rule_number INTEGER NOT NULL,
  evidence_id BIGINT,
  first_seen BIGINT NOT NULL,
  last_seen BIGINT NOT NULL,
  PRIMARY KEY (session_ref, rule_number)
) WITHOUT ROWID;
