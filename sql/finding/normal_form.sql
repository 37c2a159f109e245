-- The normal form of a command.
SELECT commands.normalized_id AS id, texts.text
FROM commands
JOIN texts ON texts.id = commands.normalized_id
WHERE commands.command_id = :value_id
