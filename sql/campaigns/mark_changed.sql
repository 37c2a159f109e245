-- The figures of the campaigns that have sessions in a stretch of time are to be made anew.
UPDATE campaign_facts
SET made_from = :unknown
WHERE campaign IN (
  SELECT p.campaign
  FROM session_profiles AS s
  CROSS JOIN profiles AS p -- looked up by id = s.profile
  WHERE s.first_event_at >= :start AND s.first_event_at < :end AND p.id = s.profile AND p.campaign IS NOT NULL
)
