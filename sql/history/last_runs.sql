SELECT last_run_id FROM asset_keys WHERE last_run_id IS NOT NULL
