"""What `events` says, recomputed: sessions, commands, logins, files; and the checks that prove it."""
