SELECT sensor_id, made_from
FROM campaign_days
WHERE session_day = :day
