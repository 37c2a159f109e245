-- PostgreSQL: who holds the advisory lock that stands for SQLite's write lock.
SELECT activity.pid, activity.application_name
FROM pg_locks
JOIN pg_stat_activity AS activity ON activity.pid = pg_locks.pid
WHERE pg_locks.locktype = 'advisory' AND pg_locks.granted
  AND pg_locks.database = (SELECT oid FROM pg_database WHERE datname = current_database())
  AND CAST(pg_locks.classid AS BIGINT) * 4294967296 + CAST(pg_locks.objid AS BIGINT) = :write_lock
