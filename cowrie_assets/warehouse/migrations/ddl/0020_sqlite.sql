ALTER TABLE dead_letters ADD COLUMN replayed_as BLOB;
