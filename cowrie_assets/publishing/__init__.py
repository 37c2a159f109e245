"""Reports to Elasticsearch or OpenSearch: each written report exactly once, again whenever it is written anew."""
