-- Something else is said of a day, whichever sensor.
UPDATE campaign_days
SET version = :version
WHERE session_day = :day
