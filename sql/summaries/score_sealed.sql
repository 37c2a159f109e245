-- The sessions of a sealed day by today's rules: their commands and counts are there, whether their events are or not.
UPDATE session_facts
SET high_risk_commands = scored.high_risk_commands, risk_score = scored.risk_score
FROM (
  SELECT
    risks.session_ref AS session_ref,
    CAST(SUM(risks.high_risk_commands) AS INTEGER) AS high_risk_commands,
    MAX(risks.risk) AS risk_score
  FROM (
    SELECT
      s.session_ref,
      CASE WHEN commands.risk_score >= {high_risk} THEN c.occurrences ELSE 0 END AS high_risk_commands,
      commands.risk_score AS risk
    FROM session_facts AS s
    JOIN command_facts AS c ON c.session_ref = s.session_ref
    JOIN commands ON commands.command_id = c.command_id
    WHERE s.session_day = :day
    UNION ALL SELECT session_ref, 0, 0 FROM session_facts WHERE session_day = :day
    UNION ALL SELECT session_ref, 0, {risk_of_login_success} FROM session_facts WHERE session_day = :day AND login_successes > 0
    UNION ALL SELECT session_ref, 0, {risk_of_login_failure} FROM session_facts WHERE session_day = :day AND login_failures > 0
    UNION ALL SELECT session_ref, 0, {risk_of_file_download} FROM session_facts WHERE session_day = :day AND file_downloads > 0
    UNION ALL SELECT session_ref, 0, {risk_of_file_download_failed} FROM session_facts WHERE session_day = :day AND file_downloads_failed > 0
    UNION ALL SELECT session_ref, 0, {risk_of_file_upload} FROM session_facts WHERE session_day = :day AND file_uploads > 0
  ) AS risks
  GROUP BY risks.session_ref
) AS scored
WHERE session_facts.session_ref = scored.session_ref
  AND EXISTS (SELECT 1 FROM seals WHERE seals.session_day = :day)
  AND (session_facts.high_risk_commands <> scored.high_risk_commands OR session_facts.risk_score <> scored.risk_score)
