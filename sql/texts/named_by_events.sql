-- Of the texts that may be unnamed, those that the events of a day name are not.
DELETE FROM unnamed_texts
WHERE id IN (
  SELECT u.id FROM events AS n CROSS JOIN unnamed_texts AS u WHERE n.event_day = :day AND u.id = n.src_ip_id
  UNION
  SELECT u.id FROM events AS n CROSS JOIN unnamed_texts AS u WHERE n.event_day = :day AND u.id = n.protocol_id
  UNION
  SELECT u.id FROM events AS n CROSS JOIN unnamed_texts AS u WHERE n.event_day = :day AND u.id = n.username_id
  UNION
  SELECT u.id FROM events AS n CROSS JOIN unnamed_texts AS u WHERE n.event_day = :day AND u.id = n.password_id
  UNION
  SELECT u.id FROM events AS n CROSS JOIN unnamed_texts AS u WHERE n.event_day = :day AND u.id = n.command_id
  UNION
  SELECT u.id FROM events AS n CROSS JOIN unnamed_texts AS u WHERE n.event_day = :day AND u.id = n.client_version_id
  UNION
  SELECT u.id FROM events AS n CROSS JOIN unnamed_texts AS u WHERE n.event_day = :day AND u.id = n.hassh_id
  UNION
  SELECT u.id FROM events AS n CROSS JOIN unnamed_texts AS u WHERE n.event_day = :day AND u.id = n.shasum_id
  UNION
  SELECT u.id FROM events AS n CROSS JOIN unnamed_texts AS u WHERE n.event_day = :day AND u.id = n.filename_id
  UNION
  SELECT u.id FROM events AS n CROSS JOIN unnamed_texts AS u WHERE n.event_day = :day AND u.id = n.url_id
  UNION
  SELECT u.id FROM events AS n CROSS JOIN unnamed_texts AS u WHERE n.event_day = :day AND u.id = n.destfile_id
  UNION
  SELECT u.id FROM events AS n CROSS JOIN unnamed_texts AS u WHERE n.event_day = :day AND u.id = n.tunnel_target_id
)
