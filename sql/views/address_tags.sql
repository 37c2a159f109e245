SELECT
  t.address_id AS address_id,
  texts.text AS address,
  address_lists.name AS list,
  address_lists.kind AS kind
FROM tag_facts AS t
JOIN texts ON texts.id = t.address_id
JOIN address_lists ON address_lists.id = t.list_id
