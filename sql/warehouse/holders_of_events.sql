-- PostgreSQL: who else holds a lock on `events` that keeps a partition from being attached.
SELECT DISTINCT activity.pid, activity.application_name
FROM pg_locks
JOIN pg_stat_activity AS activity ON activity.pid = pg_locks.pid
WHERE pg_locks.locktype = 'relation' AND pg_locks.granted AND pg_locks.relation = CAST('events' AS regclass)
  AND pg_locks.mode NOT IN ('AccessShareLock', 'RowShareLock', 'RowExclusiveLock') AND activity.pid <> pg_backend_pid()
