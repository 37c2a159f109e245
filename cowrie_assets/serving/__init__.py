"""The report folder over HTTP, read-only, for browsers on this machine or behind a proxy of the operator's own."""
