"""The Dagster skin: assets, checks, jobs, sensors, schedules and resources, a few lines each over the domain."""

import warnings

import dagster as dg

warnings.filterwarnings("ignore", category=dg.BetaWarning)
"""Backfill policies and partition mappings are in beta; pyproject.toml holds Dagster to the minor release that they were tested with."""
