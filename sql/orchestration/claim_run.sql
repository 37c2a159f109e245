INSERT INTO run_heartbeats (run_id, worker, process, beat_at)
VALUES (:run_id, :worker, :process, clock_timestamp())
ON CONFLICT (run_id) DO NOTHING
