-- PostgreSQL: what the role may do in this database, as far as loading needs it; `owner` is of the tables, true where there are none.
-- `loads`: it is no owner, and may store events as deploy/postgresql/roles.sql lets it.
SELECT
  current_setting('transaction_read_only') = 'on' AS read_only,
  has_database_privilege(current_database(), 'TEMPORARY') AS temporary,
  COALESCE(has_schema_privilege(current_schema(), 'CREATE'), FALSE) AS schema,
  COALESCE((SELECT pg_has_role(relowner, 'USAGE') FROM pg_class WHERE oid = to_regclass('events')), TRUE) AS owner,
  COALESCE(
    has_table_privilege(to_regclass('events'), 'INSERT')
    AND has_function_privilege(to_regprocedure('add_partition_of_events(bigint, bigint)'), 'EXECUTE'),
    FALSE
  ) AS loads
