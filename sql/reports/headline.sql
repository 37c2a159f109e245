-- The figures that periods are compared by, in one row. Of passwords and hashes the sightings tell which there were, without the logins and files; those
-- of a day whose passwords were treated (kind 1) also tell which are known from elsewhere, so there the logins are asked.
-- CROSS JOIN: SQLite goes from the days to their sightings, never through those of all days.
SELECT
  COUNT(*) AS sessions,
  COUNT(DISTINCT s.src_ip_id) AS unique_ips,
  CAST(COALESCE(SUM(s.login_successes + s.login_failures), 0) AS BIGINT) AS login_attempts,
  CAST(COALESCE(SUM(s.login_successes), 0) AS BIGINT) AS login_successes,
  CAST(COALESCE(SUM(s.command_count), 0) AS BIGINT) AS commands,
  CAST(COALESCE(SUM(s.high_risk_commands), 0) AS BIGINT) AS high_risk_commands,
  CAST(COALESCE(SUM(s.file_downloads), 0) AS BIGINT) AS file_downloads,
  CAST(COALESCE(SUM(s.file_uploads), 0) AS BIGINT) AS file_uploads,
  (
    SELECT COUNT(DISTINCT seen.value_id)
    FROM changed_days AS d
    CROSS JOIN sightings AS seen -- looked up by session_day = d.session_day AND kind = {hash_kind} AND sensor_id = :sensor_id
    WHERE d.session_day >= :start_day AND d.session_day < :end_day
      AND seen.session_day = d.session_day AND seen.kind = {hash_kind} AND seen.sensor_id = :sensor_id
  ) AS unique_hashes,
  (
    SELECT COUNT(*)
    FROM (
      SELECT seen.value_id
      FROM changed_days AS d
      CROSS JOIN sightings AS seen -- looked up by session_day = d.session_day AND kind = {password_kind} AND sensor_id = :sensor_id
      WHERE d.session_day >= :start_day AND d.session_day < :end_day
        AND d.session_day NOT IN (SELECT treated.session_day FROM treated_days AS treated WHERE treated.kind = 1)
        AND seen.session_day = d.session_day AND seen.kind = {password_kind} AND seen.sensor_id = :sensor_id
      UNION
      SELECT l.password_id
      FROM treated_days AS t
      CROSS JOIN session_facts AS tried -- looked up by session_day = t.session_day
      CROSS JOIN login_facts AS l -- looked up by session_ref = tried.session_ref
      WHERE t.kind = 1 AND t.session_day >= :start_day AND t.session_day < :end_day
        AND tried.session_day = t.session_day AND (:sensor_id = 0 OR tried.sensor_id = :sensor_id)
        AND l.session_ref = tried.session_ref AND l.password_id <> 0
    ) AS passwords
  ) AS unique_passwords
FROM session_facts AS s
WHERE s.session_day >= :start_day AND s.session_day < :end_day AND (:sensor_id = 0 OR s.sensor_id = :sensor_id)
