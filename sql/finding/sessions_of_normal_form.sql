-- Sessions of a day that typed a command of a normal form, some of them.
SELECT s.session_ref
FROM session_facts AS s
WHERE
  s.session_day = :day
  AND EXISTS (
    SELECT 1
    FROM command_facts AS c
    JOIN commands AS n -- looked up by command_id = c.command_id
      ON n.command_id = c.command_id
    WHERE c.session_ref = s.session_ref AND n.normalized_id IN :values
    LIMIT 1 OFFSET 0
  )
LIMIT :most
