-- A value stays known of treated days as long as a day that is not treated has it as it was written: then it goes from all of them.
DELETE FROM sightings
WHERE
  kind = :sighting_kind
  AND value_id IN (SELECT old_id FROM treated_sightings WHERE kind = :sighting_kind)
  AND value_id NOT IN (
    SELECT m.old_id
    FROM treated_sightings AS m
    JOIN sightings AS seen ON seen.kind = m.kind AND seen.value_id = m.old_id
    WHERE m.kind = :sighting_kind AND seen.session_day NOT IN (SELECT session_day FROM treated_days WHERE kind = :kind)
  )
