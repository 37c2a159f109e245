-- No run is in work for so long: `max_runtime_seconds` of dagster.yaml is some hours.
DELETE FROM run_heartbeats WHERE beat_at < clock_timestamp() - INTERVAL '2 days'
