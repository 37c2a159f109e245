ALTER TABLE sensors ADD COLUMN digest BLOB;
CREATE UNIQUE INDEX sensors_digest ON sensors (digest);
ALTER TABLE event_types ADD COLUMN digest BLOB;
CREATE UNIQUE INDEX event_types_digest ON event_types (digest);
