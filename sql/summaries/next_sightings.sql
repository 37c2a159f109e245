-- For each changed sighting the next day that has the value, and whose it is: there, what is new may now be known, or the other way. That there was a session at
-- all matters to the next day only where that was the first to have one. Behind the newest day there is none.
SELECT DISTINCT next_day, sensor_id
FROM (
  SELECT changed.sensor_id, (
    SELECT MIN(later.session_day)
    FROM sightings AS later
    WHERE later.kind = changed.kind AND later.value_id = changed.value_id AND later.sensor_id = changed.sensor_id
      AND later.session_day > changed.session_day
  ) AS next_day
  FROM settled_sightings AS changed
  WHERE changed.session_day < :newest_day AND (
    changed.kind <> {session_kind}
    OR NOT EXISTS (
      SELECT 1
      FROM sightings AS earlier
      WHERE earlier.kind = changed.kind AND earlier.value_id = changed.value_id AND earlier.sensor_id = changed.sensor_id
        AND earlier.session_day < changed.session_day
    )
  )
) AS next_days
WHERE next_day IS NOT NULL
UNION
-- The next day with a file that VirusTotal calls as it calls a changed one: what a report tells of labels that no day before it has.
SELECT next_day, sensor_id
FROM (
  SELECT labelled.sensor_id, (
    SELECT MIN(later.session_day)
    FROM virustotal_verdicts AS alike
    CROSS JOIN sightings AS later
    WHERE later.kind = {hash_kind} AND later.value_id = alike.shasum_id AND later.sensor_id = labelled.sensor_id
      AND later.session_day > labelled.session_day AND alike.classification = labelled.classification
  ) AS next_day
  FROM (
    SELECT DISTINCT changed.session_day, changed.sensor_id, v.classification
    FROM settled_sightings AS changed
    CROSS JOIN virustotal_verdicts AS v
    WHERE changed.kind = {hash_kind} AND changed.session_day < :newest_day
      AND v.shasum_id = changed.value_id AND v.classification IS NOT NULL
  ) AS labelled
) AS next_labelled
WHERE next_day IS NOT NULL
