-- PostgreSQL: what the role may do in this database, as far as loading needs it; `owner` is of the tables, true where there are none.
SELECT
  current_setting('transaction_read_only') = 'on' AS read_only,
  has_database_privilege(current_database(), 'TEMPORARY') AS temporary,
  COALESCE(has_schema_privilege(current_schema(), 'CREATE'), FALSE) AS schema,
  COALESCE((SELECT pg_has_role(relowner, 'USAGE') FROM pg_class WHERE oid = to_regclass('events')), TRUE) AS owner
