"""Real workers over a real broker and a real PostgreSQL."""
