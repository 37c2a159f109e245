-- PostgreSQL: who else reads the database of this warehouse as it was at the transaction :since or before, as far as this role may see: a vacuum keeps what they see.
SELECT activity.pid, activity.application_name
FROM pg_stat_activity AS activity
WHERE activity.backend_type = 'client backend' AND activity.datname = current_database() AND activity.pid <> pg_backend_pid()
  AND age(activity.backend_xmin) >= txid_current() - :since
