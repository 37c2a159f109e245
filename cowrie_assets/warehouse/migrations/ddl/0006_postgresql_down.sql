DELETE FROM log_paths WHERE collector <> '';
ALTER TABLE log_paths DROP CONSTRAINT log_paths_pkey;
ALTER TABLE log_paths ADD PRIMARY KEY (path);
ALTER TABLE log_paths DROP COLUMN collector;
DROP INDEX logs_path;
ALTER TABLE logs DROP COLUMN collector;
CREATE INDEX logs_path ON logs (path, generation);
