CREATE INDEX logs_path ON logs (path, generation);
CREATE INDEX log_paths_log ON log_paths (log_id);
ALTER TABLE reports ADD COLUMN document_version INTEGER NOT NULL DEFAULT 0;
CREATE INDEX session_facts_source ON session_facts (src_ip_id, session_day);
