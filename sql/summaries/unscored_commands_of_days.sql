-- The commands of the events of some days that wait in the queue, as far as they have no score yet.
SELECT DISTINCT e.command_id
FROM (
  SELECT event_day, MIN(first_event_id) AS first_event_id
  FROM waiting_sessions
  WHERE event_day IN :days AND first_event_id IS NOT NULL
  GROUP BY event_day
) AS waiting
CROSS JOIN events AS e -- looked up by event_day = waiting.event_day AND id >= waiting.first_event_id AND counts_as = {command}
LEFT JOIN commands ON commands.command_id = e.command_id
WHERE e.event_day = waiting.event_day AND e.id >= waiting.first_event_id AND e.counts_as = {command} AND commands.command_id IS NULL
