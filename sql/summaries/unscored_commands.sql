-- The commands of `fresh_commands`, the rows of `command_facts` as they are computed, that have no score yet.
SELECT DISTINCT fresh_commands.command_id
FROM fresh_commands
LEFT JOIN commands ON commands.command_id = fresh_commands.command_id
WHERE commands.command_id IS NULL
