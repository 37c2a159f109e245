-- It stays, whatever it says: SQLite gives the number of a newest row that was removed to the next one, and a sensor's cursor
-- would take that one as seen.
SELECT MAX(id) FROM event_logs
