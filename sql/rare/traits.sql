-- The traits of the sessions of some days that few had up to the end of these, with how many that are.
SELECT kind, value, sessions
FROM (
  SELECT
    w.kind, w.value,
    (
      SELECT SUM(t.sessions)
      FROM (
        SELECT d.sessions
        FROM trait_days AS d
        WHERE d.kind = w.kind AND d.value = w.value AND d.session_day < :end_day
        LIMIT :many
      ) AS t
    ) AS sessions
  FROM (SELECT DISTINCT kind, value FROM trait_days WHERE session_day >= :start_day AND session_day < :end_day) AS w
) AS f
WHERE sessions < :many AND kind IN :kinds
