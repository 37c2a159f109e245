ALTER TABLE logs ADD COLUMN collector TEXT NOT NULL DEFAULT '';
DROP INDEX logs_path;
CREATE INDEX logs_path ON logs (collector, path, generation);
CREATE TABLE log_paths_of_collectors (
  collector TEXT NOT NULL,
  path TEXT NOT NULL,
  log_id INTEGER,
  size BIGINT NOT NULL,
  mtime_ns BIGINT NOT NULL,
  inode BIGINT NOT NULL,
  samples BLOB NOT NULL,
  pending_bytes BIGINT NOT NULL,
  ctime_ns BIGINT,
  looked_at_ns BIGINT,
  PRIMARY KEY (collector, path)
);
INSERT INTO log_paths_of_collectors
SELECT '', path, log_id, size, mtime_ns, inode, samples, pending_bytes, ctime_ns, looked_at_ns FROM log_paths;
DROP TABLE log_paths;
ALTER TABLE log_paths_of_collectors RENAME TO log_paths;
CREATE INDEX log_paths_log ON log_paths (log_id);
