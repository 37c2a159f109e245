-- Some of the files whose digests are equal in a band, but for one.
SELECT c.shasum_id, texts.text AS shasum, c.tlsh
FROM tlsh_bands AS b
JOIN downloaded_contents AS c ON c.shasum_id = b.shasum_id
JOIN texts ON texts.id = b.shasum_id
WHERE b.band = :band AND b.shasum_id <> :shasum_id AND c.tlsh IS NOT NULL
ORDER BY b.shasum_id
LIMIT :most
