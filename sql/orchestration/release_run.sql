DELETE FROM run_heartbeats WHERE run_id = :run_id
