CREATE TABLE downloaded_contents (
  shasum_id BIGINT NOT NULL,
  size BIGINT NOT NULL,
  type TEXT COLLATE "C" NOT NULL,
  description TEXT COLLATE "C",
  entropy INTEGER NOT NULL,
  sha1 BYTEA NOT NULL,
  md5 BYTEA NOT NULL,
  tlsh TEXT COLLATE "C",
  ssdeep TEXT COLLATE "C",
  packer TEXT COLLATE "C",
  strings TEXT COLLATE "C",
  rules TEXT COLLATE "C",
  examined_as BYTEA NOT NULL,
  examined_at BIGINT NOT NULL,
  PRIMARY KEY (shasum_id)
);
CREATE TABLE downloaded_artefacts (
  collector TEXT COLLATE "C" NOT NULL,
  folder TEXT COLLATE "C" NOT NULL,
  name TEXT COLLATE "C" NOT NULL,
  size BIGINT NOT NULL,
  mtime_ns BIGINT NOT NULL,
  ctime_ns BIGINT NOT NULL,
  inode BIGINT NOT NULL,
  shasum_id BIGINT,
  name_matches SMALLINT,
  error TEXT COLLATE "C",
  seen_at BIGINT NOT NULL,
  PRIMARY KEY (collector, folder, name)
);
CREATE INDEX downloaded_artefacts_file ON downloaded_artefacts (shasum_id);
CREATE TABLE tlsh_bands (
  band INTEGER NOT NULL,
  shasum_id BIGINT NOT NULL,
  PRIMARY KEY (band, shasum_id)
);
CREATE INDEX tlsh_bands_file ON tlsh_bands (shasum_id);
