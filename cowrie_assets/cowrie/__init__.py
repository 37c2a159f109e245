"""What Cowrie writes: framing, events, sessions, commands. Pure functions of bytes; no files, no databases."""
