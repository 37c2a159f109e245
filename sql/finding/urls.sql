-- Of the `looked_at` urls that came last, those that may hold a host. The index is gone through from each url to the one before it.
WITH RECURSIVE urls(value_id, place) AS (
  SELECT MAX(sightings.value_id), 1 FROM sightings WHERE sightings.kind = {url_kind}
  UNION ALL
  SELECT
    (SELECT MAX(n.value_id) FROM sightings AS n WHERE n.kind = {url_kind} AND n.value_id < urls.value_id),
    urls.place + 1
  FROM urls
  WHERE urls.value_id IS NOT NULL AND urls.place < :looked_at
)
SELECT texts.id, texts.text
FROM urls
CROSS JOIN texts
WHERE texts.id = urls.value_id AND LOWER(texts.text) LIKE :pattern ESCAPE '!'
ORDER BY texts.id DESC
LIMIT :most
