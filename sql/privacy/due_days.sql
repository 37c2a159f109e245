-- The days to be treated: with sessions, events or a seal, up to one, of which a kind stands as it was written.
SELECT day
FROM (
  SELECT session_day AS day FROM session_facts
  UNION
  SELECT event_day FROM event_days
  UNION
  SELECT session_day FROM seals
) AS days
WHERE day <= :last_day AND day NOT IN (SELECT session_day FROM treated_days WHERE kind = :kind)
ORDER BY day
