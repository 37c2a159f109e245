SELECT t.address_id AS address_id
FROM tag_facts AS t
JOIN address_lists ON address_lists.id = t.list_id
WHERE address_lists.kind IN ('researcher', 'scanner')
