-- The commands of `fresh_commands`, the rows of `command_facts` as they are computed, that have no score yet.
SELECT typed.command_id
FROM (SELECT DISTINCT command_id FROM fresh_commands) AS typed
WHERE NOT EXISTS (SELECT 1 FROM commands WHERE commands.command_id = typed.command_id LIMIT 1 OFFSET 0)
