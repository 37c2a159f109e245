-- Dead letters of a log at whose place an event of it is stored: the line was read well once, under a higher limit or before it was spoiled.
SELECT dead_letters.id
FROM events
CROSS JOIN dead_letters
WHERE events.event_day BETWEEN :first_day AND :last_day
  AND events.log_id = :log_id
  AND dead_letters.log_id = events.log_id
  AND dead_letters.byte_offset = events.byte_offset
  AND dead_letters.resolved_at IS NULL
  AND dead_letters.reason <> 'damaged_archive'
