DROP TABLE place_databases;
DROP TABLE address_lists;
DROP TABLE tag_facts;
DROP TABLE place_facts;
