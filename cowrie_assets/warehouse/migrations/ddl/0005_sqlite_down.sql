DROP INDEX sensors_digest;
ALTER TABLE sensors DROP COLUMN digest;
DROP INDEX event_types_digest;
ALTER TABLE event_types DROP COLUMN digest;
