-- Runs whose end a sensor has not looked at yet.
SELECT run_id FROM event_logs WHERE dagster_event_type = :dagster_event_type AND id > :id
