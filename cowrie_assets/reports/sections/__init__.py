"""The sections of the report document: a file holds a section's keys and the function that builds it from a Scope."""
