CREATE TABLE text_collections (
  version BIGINT NOT NULL PRIMARY KEY,
  collected_at BIGINT NOT NULL,
  texts BIGINT NOT NULL
);
