-- One row per session of `touched_sessions`, from all its events.
--
-- `n` is an event's place in its session: by time, equal times by identity, so that the order of loading does not matter. "The earliest event that
-- has one" is MIN(n * 2^32 + value) % 2^32: the least place that has a value wins and brings the value along. Values are numbers of texts or
-- ports, below 2^32. CROSS JOIN here and in the other summaries: SQLite then goes from the sessions to their events, never the other way.
WITH ordered AS (
  SELECT
    e.*,
    CASE e.counts_as
      WHEN :command THEN commands.risk_score
      WHEN :login_success THEN :risk_of_login_success
      WHEN :login_failure THEN :risk_of_login_failure
      WHEN :file_download THEN :risk_of_file_download
      WHEN :file_download_failed THEN :risk_of_file_download_failed
      WHEN :file_upload THEN :risk_of_file_upload
      ELSE 0
    END AS risk,
    ROW_NUMBER() OVER (PARTITION BY e.session_ref ORDER BY e.event_at, e.event_hash) AS n
  FROM touched_sessions
  CROSS JOIN events AS e
  LEFT JOIN commands ON commands.command_id = e.command_id
  WHERE e.session_ref = touched_sessions.session_ref
)

SELECT
  session_ref,
  MIN(sensor_id) AS sensor_id,
  CAST((MIN(event_at) - ((MIN(event_at) % 86400000000) + 86400000000) % 86400000000) / 86400000000 AS INTEGER) AS session_day,
  MIN(event_at) AS first_event_at,
  MAX(event_at) AS last_event_at,
  CAST(MIN(n * 4294967296 + matcher) % 4294967296 AS SMALLINT) AS matcher,
  MIN(CASE WHEN protocol_id IS NOT NULL THEN n * 4294967296 + protocol_id END) % 4294967296 AS protocol_id,
  MIN(CASE WHEN src_ip_id IS NOT NULL THEN n * 4294967296 + src_ip_id END) % 4294967296 AS src_ip_id,
  CAST(MIN(CASE WHEN src_port IS NOT NULL THEN n * 4294967296 + src_port END) % 4294967296 AS INTEGER) AS src_port,
  CAST(MIN(CASE WHEN dst_port IS NOT NULL THEN n * 4294967296 + dst_port END) % 4294967296 AS INTEGER) AS dst_port,
  COALESCE(
    CASE
      WHEN SUM(CASE WHEN counts_as = :closed THEN 1 ELSE 0 END) <= 1 THEN MAX(duration_us)
      ELSE (
        SELECT last_closed.duration_us
        FROM events AS last_closed
        WHERE last_closed.session_ref = ordered.session_ref AND last_closed.counts_as = :closed
        ORDER BY last_closed.event_at DESC, last_closed.event_hash DESC
        LIMIT 1
      )
    END,
    MAX(event_at) - MIN(event_at)
  ) AS duration_us,
  MAX(CASE WHEN counts_as = :closed THEN 1 ELSE 0 END) AS closed,
  COUNT(*) AS event_count,
  SUM(CASE WHEN counts_as = :command THEN 1 ELSE 0 END) AS command_count,
  SUM(CASE WHEN counts_as = :login_success THEN 1 ELSE 0 END) AS login_successes,
  SUM(CASE WHEN counts_as = :login_failure THEN 1 ELSE 0 END) AS login_failures,
  SUM(CASE WHEN counts_as = :file_download THEN 1 ELSE 0 END) AS file_downloads,
  SUM(CASE WHEN counts_as = :file_download_failed THEN 1 ELSE 0 END) AS file_downloads_failed,
  SUM(CASE WHEN counts_as = :file_upload THEN 1 ELSE 0 END) AS file_uploads,
  -- Of the first successful login, else of the last failed one; the 0 of a login without the value is taken for NULL.
  NULLIF(COALESCE(
    MIN(CASE WHEN counts_as = :login_success THEN n * 4294967296 + COALESCE(username_id, 0) END),
    MAX(CASE WHEN counts_as = :login_failure THEN n * 4294967296 + COALESCE(username_id, 0) END)
  ) % 4294967296, 0) AS username_id,
  NULLIF(COALESCE(
    MIN(CASE WHEN counts_as = :login_success THEN n * 4294967296 + COALESCE(password_id, 0) END),
    MAX(CASE WHEN counts_as = :login_failure THEN n * 4294967296 + COALESCE(password_id, 0) END)
  ) % 4294967296, 0) AS password_id,
  MIN(CASE WHEN client_version_id IS NOT NULL THEN n * 4294967296 + client_version_id END) % 4294967296 AS client_version_id,
  MIN(CASE WHEN hassh_id IS NOT NULL THEN n * 4294967296 + hassh_id END) % 4294967296 AS hassh_id,
  MAX(risk) AS risk_score,
  MAX(ingested_at) AS updated_at
FROM ordered
GROUP BY session_ref
