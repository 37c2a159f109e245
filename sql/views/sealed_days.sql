SELECT
  utc_day(seals.session_day) AS day,
  seals.events AS events,
  seals.sessions AS sessions,
  hex(seals.raw_digest) AS raw_digest,
  hex(seals.sessions_digest) AS sessions_digest,
  hex(seals.commands_digest) AS commands_digest,
  hex(seals.logins_digest) AS logins_digest,
  hex(seals.files_digest) AS files_digest,
  utc(seals.sealed_at) AS sealed_at,
  utc(seals.removed_at) AS raw_events_removed_at
FROM seals
