-- The files that were examined and have an MD5 or SHA-1 digest.
SELECT d.shasum_id AS id, texts.text
FROM downloaded_contents AS d
JOIN texts ON texts.id = d.shasum_id
WHERE d.md5 = :digest
UNION ALL
SELECT d.shasum_id, texts.text
FROM downloaded_contents AS d
JOIN texts ON texts.id = d.shasum_id
WHERE d.sha1 = :digest
