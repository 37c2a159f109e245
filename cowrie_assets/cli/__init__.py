"""The command line: a thin skin over the domain. It knows click and the terminal; it never sees Dagster."""

from cowrie_assets.cli.app import main

__all__ = ["main"]
