-- The sessions of a window that few did the same as, up to its end: neither of their profile are there many, nor of their campaign. Each profile and
-- each campaign is asked once; ORDER BY has PostgreSQL stop behind the first few; it knows nothing of the size of what WITH
-- names, so nothing of two of these is joined.
WITH seen AS MATERIALIZED (
  SELECT DISTINCT sp.profile, p.campaign, p.sequence
  FROM session_profiles AS sp
  CROSS JOIN profiles AS p -- looked up by id = sp.profile
  WHERE sp.first_event_at >= :start_us AND sp.first_event_at < :end_us AND p.id = sp.profile
),
small AS MATERIALIZED (
  SELECT w.profile, w.campaign, w.sequence
  FROM seen AS w
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
SELECT sp.session_ref, small.profile, small.campaign, q.forms
FROM small
CROSS JOIN session_profiles AS sp -- looked up by profile = small.profile
CROSS JOIN session_facts AS s -- looked up by session_ref = sp.session_ref
LEFT JOIN sequences AS q ON q.id = small.sequence
WHERE COALESCE(small.campaign, '') NOT IN (SELECT large.campaign FROM large)
  AND sp.profile = small.profile AND sp.first_event_at >= :start_us AND sp.first_event_at < :end_us
  AND s.session_ref = sp.session_ref AND (:sensor_id = 0 OR s.sensor_id = :sensor_id)
