-- Different contents in the downloads' folders by their type.
SELECT c.type AS value, COUNT(*) AS count
FROM downloaded_contents AS c
WHERE EXISTS (SELECT 1 FROM downloaded_artefacts AS a WHERE a.shasum_id = c.shasum_id)
GROUP BY c.type
ORDER BY COUNT(*) DESC, c.type
LIMIT :most
