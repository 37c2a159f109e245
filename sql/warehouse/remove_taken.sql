-- Takes out of the queue what the taken steps brought of a day: it is in the summaries.
DELETE FROM waiting_sessions WHERE event_day = :day AND step IN (SELECT step FROM taken_steps)
