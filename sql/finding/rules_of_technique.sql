-- The rules, some hundreds in all, that say a technique or one of its subtechniques.
SELECT r.id, r.technique_id
FROM technique_rules AS r
JOIN texts ON texts.id = r.technique_id
WHERE texts.text = :technique OR texts.text LIKE :subtechniques
