-- The campaigns that were there since a moment, the largest first, with their sessions of the last week and of the one before.
SELECT
  c.campaign, c.name, c.sessions, c.addresses, c.networks, c.sensors, c.days, c.profiles, c.first_seen, c.last_seen, c.oldest_ref,
  (
    SELECT COUNT(*)
    FROM profiles AS p
    CROSS JOIN session_profiles AS s
    WHERE p.campaign = c.campaign AND s.profile = p.id AND s.first_event_at >= :week
  ) AS this_week,
  (
    SELECT COUNT(*)
    FROM profiles AS p
    CROSS JOIN session_profiles AS s
    WHERE p.campaign = c.campaign AND s.profile = p.id AND s.first_event_at >= :week_before AND s.first_event_at < :week
  ) AS week_before
FROM campaign_facts AS c
WHERE c.last_seen >= :since AND (:campaign = '' OR c.campaign = :campaign)
ORDER BY c.sessions DESC, c.campaign
LIMIT :most
