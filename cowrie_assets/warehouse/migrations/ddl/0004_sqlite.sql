CREATE INDEX logs_path ON logs (path, generation);
CREATE INDEX log_paths_log ON log_paths (log_id);
ALTER TABLE reports ADD COLUMN document_version INTEGER NOT NULL DEFAULT 0;
