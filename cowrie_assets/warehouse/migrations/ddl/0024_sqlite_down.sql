DELETE FROM sightings WHERE kind = 7;
DROP TABLE technique_facts;
DROP TABLE command_techniques;
DROP TABLE technique_orders;
DROP TABLE technique_counts;
DROP TABLE technique_rules;
DROP TABLE technique_ruleset;
