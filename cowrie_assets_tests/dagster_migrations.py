"""Dagster's migrations are read once: by itself it reads all of their files for each history that it makes, two an
instance and on SQLite one more a run, which takes longer than the run of a test."""

from alembic.config import Config
from alembic.script import ScriptDirectory

_read = ScriptDirectory.from_config
_known: dict[str, ScriptDirectory] = {}


def read_once() -> None:
    """From now on, in this process; migrations of ours are read as ever."""
    ScriptDirectory.from_config = _from_config  # type: ignore[method-assign]


def _from_config(config: Config) -> ScriptDirectory:
    location = config.get_main_option("script_location") or ""
    if not location.startswith("dagster"):
        return _read(config)
    if location not in _known:
        _known[location] = _read(config)
    return _known[location]
