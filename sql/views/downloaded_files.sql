SELECT
  a.collector AS collector,
  a.folder AS folder,
  a.name AS name,
  a.name_matches AS name_matches,
  CASE
    WHEN EXISTS (
      SELECT 1 FROM sightings WHERE sightings.kind = {hash_kind} AND sightings.value_id = a.shasum_id AND sightings.sensor_id = 0
    ) THEN 1
    ELSE 0
  END AS named_by_event,
  texts.text AS shasum,
  a.size AS size,
  c.type AS type,
  c.description AS description,
  c.entropy / 1000.0 AS entropy,
  hex(c.sha1) AS sha1,
  hex(c.md5) AS md5,
  c.tlsh AS tlsh,
  c.ssdeep AS ssdeep,
  c.packer AS packer,
  c.strings AS strings,
  c.rules AS rules,
  utc(c.examined_at) AS examined_at,
  a.error AS error
FROM downloaded_artefacts AS a
LEFT JOIN downloaded_contents AS c ON c.shasum_id = a.shasum_id
LEFT JOIN texts ON texts.id = a.shasum_id
