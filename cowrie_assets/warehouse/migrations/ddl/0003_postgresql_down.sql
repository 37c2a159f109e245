DELETE FROM dead_letters
WHERE EXISTS (
  SELECT 1
  FROM dead_letters AS first
  WHERE first.log_id = dead_letters.log_id
    AND first.byte_offset = dead_letters.byte_offset
    AND first.reason = dead_letters.reason
    AND first.content = dead_letters.content
    AND first.id < dead_letters.id
);
ALTER TABLE dead_letters ADD COLUMN digest BYTEA;
UPDATE dead_letters SET digest = convert_to('id ' || id, 'UTF8');
ALTER TABLE dead_letters ALTER COLUMN digest SET NOT NULL;
ALTER TABLE dead_letters ADD CONSTRAINT dead_letters_digest_key UNIQUE (digest);
