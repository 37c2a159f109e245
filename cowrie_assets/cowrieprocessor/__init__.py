"""Databases of cowrieprocessor, the older tool: what they hold, made ours. See docs/IMPORT.md."""
