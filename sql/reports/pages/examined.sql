-- What the bytes of some files say.
SELECT d.shasum_id, d.size, d.type, d.description, d.entropy, d.packer, d.tlsh
FROM downloaded_contents AS d
WHERE d.shasum_id IN :files
