DROP INDEX logs_path;
DROP INDEX log_paths_log;
DROP INDEX session_facts_source;
ALTER TABLE reports DROP COLUMN document_version;
