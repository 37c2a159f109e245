"""The file of a user's own rules on techniques and risk, which `COWRIE_RULES_FILE` names (docs/RULES.md)."""

from pathlib import Path

from cowrie_assets.cowrie.rule_set import RuleSet, rule_set
from cowrie_assets.cowrie.rule_table import RuleError
from cowrie_assets.errors import SettingsError
from cowrie_assets.regular_file import open_regular

_MOST_BYTES = 4 * 1024 * 1024
VARIABLE = "COWRIE_RULES_FILE"


def read_rules_file(path: Path | None, named_by: str = f"{VARIABLE} ") -> tuple[str, RuleSet]:
    """What the file says, and all rules with it; without a file nothing, and the project's rules.

    Raises SettingsError, which says who named the file (`named_by`), and names the file, the line where it is known,
    the rule and the fault.
    """
    if path is None:
        return "", rule_set()
    try:
        with open_regular(path) as file:
            content = file.read(_MOST_BYTES + 1)
        text = content.decode("utf-8-sig")
    except OSError as error:
        raise SettingsError(f"{named_by}{path} cannot be read: {error.strerror or type(error).__name__}") from error
    except UnicodeDecodeError as error:
        raise SettingsError(f"{named_by}{path} cannot be read: it is not written in UTF-8") from error
    if len(content) > _MOST_BYTES:
        raise SettingsError(f"{named_by}{path} cannot be read: it is longer than {_MOST_BYTES:,} bytes")
    try:
        return text, rule_set(text)
    except RuleError as error:
        line = "" if error.line is None else f", line {error.line}"
        raise SettingsError(f"{named_by}{path}{line}: {error}") from error
