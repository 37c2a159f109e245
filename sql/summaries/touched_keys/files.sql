-- The files of the long sessions of `touched_sessions` that new events of the day speak of.
INSERT INTO touched_keys (session_ref, first_id, second_id)
SELECT DISTINCT e.session_ref, e.shasum_id, 0
FROM events AS e
JOIN touched_sessions ON touched_sessions.session_ref = e.session_ref AND touched_sessions.is_long = 1
WHERE e.event_day = :day AND e.id >= :first_event_id AND e.counts_as IN ({file_download}, {file_upload}) AND e.shasum_id IS NOT NULL
