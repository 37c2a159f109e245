-- The TLSH digest of an examined file.
SELECT c.tlsh
FROM downloaded_contents AS c
WHERE c.shasum_id = :shasum_id
