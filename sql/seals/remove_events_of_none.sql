DELETE FROM events WHERE event_day = :day AND session_ref IS NULL
