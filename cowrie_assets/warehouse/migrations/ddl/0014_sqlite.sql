CREATE TABLE sensor_days (
	session_day INTEGER NOT NULL,
	sensor_id INTEGER NOT NULL,
	version BIGINT NOT NULL,
	PRIMARY KEY (session_day, sensor_id)
) WITHOUT ROWID;
INSERT INTO sensor_days (session_day, sensor_id, version)
SELECT DISTINCT d.session_day, s.sensor_id, d.version
FROM changed_days AS d
JOIN session_facts AS s ON s.session_day = d.session_day;
CREATE TABLE sensor_reports (
	report_type TEXT NOT NULL,
	period TEXT NOT NULL,
	sensor TEXT NOT NULL,
	made_from BLOB NOT NULL,
	generated_at BIGINT NOT NULL,
	PRIMARY KEY (report_type, period, sensor)
);
ALTER TABLE changed_days ADD COLUMN sessions BIGINT NOT NULL DEFAULT 0;
UPDATE changed_days
SET sessions = (SELECT COUNT(*) FROM session_facts AS s WHERE s.session_day = changed_days.session_day);
