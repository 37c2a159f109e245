-- What the content of a SHA-256 was examined by, by the digest of its text.
SELECT c.examined_as
FROM texts
JOIN downloaded_contents AS c ON c.shasum_id = texts.id
WHERE texts.digest = :digest
