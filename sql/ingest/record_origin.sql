-- What events of a log were derived as, and the span of their times as written.
INSERT INTO log_origins (log_id, digest, written_sensor, uuid, sensor_id, clock_offset_us, reader, first_written_at, last_written_at)
VALUES (:log_id, :digest, :written_sensor, :uuid, :sensor_id, :clock_offset_us, :reader, :first_written_at, :last_written_at)
ON CONFLICT (log_id, digest) DO UPDATE SET
  first_written_at = CASE WHEN excluded.first_written_at < log_origins.first_written_at THEN excluded.first_written_at ELSE log_origins.first_written_at END,
  last_written_at = CASE WHEN excluded.last_written_at > log_origins.last_written_at THEN excluded.last_written_at ELSE log_origins.last_written_at END
