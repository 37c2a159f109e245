CREATE TABLE dead_letters_by_place (
  id INTEGER NOT NULL,
  log_id INTEGER NOT NULL,
  line_number BIGINT NOT NULL,
  byte_offset BIGINT NOT NULL,
  reason TEXT NOT NULL,
  content TEXT NOT NULL,
  content_bytes BIGINT NOT NULL,
  created_at BIGINT NOT NULL,
  resolved_at BIGINT,
  resolution TEXT,
  PRIMARY KEY (id)
);
INSERT INTO dead_letters_by_place
SELECT id, log_id, line_number, byte_offset, reason, content, content_bytes, created_at, resolved_at, resolution
FROM dead_letters;
DROP TABLE dead_letters;
ALTER TABLE dead_letters_by_place RENAME TO dead_letters;
CREATE INDEX dead_letters_place ON dead_letters (log_id, byte_offset);
