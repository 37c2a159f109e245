CREATE TABLE waiting_sessions (
	event_day INTEGER NOT NULL,
	session_ref BIGINT NOT NULL,
	step BIGINT NOT NULL,
	first_event_id BIGINT,
	PRIMARY KEY (event_day, session_ref, step)
) WITHOUT ROWID;
INSERT INTO waiting_sessions (event_day, session_ref, step, first_event_id)
SELECT d.event_day, 0, 0, NULL
FROM event_days AS d
WHERE (SELECT COUNT(*) FROM summarised_days AS s WHERE s.event_day = d.event_day AND s.last_event_id = d.last_event_id) < 4
UNION
SELECT c.session_day, 0, 0, NULL
FROM changed_days AS c
LEFT JOIN sighted_days AS s ON s.session_day = c.session_day
WHERE COALESCE(s.revision, -1) < c.revision;
DROP TABLE summarised_days;
DROP TABLE sighted_days;
