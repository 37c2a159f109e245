"""The sessions that `find` is tested on."""

from cowrie_assets_tests.finding.conftest import loaded, made, warehouse

__all__ = ["loaded", "made", "warehouse"]
