-- The lists that name some addresses.
SELECT DISTINCT t.address_id AS value_id, address_lists.kind AS kind
FROM tag_facts AS t
JOIN address_lists ON address_lists.id = t.list_id
WHERE t.address_id IN :ids
