UPDATE run_heartbeats SET beat_at = clock_timestamp() WHERE run_id = :run_id
