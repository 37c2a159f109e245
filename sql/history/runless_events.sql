-- What was recorded beside runs: what a sensor saw, what was loaded elsewhere.
SELECT id FROM event_logs
WHERE run_id = '' AND asset_key IN :asset_keys AND timestamp < :before AND id > :after
ORDER BY id
LIMIT :most
