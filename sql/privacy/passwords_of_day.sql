-- The user names and passwords that a sealed day's rows name.
SELECT texts.id, texts.text
FROM (
  SELECT username_id AS id FROM session_facts WHERE session_day = :day
  UNION
  SELECT password_id FROM session_facts WHERE session_day = :day
  UNION
  SELECT l.username_id FROM session_facts AS s CROSS JOIN login_facts AS l WHERE l.session_ref = s.session_ref AND s.session_day = :day
  UNION
  SELECT l.password_id FROM session_facts AS s CROSS JOIN login_facts AS l WHERE l.session_ref = s.session_ref AND s.session_day = :day
  UNION
  SELECT e.username_id FROM session_facts AS s CROSS JOIN events AS e WHERE e.session_ref = s.session_ref AND s.session_day = :day
  UNION
  SELECT e.password_id FROM session_facts AS s CROSS JOIN events AS e WHERE e.session_ref = s.session_ref AND s.session_day = :day
  UNION
  SELECT username_id FROM events WHERE event_day = :day AND session_ref IS NULL
  UNION
  SELECT password_id FROM events WHERE event_day = :day AND session_ref IS NULL
) AS named
JOIN texts ON texts.id = named.id
