-- The commands of the events of some days that wait in the queue, as far as they have no score yet. Each is looked up once: PostgreSQL would go
-- through all scores for each time that it was typed.
SELECT typed.command_id
FROM (
  SELECT DISTINCT e.command_id
  FROM (
    SELECT event_day, MIN(first_event_id) AS first_event_id
    FROM waiting_sessions
    WHERE event_day IN :days AND first_event_id IS NOT NULL
    GROUP BY event_day
  ) AS waiting
  CROSS JOIN events AS e -- looked up by event_day = waiting.event_day AND id >= waiting.first_event_id AND counts_as = {command}
  WHERE e.event_day = waiting.event_day AND e.id >= waiting.first_event_id AND e.counts_as = {command}
) AS typed
WHERE NOT EXISTS (SELECT 1 FROM commands WHERE commands.command_id = typed.command_id LIMIT 1 OFFSET 0)
