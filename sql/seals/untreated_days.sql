-- The days and kinds that are said to be treated, and name a password (kind 1) or an address (kind 2) as it was written: treated, it is a word or begins with
-- what hashes begin with (cowrie/privacy.py). An empty one stays as it is.
SELECT DISTINCT t.session_day, t.kind, t.way
FROM treated_days AS t
WHERE t.session_day BETWEEN :first_day AND :last_day
  AND (
    EXISTS (
      SELECT 1
      FROM session_facts AS s
      JOIN texts AS address ON address.id = s.src_ip_id
      WHERE t.kind = 2 AND s.session_day = t.session_day
        AND address.text NOT IN ('', 'dropped') AND (t.way <> 1 OR address.text NOT LIKE 'hash-%')
    )
    OR EXISTS (
      SELECT 1
      FROM session_facts AS s
      CROSS JOIN login_facts AS l -- looked up by session_ref = s.session_ref
      LEFT JOIN texts AS username ON username.id = l.username_id
      LEFT JOIN texts AS password ON password.id = l.password_id
      WHERE t.kind = 1 AND s.session_day = t.session_day AND l.session_ref = s.session_ref
        AND (
          (username.text NOT IN ('', 'dropped') AND (t.way <> 1 OR username.text NOT LIKE 'hash-%'))
          OR (password.text NOT IN ('', 'dropped') AND (t.way <> 1 OR password.text NOT LIKE 'hash-%'))
        )
    )
  )
