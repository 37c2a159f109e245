CREATE TABLE downloaded_contents (
  shasum_id INTEGER NOT NULL,
  size BIGINT NOT NULL,
  type TEXT NOT NULL,
  description TEXT,
  entropy INTEGER NOT NULL,
  sha1 BLOB NOT NULL,
  md5 BLOB NOT NULL,
  tlsh TEXT,
  ssdeep TEXT,
  packer TEXT,
  strings TEXT,
  rules TEXT,
  examined_as BLOB NOT NULL,
  examined_at BIGINT NOT NULL,
  PRIMARY KEY (shasum_id)
);
CREATE TABLE downloaded_artefacts (
  collector TEXT NOT NULL,
  folder TEXT NOT NULL,
  name TEXT NOT NULL,
  size BIGINT NOT NULL,
  mtime_ns BIGINT NOT NULL,
  ctime_ns BIGINT NOT NULL,
  inode BIGINT NOT NULL,
  shasum_id BIGINT,
  name_matches SMALLINT,
  error TEXT,
  seen_at BIGINT NOT NULL,
  PRIMARY KEY (collector, folder, name)
);
CREATE INDEX downloaded_artefacts_file ON downloaded_artefacts (shasum_id);
CREATE TABLE tlsh_bands (
  band INTEGER NOT NULL,
  shasum_id BIGINT NOT NULL,
  PRIMARY KEY (band, shasum_id)
) WITHOUT ROWID;
CREATE INDEX tlsh_bands_file ON tlsh_bands (shasum_id);
