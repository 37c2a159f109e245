DROP TABLE warehouse_identity;
ALTER TABLE event_days RENAME COLUMN version TO last_event_id;
UPDATE event_days SET last_event_id = COALESCE((SELECT MAX(id) FROM events WHERE events.event_day = event_days.event_day), 0);
ALTER TABLE reparsed_days RENAME COLUMN version TO last_event_id;
DELETE FROM reparsed_days;
ALTER TABLE changed_days RENAME COLUMN version TO revision;
UPDATE changed_days SET revision = 1;
ALTER TABLE reports DROP COLUMN made_from;
ALTER TABLE reports ADD COLUMN revision BIGINT NOT NULL DEFAULT 0;
