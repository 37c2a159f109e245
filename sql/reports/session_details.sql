-- The first commands and files of some sessions, in the order in which they came; at the same microsecond, as they sort as stored.
SELECT found.session_ref, found.item, found.value
FROM (
  SELECT
    c.session_ref,
    'command' AS item,
    texts.text AS value,
    ROW_NUMBER() OVER (PARTITION BY c.session_ref ORDER BY c.first_seen, texts.text) AS place
  FROM command_facts AS c
  JOIN texts ON texts.id = c.command_id
  WHERE c.session_ref IN :sessions
  UNION ALL
  SELECT
    f.session_ref,
    'shasum',
    texts.text,
    ROW_NUMBER() OVER (PARTITION BY f.session_ref ORDER BY f.first_seen, texts.text)
  FROM file_facts AS f
  JOIN texts ON texts.id = f.shasum_id
  WHERE f.session_ref IN :sessions
) AS found
WHERE found.place <= :most
ORDER BY found.session_ref, found.item, found.place
