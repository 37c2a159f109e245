SELECT id, run_id FROM event_logs WHERE run_id IN :run_ids
