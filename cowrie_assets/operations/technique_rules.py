"""An analyst's own rules of techniques: the file that `COWRIE_TECHNIQUES_FILE` names (docs/TECHNIQUES.md)."""

from pathlib import Path

from cowrie_assets.cowrie.rule_set import RuleSet, rule_set
from cowrie_assets.cowrie.technique_rules import RuleError
from cowrie_assets.errors import SettingsError
from cowrie_assets.regular_file import open_regular
from cowrie_assets.settings import Settings
from cowrie_assets.summaries.techniques import remap
from cowrie_assets.warehouse.engine import Warehouse

_MOST_BYTES = 4 * 1024 * 1024
VARIABLE = "COWRIE_TECHNIQUES_FILE"


def adopt_rules(warehouse: Warehouse, settings: Settings) -> int:
    """Have commands and sessions mapped by the project's rules and those of the settings' file alone, and tell how many
    commands match other rules now. The next refresh takes in the days that this concerns.

    Raises SettingsError, which names file, rule and fault, where the file cannot be used: nothing changes then.
    """
    return remap(warehouse, own_rules(settings.techniques_file)[0])


def rules_of(settings: Settings) -> RuleSet:
    """The rules that the settings ask for. Raises SettingsError."""
    return own_rules(settings.techniques_file)[1]


def own_rules(path: Path | None) -> tuple[str, RuleSet]:
    """What the file says, and all rules with it; without a file nothing, and the project's rules. Raises
    SettingsError."""
    if path is None:
        return "", rule_set()
    try:
        with open_regular(path) as file:
            content = file.read(_MOST_BYTES + 1)
        text = content.decode("utf-8-sig")
    except OSError as error:
        raise SettingsError(f"{VARIABLE} {path} cannot be read: {error.strerror or type(error).__name__}") from error
    except UnicodeDecodeError as error:
        raise SettingsError(f"{VARIABLE} {path} cannot be read: it is not written in UTF-8") from error
    if len(content) > _MOST_BYTES:
        raise SettingsError(f"{VARIABLE} {path} cannot be read: it is longer than {_MOST_BYTES:,} bytes")
    try:
        return text, rule_set(text)
    except RuleError as error:
        raise SettingsError(f"{VARIABLE} {path}: {error}") from error
