-- How many rows each summary has of the sessions of a day.
SELECT
  (SELECT COUNT(*) FROM session_facts WHERE session_day = :day) AS session_summaries,
  (SELECT COUNT(*) FROM session_facts AS s JOIN command_facts AS c ON c.session_ref = s.session_ref WHERE s.session_day = :day) AS command_stats,
  (SELECT COUNT(*) FROM session_facts AS s JOIN login_facts AS l ON l.session_ref = s.session_ref WHERE s.session_day = :day) AS login_stats,
  (SELECT COUNT(*) FROM session_facts AS s JOIN file_facts AS f ON f.session_ref = s.session_ref WHERE s.session_day = :day) AS files,
  (
    SELECT COUNT(*) FROM session_facts AS s JOIN technique_facts AS t ON t.session_ref = s.session_ref WHERE s.session_day = :day
  ) AS session_techniques,
  (SELECT COUNT(*) FROM sightings WHERE session_day = :day) AS sightings
