-- One row per session of `touched_sessions` and SHA-256. A name, url or destination is that of the earliest event that has one
-- (`n` tells its place in the order of time). Of a long session, those in `touched_keys`.
WITH ordered AS (
  SELECT
    e.session_ref,
    e.shasum_id,
    e.counts_as,
    e.filename_id,
    e.url_id,
    e.destfile_id,
    e.file_size,
    e.event_at,
    e.ingested_at,
    ROW_NUMBER() OVER (PARTITION BY e.session_ref, e.shasum_id ORDER BY e.event_at, e.event_hash) AS n
  FROM touched_sessions
  CROSS JOIN events AS e -- looked up by session_ref = touched_sessions.session_ref AND counts_as IN ({file_download}, {file_upload})
  WHERE e.session_ref = touched_sessions.session_ref AND e.counts_as IN ({file_download}, {file_upload}) AND e.shasum_id IS NOT NULL
    AND (touched_sessions.is_long = 0 OR (e.session_ref, e.shasum_id) IN (SELECT session_ref, first_id FROM touched_keys))
)

SELECT
  session_ref,
  shasum_id,
  SUM(CASE WHEN counts_as = {file_download} THEN 1 ELSE 0 END) AS downloads,
  SUM(CASE WHEN counts_as = {file_upload} THEN 1 ELSE 0 END) AS uploads,
  MIN(CASE WHEN filename_id IS NOT NULL THEN n * 4294967296 + filename_id END) % 4294967296 AS filename_id,
  MIN(CASE WHEN url_id IS NOT NULL THEN n * 4294967296 + url_id END) % 4294967296 AS url_id,
  MIN(CASE WHEN destfile_id IS NOT NULL THEN n * 4294967296 + destfile_id END) % 4294967296 AS destfile_id,
  MAX(file_size) AS file_size,
  MIN(event_at) AS first_seen,
  MAX(ingested_at) AS updated_at
FROM ordered
GROUP BY session_ref, shasum_id
