-- What the sessions of a day typed, and when each command came first and last. The sessions are found first: the planner of PostgreSQL sees so
-- much in all the look-ups that to read every session would be the same to it.
WITH typing AS MATERIALIZED (
  SELECT session_ref
  FROM session_facts
  WHERE session_day = :day AND command_count > 0
)
SELECT c.session_ref, c.command_id, c.occurrences, c.first_seen, c.last_seen
FROM typing AS s
CROSS JOIN command_facts AS c -- looked up by session_ref = s.session_ref
WHERE c.session_ref = s.session_ref
