-- How many of the days between two have raw events in the archive alone. A session that goes on behind midnight has some there of the day behind its own.
SELECT COUNT(*) AS days
FROM seals
WHERE seals.removed_at IS NOT NULL AND seals.session_day BETWEEN :first_day - 1 AND :last_day
