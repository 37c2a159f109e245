-- What stands in a dead letter may be anything: it goes, and the digest is that of what is left.
UPDATE dead_letters SET content = :dropped, digest = :digest WHERE id = :id
