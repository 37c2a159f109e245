"""The code location: everything that Dagster knows of this project, under the environment that it is loaded in."""

import os

from cowrie_assets.defs.build import build_defs

defs = build_defs(os.environ)
