DELETE FROM event_logs WHERE id IN :ids
