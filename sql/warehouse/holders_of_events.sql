-- PostgreSQL: who else holds a lock on this database's `events` that keeps a partition from being attached; a copy of the database has the table's number too.
SELECT DISTINCT activity.pid, activity.application_name
FROM pg_locks
JOIN pg_stat_activity AS activity ON activity.pid = pg_locks.pid
WHERE pg_locks.locktype = 'relation' AND pg_locks.granted AND pg_locks.relation = CAST('events' AS regclass)
  AND pg_locks.database = (SELECT oid FROM pg_database WHERE datname = current_database())
  AND pg_locks.mode NOT IN ('AccessShareLock', 'RowShareLock', 'RowExclusiveLock') AND activity.pid <> pg_backend_pid()
