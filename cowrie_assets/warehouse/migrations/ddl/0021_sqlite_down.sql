DROP TABLE text_collections;
