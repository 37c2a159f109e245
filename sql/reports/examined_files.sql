-- What the bytes of some files say, told by the digests of their texts.
SELECT texts.text AS shasum, d.size, d.type
FROM texts
JOIN downloaded_contents AS d ON d.shasum_id = texts.id
WHERE texts.digest IN :digests
