"""Dagster's services and the report server, started, watched and ended as one.

It knows how the services are run. What they show is in `cowrie_assets.defs`, which it does not import, save to record
before the start what was done without Dagster (`done_elsewhere`).
"""
