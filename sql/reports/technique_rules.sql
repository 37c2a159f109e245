-- Every rule of techniques as it was ever applied, with the id of its technique.
SELECT r.id, rule.text AS rule, technique.text AS technique, r.technique_id
FROM technique_rules AS r
JOIN texts AS rule ON rule.id = r.rule_id
JOIN texts AS technique ON technique.id = r.technique_id
