-- PostgreSQL: whether the role may change the table `events` itself, or have its owner add a partition.
SELECT
  pg_has_role(relowner, 'USAGE') AS owner,
  COALESCE(has_function_privilege(to_regprocedure('add_partition_of_events(bigint, bigint)'), 'EXECUTE'), FALSE) AS asks
FROM pg_class
WHERE oid = to_regclass('events')
