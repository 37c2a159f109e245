-- The sessions of a window that few did the same as, up to its end: neither of their profile are there many, nor of their campaign. Each profile and
-- each campaign is asked once; ORDER BY has PostgreSQL stop behind the first few, for it would read the index of all of them.
WITH seen AS MATERIALIZED (
  SELECT sp.session_ref, sp.profile, p.campaign, p.sequence
  FROM session_profiles AS sp
  CROSS JOIN profiles AS p -- looked up by id = sp.profile
  WHERE sp.first_event_at >= :start_us AND sp.first_event_at < :end_us AND p.id = sp.profile
),
small AS MATERIALIZED (
  SELECT w.profile, w.campaign, w.sequence
  FROM (SELECT DISTINCT profile, campaign, sequence FROM seen) AS w
  WHERE (
    SELECT COUNT(*)
    FROM (
      SELECT o.first_event_at
      FROM session_profiles AS o
      WHERE o.profile = w.profile AND o.first_event_at < :end_us
      ORDER BY o.first_event_at
      LIMIT :many
    ) AS same
  ) < :many
),
large AS MATERIALIZED (
  SELECT w.campaign
  FROM (SELECT DISTINCT campaign FROM small WHERE campaign IS NOT NULL) AS w
  WHERE (
    SELECT COUNT(*)
    FROM (
      SELECT 1 AS one
      FROM profiles AS b
      CROSS JOIN session_profiles AS o -- looked up by profile = b.id
      WHERE b.campaign = w.campaign AND o.profile = b.id AND o.first_event_at < :end_us
      LIMIT :many
    ) AS together
  ) >= :many
)
SELECT seen.session_ref, small.profile, small.campaign, q.forms
FROM small
JOIN seen ON seen.profile = small.profile
CROSS JOIN session_facts AS s -- looked up by session_ref = seen.session_ref
LEFT JOIN sequences AS q ON q.id = small.sequence
WHERE NOT EXISTS (SELECT 1 FROM large WHERE large.campaign = small.campaign)
  AND s.session_ref = seen.session_ref AND (:sensor_id = 0 OR s.sensor_id = :sensor_id)
