CREATE VIEW raw_events AS
SELECT
  sensors.name AS sensor,
  session_keys.session_id AS session_id,
  CASE e.matcher WHEN 1 THEN 'full_delimited' WHEN 2 THEN 'session_id_only' WHEN 3 THEN 'event_session' END AS matcher,
  event_types.name AS event_type,
  utc(e.event_at) AS event_timestamp,
  utc_day(e.event_day) AS event_date,
  src_ip.text AS src_ip,
  e.payload AS payload,
  hex(e.event_hash) AS event_hash,
  e.log_id AS log_file_id,
  e.byte_offset AS byte_offset,
  utc(e.ingested_at) AS ingested_at
FROM events AS e
JOIN sensors ON sensors.id = e.sensor_id
JOIN event_types ON event_types.id = e.event_type_id
LEFT JOIN session_keys ON session_keys.id = e.session_ref
LEFT JOIN texts AS src_ip ON src_ip.id = e.src_ip_id
;
CREATE VIEW session_summaries AS
SELECT
  sensors.name AS sensor,
  session_keys.session_id AS session_id,
  CASE s.matcher WHEN 1 THEN 'full_delimited' WHEN 2 THEN 'session_id_only' WHEN 3 THEN 'event_session' END AS matcher,
  protocol.text AS protocol,
  src_ip.text AS src_ip,
  s.src_port AS src_port,
  s.dst_port AS dst_port,
  utc(s.first_event_at) AS first_event_at,
  utc(s.last_event_at) AS last_event_at,
  CAST(s.duration_us AS DOUBLE PRECISION) / 1000000 AS duration_seconds,
  s.closed AS closed,
  s.event_count AS event_count,
  s.command_count AS command_count,
  s.high_risk_commands AS high_risk_commands,
  s.login_successes + s.login_failures AS login_attempts,
  s.login_successes AS login_successes,
  s.login_failures AS login_failures,
  s.file_downloads AS file_downloads,
  s.file_downloads_failed AS file_downloads_failed,
  s.file_uploads AS file_uploads,
  s.tunnel_requests AS tunnel_requests,
  username.text AS username,
  password.text AS password,
  client_version.text AS client_version,
  hassh.text AS hassh,
  s.risk_score AS risk_score,
  CASE WHEN EXISTS (
    SELECT 1
    FROM file_facts
    JOIN texts AS shasum ON shasum.id = file_facts.shasum_id
    JOIN file_verdicts ON file_verdicts.shasum = shasum.text
    WHERE file_facts.session_ref = s.session_ref AND file_verdicts.malicious = 1
  ) THEN 1 ELSE 0 END AS vt_flagged,
  CASE WHEN EXISTS (
    SELECT 1 FROM ip_verdicts WHERE ip_verdicts.ip = src_ip.text AND ip_verdicts.dshield_flagged = 1
  ) THEN 1 ELSE 0 END AS dshield_flagged,
  utc(s.updated_at) AS updated_at
FROM session_facts AS s
JOIN session_keys ON session_keys.id = s.session_ref
JOIN sensors ON sensors.id = s.sensor_id
LEFT JOIN texts AS protocol ON protocol.id = s.protocol_id
LEFT JOIN texts AS src_ip ON src_ip.id = s.src_ip_id
LEFT JOIN texts AS username ON username.id = s.username_id
LEFT JOIN texts AS password ON password.id = s.password_id
LEFT JOIN texts AS client_version ON client_version.id = s.client_version_id
LEFT JOIN texts AS hassh ON hassh.id = s.hassh_id
;
CREATE VIEW command_stats AS
SELECT
  sensors.name AS sensor,
  session_keys.session_id AS session_id,
  command.text AS command,
  normalized.text AS command_normalized,
  c.occurrences AS occurrences,
  utc(c.first_seen) AS first_seen,
  utc(c.last_seen) AS last_seen,
  CASE WHEN commands.risk_score >= 70 THEN 1 ELSE 0 END AS high_risk
FROM command_facts AS c
JOIN session_keys ON session_keys.id = c.session_ref
JOIN sensors ON sensors.id = session_keys.sensor_id
JOIN texts AS command ON command.id = c.command_id
LEFT JOIN commands ON commands.command_id = c.command_id
LEFT JOIN texts AS normalized ON normalized.id = commands.normalized_id
;
CREATE VIEW login_stats AS
SELECT
  sensors.name AS sensor,
  session_keys.session_id AS session_id,
  username.text AS username,
  password.text AS password,
  l.attempts AS attempts,
  l.successes AS successes,
  utc(l.first_seen) AS first_seen,
  utc(l.last_seen) AS last_seen
FROM login_facts AS l
JOIN session_keys ON session_keys.id = l.session_ref
JOIN sensors ON sensors.id = session_keys.sensor_id
LEFT JOIN texts AS username ON username.id = l.username_id
LEFT JOIN texts AS password ON password.id = l.password_id
;
CREATE VIEW files AS
SELECT
  sensors.name AS sensor,
  session_keys.session_id AS session_id,
  shasum.text AS shasum,
  CASE WHEN f.uploads = 0 THEN 'download' WHEN f.downloads = 0 THEN 'upload' ELSE 'both' END AS direction,
  filename.text AS filename,
  f.file_size AS file_size,
  url.text AS download_url,
  destfile.text AS destfile,
  f.downloads + f.uploads AS occurrences,
  v.classification AS vt_classification,
  v.description AS vt_description,
  v.malicious AS vt_malicious,
  utc(v.first_seen) AS vt_first_seen,
  utc(v.last_analysis) AS vt_last_analysis,
  v.positives AS vt_positives,
  v.total AS vt_total,
  utc(v.scan_date) AS vt_scan_date,
  utc(f.first_seen) AS first_seen,
  CASE WHEN v.updated_at > f.updated_at THEN utc(v.updated_at) ELSE utc(f.updated_at) END AS last_updated,
  COALESCE(v.status, 'pending') AS enrichment_status
FROM file_facts AS f
JOIN session_keys ON session_keys.id = f.session_ref
JOIN sensors ON sensors.id = session_keys.sensor_id
JOIN texts AS shasum ON shasum.id = f.shasum_id
LEFT JOIN texts AS filename ON filename.id = f.filename_id
LEFT JOIN texts AS url ON url.id = f.url_id
LEFT JOIN texts AS destfile ON destfile.id = f.destfile_id
LEFT JOIN file_verdicts AS v ON v.shasum = shasum.text
;
CREATE VIEW log_files AS
SELECT
  l.id AS id,
  sensors.name AS sensor,
  l.path AS path,
  hex(l.fingerprint) AS fingerprint,
  l.generation AS generation,
  l.compression AS compression,
  l.bytes_read AS bytes_read,
  l.lines AS lines,
  l.events AS events,
  l.duplicates AS duplicates,
  l.dead_letters AS dead_letters,
  l.blank AS blank,
  l.invalid_utf8 AS invalid_utf8,
  l.naive_timestamps AS naive_timestamps,
  l.unknown_event_ids AS unknown_event_ids,
  l.unusual AS unusual,
  utc(l.first_event_at) AS first_event_at,
  utc(l.last_event_at) AS last_event_at,
  l.status AS status,
  utc(l.last_ingested_at) AS last_ingested_at
FROM logs AS l
JOIN sensors ON sensors.id = l.sensor_id
;
CREATE VIEW dead_letter_events AS
SELECT
  d.id AS id,
  sensors.name AS sensor,
  l.path AS path,
  d.line_number AS line_number,
  d.byte_offset AS byte_offset,
  d.reason AS reason,
  d.content AS content,
  d.content_bytes AS content_bytes,
  utc(d.created_at) AS created_at,
  utc(d.resolved_at) AS resolved_at,
  d.resolution AS resolution
FROM dead_letters AS d
JOIN logs AS l ON l.id = d.log_id
JOIN sensors ON sensors.id = l.sensor_id
;
