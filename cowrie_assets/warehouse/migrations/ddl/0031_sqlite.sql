ALTER TABLE dead_letters ADD COLUMN digest BLOB;
