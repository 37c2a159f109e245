CREATE TABLE log_paths_of_one (
  path TEXT NOT NULL,
  log_id INTEGER,
  size BIGINT NOT NULL,
  mtime_ns BIGINT NOT NULL,
  inode BIGINT NOT NULL,
  samples BLOB NOT NULL,
  pending_bytes BIGINT NOT NULL,
  ctime_ns BIGINT,
  looked_at_ns BIGINT,
  PRIMARY KEY (path)
);
INSERT INTO log_paths_of_one
SELECT path, log_id, size, mtime_ns, inode, samples, pending_bytes, ctime_ns, looked_at_ns FROM log_paths WHERE collector = '';
DROP TABLE log_paths;
ALTER TABLE log_paths_of_one RENAME TO log_paths;
CREATE INDEX log_paths_log ON log_paths (log_id);
DROP INDEX logs_path;
ALTER TABLE logs DROP COLUMN collector;
CREATE INDEX logs_path ON logs (path, generation);
