DELETE FROM asset_check_executions WHERE id IN :ids
