ALTER TABLE logs ADD COLUMN collector TEXT COLLATE "C" NOT NULL DEFAULT '';
DROP INDEX logs_path;
CREATE INDEX logs_path ON logs (collector, path, generation);
ALTER TABLE log_paths ADD COLUMN collector TEXT COLLATE "C" NOT NULL DEFAULT '';
ALTER TABLE log_paths ALTER COLUMN collector DROP DEFAULT;
ALTER TABLE log_paths DROP CONSTRAINT log_paths_pkey;
ALTER TABLE log_paths ADD PRIMARY KEY (collector, path);
