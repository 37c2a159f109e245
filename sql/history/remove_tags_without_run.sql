-- SQLite leaves them behind when a run is removed: Dagster opens it without foreign keys.
DELETE FROM run_tags WHERE run_id NOT IN (SELECT run_id FROM runs)
