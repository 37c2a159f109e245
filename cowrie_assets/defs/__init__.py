"""The Dagster skin: assets, checks, jobs, sensors, schedules and resources, a few lines each over the domain."""

import warnings

import dagster as dg

# Backfill policies and partition mappings are in beta; pyproject.toml holds Dagster to the minor release tested here.
warnings.filterwarnings("ignore", category=dg.BetaWarning)
