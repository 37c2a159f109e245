"""Reading a TOML file that a variable names."""

import tomllib
from pathlib import Path
from typing import Any

from cowrie_assets.errors import SettingsError
from cowrie_assets.regular_file import open_regular


def read_toml_file(variable: str, path: Path) -> dict[str, Any]:
    """What the file at `path`, which the environment's `variable` names, says. Raises SettingsError, which says why."""
    try:
        with open_regular(path) as file:
            return tomllib.loads(file.read().decode("utf-8-sig"))
    except OSError as error:
        reason = error.strerror or type(error).__name__
    except UnicodeDecodeError:
        reason = "it is not written in UTF-8"
    except (ValueError, RecursionError) as error:
        reason = f"it is no TOML: {error}"
    raise SettingsError(f"{variable} {path} cannot be read: {reason}")
