-- The files in the downloads' folders: different contents, files that no event names, files whose name is not their SHA-256, and those not read.
SELECT
  COUNT(*) AS files,
  COUNT(DISTINCT a.shasum_id) AS contents,
  CAST(COALESCE(SUM(a.size), 0) AS BIGINT) AS bytes,
  COUNT(*) FILTER (
    WHERE a.shasum_id IS NOT NULL AND NOT EXISTS (
      SELECT 1 FROM sightings WHERE sightings.kind = {hash_kind} AND sightings.value_id = a.shasum_id AND sightings.sensor_id = 0
    )
  ) AS named_by_no_event,
  COUNT(*) FILTER (WHERE a.name_matches = 0) AS named_wrongly,
  COUNT(*) FILTER (WHERE a.error IS NOT NULL) AS unreadable
FROM downloaded_artefacts AS a
