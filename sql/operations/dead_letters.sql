-- The newest first. A content can be 1 MiB; it is cut where only its head is shown.
SELECT
  d.id AS id,
  sensors.name AS sensor,
  l.path AS path,
  d.line_number AS line_number,
  d.byte_offset AS byte_offset,
  d.reason AS reason,
  SUBSTR(d.content, 1, :characters) AS content,
  d.content_bytes AS content_bytes,
  d.created_at AS created_at,
  d.resolved_at AS resolved_at,
  d.resolution AS resolution,
  d.replayed_as AS replayed_as
FROM dead_letters AS d
JOIN logs AS l ON l.id = d.log_id
JOIN sensors ON sensors.id = l.sensor_id
WHERE (:id = 0 OR d.id = :id)
  AND (:reason = '' OR d.reason = :reason)
  AND (:resolved = 1 OR d.resolved_at IS NULL)
ORDER BY d.id DESC
LIMIT :limit
