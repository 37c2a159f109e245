-- Of how many source addresses a place is known, and how many a list names.
SELECT
  (SELECT COUNT(*) FROM addresses) AS addresses,
  (SELECT COUNT(DISTINCT place_facts.address_id) FROM place_facts) AS placed,
  (SELECT COUNT(DISTINCT tag_facts.address_id) FROM tag_facts) AS tagged
