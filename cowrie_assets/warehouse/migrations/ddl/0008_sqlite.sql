CREATE TABLE warehouse_identity (
	identity TEXT NOT NULL,
	PRIMARY KEY (identity)
);
ALTER TABLE event_days RENAME COLUMN last_event_id TO version;
ALTER TABLE reparsed_days RENAME COLUMN last_event_id TO version;
ALTER TABLE changed_days RENAME COLUMN revision TO version;
ALTER TABLE reports DROP COLUMN revision;
ALTER TABLE reports ADD COLUMN made_from BLOB NOT NULL DEFAULT x'';
