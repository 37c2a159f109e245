"""Dagster's own records (runs, events, step logs, ticks): how large they are, what of them can go.

It knows Dagster's storage and nothing of the warehouse. Dagster never removes a run by itself.
"""
