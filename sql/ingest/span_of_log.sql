-- The ledger's first and last event of a log follow from what its events were derived as.
UPDATE logs
SET
  first_event_at = (SELECT MIN(first_written_at - clock_offset_us) FROM log_origins WHERE log_id = :log_id),
  last_event_at = (SELECT MAX(last_written_at - clock_offset_us) FROM log_origins WHERE log_id = :log_id)
WHERE id = :log_id AND EXISTS (SELECT 1 FROM log_origins WHERE log_id = :log_id)
