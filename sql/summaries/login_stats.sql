-- One row per session of `touched_sessions`, user name and password; 0 stands for a value that the login did not have.
-- Of a long session, those in `touched_keys`.
SELECT
  e.session_ref AS session_ref,
  COALESCE(e.username_id, 0) AS username_id,
  COALESCE(e.password_id, 0) AS password_id,
  COUNT(*) AS attempts,
  SUM(CASE WHEN e.counts_as = {login_success} THEN 1 ELSE 0 END) AS successes,
  MIN(e.event_at) AS first_seen,
  MAX(e.event_at) AS last_seen
FROM touched_sessions
CROSS JOIN events AS e -- looked up by session_ref = touched_sessions.session_ref AND counts_as IN ({login_success}, {login_failure})
WHERE e.session_ref = touched_sessions.session_ref AND e.counts_as IN ({login_success}, {login_failure})
  AND (
    touched_sessions.is_long = 0
    OR (e.session_ref, COALESCE(e.username_id, 0), COALESCE(e.password_id, 0)) IN (SELECT session_ref, first_id, second_id FROM touched_keys)
  )
GROUP BY e.session_ref, COALESCE(e.username_id, 0), COALESCE(e.password_id, 0)
