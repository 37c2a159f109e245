DELETE FROM login_facts WHERE session_ref IN (SELECT session_ref FROM session_facts WHERE session_day = :day)
