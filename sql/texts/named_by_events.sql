-- The texts that the events of a day name.
INSERT INTO named_texts (id)
SELECT named.id
FROM (
  SELECT src_ip_id AS id FROM events WHERE event_day = :day AND src_ip_id IS NOT NULL
  UNION
  SELECT protocol_id FROM events WHERE event_day = :day AND protocol_id IS NOT NULL
  UNION
  SELECT username_id FROM events WHERE event_day = :day AND username_id IS NOT NULL
  UNION
  SELECT password_id FROM events WHERE event_day = :day AND password_id IS NOT NULL
  UNION
  SELECT command_id FROM events WHERE event_day = :day AND command_id IS NOT NULL
  UNION
  SELECT client_version_id FROM events WHERE event_day = :day AND client_version_id IS NOT NULL
  UNION
  SELECT hassh_id FROM events WHERE event_day = :day AND hassh_id IS NOT NULL
  UNION
  SELECT shasum_id FROM events WHERE event_day = :day AND shasum_id IS NOT NULL
  UNION
  SELECT filename_id FROM events WHERE event_day = :day AND filename_id IS NOT NULL
  UNION
  SELECT url_id FROM events WHERE event_day = :day AND url_id IS NOT NULL
  UNION
  SELECT destfile_id FROM events WHERE event_day = :day AND destfile_id IS NOT NULL
  UNION
  SELECT tunnel_target_id FROM events WHERE event_day = :day AND tunnel_target_id IS NOT NULL
) AS named
WHERE NOT EXISTS (SELECT 1 FROM named_texts AS known WHERE known.id = named.id)
