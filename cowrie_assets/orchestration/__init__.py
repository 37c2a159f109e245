"""Dagster's services as they run: what is the matter with daemon, code location and runs, and mending it.

It knows Dagster, and neither the definitions nor the warehouse.
"""
