DELETE FROM dead_letters
WHERE EXISTS (
  SELECT 1
  FROM dead_letters AS first
  WHERE first.log_id = dead_letters.log_id
    AND first.byte_offset = dead_letters.byte_offset
    AND first.reason = dead_letters.reason
    AND first.content = dead_letters.content
    AND first.id < dead_letters.id
);
CREATE TABLE dead_letters_by_digest (
  id INTEGER NOT NULL,
  digest BLOB NOT NULL,
  log_id INTEGER NOT NULL,
  line_number BIGINT NOT NULL,
  byte_offset BIGINT NOT NULL,
  reason TEXT NOT NULL,
  content TEXT NOT NULL,
  content_bytes BIGINT NOT NULL,
  created_at BIGINT NOT NULL,
  resolved_at BIGINT,
  resolution TEXT,
  PRIMARY KEY (id),
  UNIQUE (digest)
);
INSERT INTO dead_letters_by_digest
SELECT
  id, CAST('id ' || id AS BLOB), log_id, line_number, byte_offset, reason, content, content_bytes, created_at,
  resolved_at, resolution
FROM dead_letters;
DROP TABLE dead_letters;
ALTER TABLE dead_letters_by_digest RENAME TO dead_letters;
CREATE INDEX dead_letters_place ON dead_letters (log_id, byte_offset);
