SELECT id, run_id, evaluation_event_storage_id AS event_id FROM asset_check_executions WHERE run_id IN :run_ids
