-- The sessions of a day that belong to a campaign.
SELECT
  s.session_day AS day,
  sensors.name AS sensor,
  session_keys.session_id AS session_id,
  profiles.campaign AS campaign_id
FROM session_facts AS s
JOIN session_profiles AS p -- looked up by session_ref = s.session_ref
  ON p.session_ref = s.session_ref
JOIN profiles ON profiles.id = p.profile
JOIN session_keys ON session_keys.id = s.session_ref
JOIN sensors ON sensors.id = s.sensor_id
WHERE s.session_day = :day AND (:sensor_id = 0 OR s.sensor_id = :sensor_id) AND profiles.campaign IS NOT NULL
ORDER BY s.first_event_at, s.session_ref
