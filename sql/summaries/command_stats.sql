-- One row per session of `touched_sessions` and command as typed; of a long session, those in `touched_keys`.
SELECT
  e.session_ref AS session_ref,
  e.command_id AS command_id,
  COUNT(*) AS occurrences,
  MIN(e.event_at) AS first_seen,
  MAX(e.event_at) AS last_seen
FROM touched_sessions
CROSS JOIN events AS e -- looked up by session_ref = touched_sessions.session_ref AND counts_as = {command}
WHERE e.session_ref = touched_sessions.session_ref AND e.counts_as = {command}
  AND (touched_sessions.is_long = 0 OR (e.session_ref, e.command_id) IN (SELECT session_ref, first_id FROM touched_keys))
GROUP BY e.session_ref, e.command_id
