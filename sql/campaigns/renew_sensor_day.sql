UPDATE campaign_days
SET version = :version
WHERE session_day = :day AND sensor_id = :sensor_id
