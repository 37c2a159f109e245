SELECT worker, process, CAST(extract(EPOCH FROM clock_timestamp() - beat_at) AS DOUBLE PRECISION) AS seconds_ago
FROM run_heartbeats
WHERE run_id = :run_id
