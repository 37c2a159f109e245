-- Two that make the table at once would meet in the catalog: one waits for the other.
SELECT pg_advisory_xact_lock(hashtext('run_heartbeats'))
