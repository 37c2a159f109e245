SELECT COUNT(*) FROM events WHERE event_day BETWEEN :first_day AND :last_day AND log_id = :log_id
