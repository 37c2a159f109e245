-- The source addresses that a sealed day's rows name.
SELECT texts.id, texts.text
FROM (
  SELECT src_ip_id AS id FROM session_facts WHERE session_day = :day
  UNION
  SELECT e.src_ip_id FROM session_facts AS s CROSS JOIN events AS e WHERE e.session_ref = s.session_ref AND s.session_day = :day
  UNION
  SELECT src_ip_id FROM events WHERE event_day = :day AND session_ref IS NULL
) AS named
JOIN texts ON texts.id = named.id
