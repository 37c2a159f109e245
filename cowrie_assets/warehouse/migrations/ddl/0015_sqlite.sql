CREATE TABLE place_facts (
  address_id BIGINT NOT NULL,
  source SMALLINT NOT NULL,
  country TEXT,
  asn BIGINT,
  as_name_id BIGINT,
  city_id BIGINT,
  PRIMARY KEY (address_id, source)
) WITHOUT ROWID;
CREATE TABLE tag_facts (
  address_id BIGINT NOT NULL,
  list_id INTEGER NOT NULL,
  PRIMARY KEY (address_id, list_id)
) WITHOUT ROWID;
CREATE TABLE address_lists (
  id INTEGER NOT NULL,
  name TEXT NOT NULL,
  kind TEXT NOT NULL,
  mark BLOB,
  entries INTEGER,
  passed_over INTEGER,
  written_at BIGINT,
  matched_at BIGINT,
  error TEXT,
  PRIMARY KEY (id)
);
CREATE UNIQUE INDEX address_lists_name ON address_lists (name, kind);
CREATE TABLE place_databases (
  position INTEGER NOT NULL,
  name TEXT NOT NULL,
  type TEXT NOT NULL,
  networks BIGINT NOT NULL,
  built_at BIGINT NOT NULL,
  mark BLOB,
  matched_at BIGINT,
  PRIMARY KEY (position)
);
