CREATE TABLE summarised_days (
  summary TEXT NOT NULL,
  event_day INTEGER NOT NULL,
  last_event_id BIGINT NOT NULL,
  PRIMARY KEY (summary, event_day)
);
CREATE TABLE sighted_days (
  session_day INTEGER NOT NULL,
  revision BIGINT NOT NULL,
  PRIMARY KEY (session_day)
);
INSERT INTO summarised_days (summary, event_day, last_event_id)
SELECT summaries.name, d.event_day, d.last_event_id
FROM event_days AS d
CROSS JOIN (
  SELECT 'session_summaries' AS name
  UNION ALL SELECT 'command_stats'
  UNION ALL SELECT 'login_stats'
  UNION ALL SELECT 'files'
) AS summaries
WHERE d.event_day NOT IN (SELECT event_day FROM waiting_sessions);
INSERT INTO sighted_days (session_day, revision)
SELECT c.session_day, c.revision
FROM changed_days AS c
WHERE c.session_day NOT IN (SELECT event_day FROM waiting_sessions);
DROP TABLE waiting_sessions;
