SELECT id, evaluation_event_storage_id AS event_id FROM asset_check_executions
WHERE run_id = '' AND asset_key IN :asset_keys AND evaluation_event_timestamp < :before AND id > :after
ORDER BY id
LIMIT :most
