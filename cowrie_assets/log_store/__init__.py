"""Logs that lie on object storage: where, and their copies on this machine."""
