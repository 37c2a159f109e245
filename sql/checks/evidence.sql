-- Every event of the range, as `operations.evidence` reads its JSON again. What the numbers stand for it looks up for many events at once, each number once:
-- a day costs the same however many texts there are.
SELECT
  id, event_hash, log_id, byte_offset, sensor_id, session_ref, matcher, event_type_id, counts_as, event_at, event_day, src_ip_id, src_port, dst_port, protocol_id,
  username_id, password_id, command_id, client_version_id, hassh_id, shasum_id, filename_id, url_id, destfile_id, tunnel_target_id, file_size, duration_us, payload
FROM events
WHERE event_day BETWEEN :first_day AND :last_day
