-- SQLite holds what was recorded beside runs a second time, as if it were the log of a run without a name; nothing reads it.
DELETE FROM event_logs WHERE run_id = '' AND timestamp < :before
