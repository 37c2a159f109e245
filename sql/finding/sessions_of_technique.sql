-- Sessions of a day of which one of some rules says a technique, some of them.
SELECT s.session_ref
FROM session_facts AS s
WHERE
  s.session_day = :day
  AND EXISTS (SELECT 1 FROM technique_facts AS t WHERE t.session_ref = s.session_ref AND t.rule_number IN :values LIMIT 1 OFFSET 0)
LIMIT :most
