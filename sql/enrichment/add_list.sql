-- A list that addresses are matched with, unless it is known.
INSERT INTO address_lists (name, kind)
VALUES (:name, :kind)
ON CONFLICT DO NOTHING
