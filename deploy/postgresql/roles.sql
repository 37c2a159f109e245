-- The three roles of a fleet's database, with no right that their work does not need. Run it as the owner of the tables,
-- who may make roles, once the tables are there (`cowrie-assets db upgrade`), and again after each later `db upgrade`:
--
--   psql --set ON_ERROR_STOP=1 --dbname cowrie --file roles.sql
--
-- They cannot log in themselves; a machine has a login of its own that is a member of one:
--
--   CREATE ROLE collector_paris LOGIN PASSWORD '...' IN ROLE cowrie_collector;
--
--   cowrie_collector   `cowrie-assets collect` on a machine with sensors: stores events, dead letters and how far each log
--                      was read. It sees no report and no verdict, and changes or removes no event.
--   cowrie_writer      Dagster's runs, and every command but `db upgrade`, `db maintain` and `db move`, which the owner runs.
--   cowrie_reader      analysts and dashboards: reads everything, writes nothing.

BEGIN;

DO $$
DECLARE
  place text := quote_ident(current_schema());
  base text := quote_ident(current_database());
  role_name text;
  table_name text;
  right_name text;
BEGIN
  FOREACH role_name IN ARRAY ARRAY['cowrie_collector', 'cowrie_writer', 'cowrie_reader'] LOOP
    IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = role_name) THEN
      EXECUTE format('CREATE ROLE %I NOLOGIN', role_name);
    END IF;
    EXECUTE format('REVOKE ALL ON ALL TABLES IN SCHEMA %s FROM %I', place, role_name);
    EXECUTE format('GRANT CONNECT, TEMPORARY ON DATABASE %s TO %I', base, role_name);
    EXECUTE format('GRANT USAGE ON SCHEMA %s TO %I', place, role_name);
  END LOOP;
  EXECUTE format('REVOKE ALL ON DATABASE %s FROM PUBLIC', base);
  EXECUTE format('REVOKE CREATE ON SCHEMA %s FROM PUBLIC', place);

  EXECUTE format('GRANT SELECT ON ALL TABLES IN SCHEMA %s TO cowrie_reader, cowrie_writer', place);
  EXECUTE format('GRANT INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA %s TO cowrie_writer', place);
  EXECUTE format('GRANT USAGE ON ALL SEQUENCES IN SCHEMA %s TO cowrie_collector', place);
  EXECUTE format('GRANT USAGE, SELECT, UPDATE ON ALL SEQUENCES IN SCHEMA %s TO cowrie_writer', place);

  FOR right_name, table_name IN
    SELECT granted.right_name, unnest(string_to_array(granted.table_names, ' '))
    FROM (VALUES
      ('SELECT', 'alembic_version seals sealed_identities session_facts text_collections treated_days'),
      ('SELECT, INSERT', 'sensors event_types texts session_keys events waiting_sessions events_behind_seal'),
      ('SELECT, INSERT, UPDATE', 'logs event_days'),
      ('SELECT, INSERT, UPDATE, DELETE', 'dead_letters log_paths log_origins')
    ) AS granted (right_name, table_names)
  LOOP
    EXECUTE format('GRANT %s ON %I TO cowrie_collector', right_name, table_name);
  END LOOP;
END
$$;

-- Which log an event came from changes where the log's row in the ledger was lost; nothing else of a stored event does.
GRANT UPDATE (log_id) ON events TO cowrie_collector;

-- Which revision the tables have is the owner's to say.
REVOKE INSERT, UPDATE, DELETE ON alembic_version FROM cowrie_writer;

-- Events are partitioned by month, and only the owner of `events` may attach a partition: this function does, for those
-- who may store events. It takes whole months, from 1970 to where an identity's seconds end (2106), and no other table.
CREATE OR REPLACE FUNCTION add_partition_of_events(first_second bigint, end_second bigint) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER AS $function$
DECLARE
  last_second CONSTANT bigint := 4294967296;
  begins timestamp := to_timestamp(first_second) AT TIME ZONE 'UTC';
  ends timestamp := to_timestamp(end_second) AT TIME ZONE 'UTC';
  made text := 'events_' || to_char(begins, 'YYYY_MM');
  bound text := 'MAXVALUE';
BEGIN
  IF first_second < 0 OR end_second > last_second OR begins >= ends OR begins <> date_trunc('month', begins)
     OR (end_second < last_second AND ends <> date_trunc('month', ends)) THEN
    RAISE EXCEPTION 'a partition of events holds whole months';
  END IF;
  IF ends <> begins + interval '1 month' THEN
    made := made || '_on';
  END IF;
  IF end_second < last_second THEN
    bound := format('%L', '\x' || lpad(to_hex(end_second), 8, '0'));
  END IF;
  EXECUTE format('CREATE TABLE %I (LIKE events INCLUDING ALL)', made);
  EXECUTE format('GRANT SELECT ON %I TO cowrie_reader, cowrie_writer', made);
  EXECUTE format(
    'ALTER TABLE events ATTACH PARTITION %I FOR VALUES FROM (%L) TO (%s)',
    made, '\x' || lpad(to_hex(first_second), 8, '0'), bound
  );
END
$function$;

DO $$
BEGIN
  -- Temporary tables come last, else whoever calls it could lay one named `events` before the real one.
  EXECUTE format(
    'ALTER FUNCTION add_partition_of_events(bigint, bigint) SET search_path TO %I, pg_catalog, pg_temp', current_schema()
  );
END
$$;
REVOKE ALL ON FUNCTION add_partition_of_events(bigint, bigint) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION add_partition_of_events(bigint, bigint) TO cowrie_collector, cowrie_writer;

COMMIT;
