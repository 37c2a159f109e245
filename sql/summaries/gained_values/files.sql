-- What the files of `changed`, which were put in, bring to the sightings of their sessions' days.
INSERT INTO gained_sightings (session_day, kind, value_id, sensor_id)
SELECT s.session_day, {hash_kind}, changed.shasum_id, s.sensor_id
FROM changed
JOIN session_facts AS s -- looked up by session_ref = changed.session_ref
  ON s.session_ref = changed.session_ref
UNION
SELECT s.session_day, {url_kind}, changed.url_id, s.sensor_id
FROM changed
JOIN session_facts AS s -- looked up by session_ref = changed.session_ref
  ON s.session_ref = changed.session_ref
WHERE changed.url_id IS NOT NULL AND changed.downloads > 0
