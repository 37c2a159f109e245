-- PostgreSQL: who else holds an advisory lock of two numbers; one of 64 bits is its halves, and `parts` tells which it is.
SELECT DISTINCT activity.pid, activity.application_name
FROM pg_locks
JOIN pg_stat_activity AS activity ON activity.pid = pg_locks.pid
WHERE pg_locks.locktype = 'advisory' AND pg_locks.granted AND activity.pid <> pg_backend_pid()
  AND pg_locks.database = (SELECT oid FROM pg_database WHERE datname = current_database())
  AND CAST(pg_locks.classid AS BIGINT) = :space AND CAST(pg_locks.objid AS BIGINT) = :number AND pg_locks.objsubid = :parts
