-- One row per session of `touched_sessions`, from all its events.
--
-- What the earliest or the last event of a kind decides is the same on all of them in nearly every session: then the least value is the value,
-- and nothing has to be put in order. Where it is not, a subquery asks the session's events, in the order of time and, at equal times, of
-- identity, so that the order of loading does not matter. CROSS JOIN: SQLite goes from the sessions to their events, never the other way.
WITH sums AS (
  SELECT
    touched_sessions.session_ref AS session_ref,
    MIN(e.sensor_id) AS sensor_id,
    MIN(e.event_at) AS first_event_at,
    MAX(e.event_at) AS last_event_at,
    MIN(e.matcher) AS least_matcher,
    MAX(e.matcher) AS greatest_matcher,
    MIN(e.protocol_id) AS least_protocol_id,
    MAX(e.protocol_id) AS greatest_protocol_id,
    MIN(e.src_ip_id) AS least_src_ip_id,
    MAX(e.src_ip_id) AS greatest_src_ip_id,
    MIN(e.src_port) AS least_src_port,
    MAX(e.src_port) AS greatest_src_port,
    MIN(e.dst_port) AS least_dst_port,
    MAX(e.dst_port) AS greatest_dst_port,
    MIN(e.client_version_id) AS least_client_version_id,
    MAX(e.client_version_id) AS greatest_client_version_id,
    MIN(e.hassh_id) AS least_hassh_id,
    MAX(e.hassh_id) AS greatest_hassh_id,
    MAX(e.duration_us) AS greatest_duration_us,
    COUNT(*) AS event_count,
    COUNT(*) FILTER (WHERE e.counts_as = {closed}) AS closed_events,
    COUNT(*) FILTER (WHERE e.counts_as = {command}) AS command_count,
    COUNT(*) FILTER (WHERE e.counts_as = {command} AND commands.risk_score >= {high_risk}) AS high_risk_commands,
    COUNT(*) FILTER (WHERE e.counts_as = {login_success}) AS login_successes,
    COUNT(*) FILTER (WHERE e.counts_as = {login_failure}) AS login_failures,
    MAX(e.username_id) FILTER (WHERE e.counts_as = {login_success}) AS accepted_username_id,
    MAX(e.password_id) FILTER (WHERE e.counts_as = {login_success}) AS accepted_password_id,
    MAX(e.username_id) FILTER (WHERE e.counts_as = {login_failure}) AS refused_username_id,
    MAX(e.password_id) FILTER (WHERE e.counts_as = {login_failure}) AS refused_password_id,
    COUNT(*) FILTER (WHERE e.counts_as = {file_download}) AS file_downloads,
    COUNT(*) FILTER (WHERE e.counts_as = {file_download_failed}) AS file_downloads_failed,
    COUNT(*) FILTER (WHERE e.counts_as = {file_upload}) AS file_uploads,
    COUNT(*) FILTER (WHERE e.counts_as = {tunnel_request}) AS tunnel_requests,
    MAX(
      CASE e.counts_as
        WHEN {command} THEN commands.risk_score
        WHEN {login_success} THEN {risk_of_login_success}
        WHEN {login_failure} THEN {risk_of_login_failure}
        WHEN {file_download} THEN {risk_of_file_download}
        WHEN {file_download_failed} THEN {risk_of_file_download_failed}
        WHEN {file_upload} THEN {risk_of_file_upload}
        ELSE 0
      END
    ) AS risk_score,
    MAX(e.ingested_at) AS updated_at
  FROM touched_sessions
  CROSS JOIN events AS e -- looked up by session_ref = touched_sessions.session_ref
  LEFT JOIN commands ON commands.command_id = e.command_id
  WHERE e.session_ref = touched_sessions.session_ref
  GROUP BY touched_sessions.session_ref
),

-- The login that names the session's user: the first success, else the last failure. One that is alone was found above.
named AS (
  SELECT
    sums.*,
    CASE
      WHEN login_successes > 1 THEN (
        SELECT e.event_hash FROM events AS e
        WHERE e.session_ref = sums.session_ref AND e.counts_as = {login_success}
        ORDER BY e.event_at, e.event_hash LIMIT 1
      )
      WHEN login_successes = 0 AND login_failures > 1 THEN (
        SELECT e.event_hash FROM events AS e
        WHERE e.session_ref = sums.session_ref AND e.counts_as = {login_failure}
        ORDER BY e.event_at DESC, e.event_hash DESC LIMIT 1
      )
    END AS login_hash
  FROM sums
)

SELECT
  named.session_ref AS session_ref,
  named.sensor_id AS sensor_id,
  CAST((first_event_at - (first_event_at % 86400000000 + 86400000000) % 86400000000) / 86400000000 AS INTEGER) AS session_day,
  first_event_at,
  last_event_at,
  CASE WHEN least_matcher <> greatest_matcher THEN (
    SELECT e.matcher FROM events AS e
    WHERE e.session_ref = named.session_ref
    ORDER BY e.event_at, e.event_hash LIMIT 1
  ) ELSE least_matcher END AS matcher,
  CASE WHEN least_protocol_id <> greatest_protocol_id THEN (
    SELECT e.protocol_id FROM events AS e
    WHERE e.session_ref = named.session_ref AND e.protocol_id IS NOT NULL
    ORDER BY e.event_at, e.event_hash LIMIT 1
  ) ELSE least_protocol_id END AS protocol_id,
  CASE WHEN least_src_ip_id <> greatest_src_ip_id THEN (
    SELECT e.src_ip_id FROM events AS e
    WHERE e.session_ref = named.session_ref AND e.src_ip_id IS NOT NULL
    ORDER BY e.event_at, e.event_hash LIMIT 1
  ) ELSE least_src_ip_id END AS src_ip_id,
  CASE WHEN least_src_port <> greatest_src_port THEN (
    SELECT e.src_port FROM events AS e
    WHERE e.session_ref = named.session_ref AND e.src_port IS NOT NULL
    ORDER BY e.event_at, e.event_hash LIMIT 1
  ) ELSE least_src_port END AS src_port,
  CASE WHEN least_dst_port <> greatest_dst_port THEN (
    SELECT e.dst_port FROM events AS e
    WHERE e.session_ref = named.session_ref AND e.dst_port IS NOT NULL
    ORDER BY e.event_at, e.event_hash LIMIT 1
  ) ELSE least_dst_port END AS dst_port,
  COALESCE(
    CASE WHEN closed_events > 1 THEN (
      SELECT e.duration_us FROM events AS e
      WHERE e.session_ref = named.session_ref AND e.counts_as = {closed}
      ORDER BY e.event_at DESC, e.event_hash DESC LIMIT 1
    ) ELSE greatest_duration_us END,
    last_event_at - first_event_at
  ) AS duration_us,
  CASE WHEN closed_events > 0 THEN 1 ELSE 0 END AS closed,
  event_count,
  command_count,
  high_risk_commands,
  login_successes,
  login_failures,
  file_downloads,
  file_downloads_failed,
  file_uploads,
  tunnel_requests,
  CASE WHEN login_hash IS NOT NULL THEN login.username_id WHEN login_successes = 1 THEN accepted_username_id ELSE refused_username_id END AS username_id,
  CASE WHEN login_hash IS NOT NULL THEN login.password_id WHEN login_successes = 1 THEN accepted_password_id ELSE refused_password_id END AS password_id,
  CASE WHEN least_client_version_id <> greatest_client_version_id THEN (
    SELECT e.client_version_id FROM events AS e
    WHERE e.session_ref = named.session_ref AND e.client_version_id IS NOT NULL
    ORDER BY e.event_at, e.event_hash LIMIT 1
  ) ELSE least_client_version_id END AS client_version_id,
  CASE WHEN least_hassh_id <> greatest_hassh_id THEN (
    SELECT e.hassh_id FROM events AS e
    WHERE e.session_ref = named.session_ref AND e.hassh_id IS NOT NULL
    ORDER BY e.event_at, e.event_hash LIMIT 1
  ) ELSE least_hassh_id END AS hassh_id,
  risk_score,
  updated_at
FROM named
LEFT JOIN events AS login -- looked up by event_hash = named.login_hash
  ON login.event_hash = named.login_hash
