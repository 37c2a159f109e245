-- Each session's counts are those of its events, and it begins and ends with them.
WITH raw AS (
  SELECT
    events.session_ref AS session_ref,
    COUNT(*) AS event_count,
    COUNT(*) FILTER (WHERE counts_as = {command}) AS command_count,
    COUNT(*) FILTER (WHERE counts_as = {login_success}) AS login_successes,
    COUNT(*) FILTER (WHERE counts_as = {login_failure}) AS login_failures,
    COUNT(*) FILTER (WHERE counts_as = {file_download}) AS file_downloads,
    COUNT(*) FILTER (WHERE counts_as = {file_download_failed}) AS file_downloads_failed,
    COUNT(*) FILTER (WHERE counts_as = {file_upload}) AS file_uploads,
    COUNT(*) FILTER (WHERE counts_as = {tunnel_request}) AS tunnel_requests,
    MAX(CASE WHEN counts_as = {closed} THEN 1 ELSE 0 END) AS closed,
    MIN(event_at) AS first_event_at,
    MAX(event_at) AS last_event_at
  FROM session_facts
  CROSS JOIN events -- from the days' sessions to their events, whatever the database holds besides
  WHERE events.session_ref = session_facts.session_ref AND session_facts.session_day BETWEEN :first_day AND :last_day
  GROUP BY events.session_ref
)

SELECT
  s.session_day AS session_day,
  raw.session_ref AS session_ref,
  raw.event_count AS events_in_raw, s.event_count AS events_in_summary,
  raw.command_count AS commands_in_raw, s.command_count AS commands_in_summary,
  raw.login_successes AS successes_in_raw, s.login_successes AS successes_in_summary,
  raw.login_failures AS failures_in_raw, s.login_failures AS failures_in_summary,
  raw.file_downloads AS downloads_in_raw, s.file_downloads AS downloads_in_summary,
  raw.file_downloads_failed AS failed_downloads_in_raw, s.file_downloads_failed AS failed_downloads_in_summary,
  raw.file_uploads AS uploads_in_raw, s.file_uploads AS uploads_in_summary,
  raw.tunnel_requests AS tunnels_in_raw, s.tunnel_requests AS tunnels_in_summary,
  raw.closed AS closed_in_raw, s.closed AS closed_in_summary,
  raw.first_event_at AS first_event_at_in_raw, s.first_event_at AS first_event_at_in_summary,
  raw.last_event_at AS last_event_at_in_raw, s.last_event_at AS last_event_at_in_summary
FROM raw
JOIN session_facts AS s ON s.session_ref = raw.session_ref
WHERE raw.event_count <> s.event_count
  OR raw.command_count <> s.command_count
  OR raw.login_successes <> s.login_successes
  OR raw.login_failures <> s.login_failures
  OR raw.file_downloads <> s.file_downloads
  OR raw.file_downloads_failed <> s.file_downloads_failed
  OR raw.file_uploads <> s.file_uploads
  OR raw.tunnel_requests <> s.tunnel_requests
  OR raw.closed <> s.closed
  OR raw.first_event_at <> s.first_event_at
  OR raw.last_event_at <> s.last_event_at
