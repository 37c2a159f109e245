-- The files of a folder, from one path to another, of which a stat is enough to know that there is nothing new in them: as they were when they were
-- last looked at, long enough after they were written. Those that call for a second look are not among them, nor those with a line that is not done.
SELECT p.path, p.size, p.mtime_ns, p.inode, p.ctime_ns
FROM log_paths AS p
WHERE p.collector = :collector AND p.path BETWEEN :first AND :last
  AND p.pending_bytes = 0
  AND p.mtime_ns + :racy_ns < p.looked_at_ns AND p.ctime_ns + :racy_ns < p.looked_at_ns
  AND NOT EXISTS (
    SELECT 1
    FROM logs
    WHERE logs.id = p.log_id
      AND (logs.doubt <> 0 OR (logs.dead_letters <> 0 AND COALESCE(logs.read_limit, 0) < :max_line_bytes))
    LIMIT 1 OFFSET 0
  )
