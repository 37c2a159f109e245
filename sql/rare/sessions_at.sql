-- The sessions of a campaign that began at a moment.
SELECT sensors.name AS sensor, k.session_id, s.first_event_at, ip.text AS src_ip
FROM session_profiles AS sp
CROSS JOIN profiles AS p
CROSS JOIN session_facts AS s
JOIN session_keys AS k ON k.id = s.session_ref
JOIN sensors ON sensors.id = s.sensor_id
LEFT JOIN texts AS ip ON ip.id = s.src_ip_id
WHERE sp.first_event_at = :moment AND p.id = sp.profile AND p.campaign = :campaign AND s.session_ref = sp.session_ref
  AND (:sensor_id = 0 OR s.sensor_id = :sensor_id)
