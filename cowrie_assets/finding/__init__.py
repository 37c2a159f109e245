"""All that is known of one value: what it is, when it was seen, in which sessions, and what was seen with it."""
