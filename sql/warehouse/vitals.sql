-- PostgreSQL: the size of this database, and the pages that its clients found in the server's cache and did not, since its statistics began.
SELECT
  pg_database_size(current_database()) AS size_bytes,
  blks_hit AS cache_hits,
  blks_read AS cache_misses
FROM pg_stat_database
WHERE datname = current_database()
