-- SQLite: each view with its text.
SELECT name AS name, sql AS text
FROM sqlite_master
WHERE type = 'view'
