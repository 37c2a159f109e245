-- The sessions of a window that few did the same as, up to its end: neither of their profile are there many, nor of their campaign.
SELECT sp.session_ref, sp.profile, p.campaign, q.forms
FROM session_profiles AS sp
CROSS JOIN profiles AS p -- looked up by id = sp.profile
CROSS JOIN session_facts AS s -- looked up by session_ref = sp.session_ref
LEFT JOIN sequences AS q ON q.id = p.sequence
WHERE sp.first_event_at >= :start_us AND sp.first_event_at < :end_us AND p.id = sp.profile
  AND s.session_ref = sp.session_ref AND (:sensor_id = 0 OR s.sensor_id = :sensor_id)
  AND (
    SELECT COUNT(*)
    FROM (SELECT 1 AS one FROM session_profiles AS o WHERE o.profile = p.id AND o.first_event_at < :end_us LIMIT :many) AS same
  ) < :many
  AND (
    p.campaign IS NULL OR (
      SELECT COUNT(*)
      FROM (
        SELECT 1 AS one
        FROM profiles AS b
        CROSS JOIN session_profiles AS o -- looked up by profile = b.id
        WHERE b.campaign = p.campaign AND o.profile = b.id AND o.first_event_at < :end_us
        LIMIT :many
      ) AS together
    ) < :many
  )
