DROP TABLE indicator_facts;
