"""The user's own YARA-X rules: `COWRIE_YARA_RULES` names a file of them, or a folder of `.yar` and `.yara` files."""

from hashlib import blake2b
from pathlib import Path
from typing import Any

from cowrie_assets.errors import SettingsError
from cowrie_assets.regular_file import open_regular

MOST_RULES = 50
_SECONDS = 10
_SUFFIXES = {".yar", ".yara"}
_LONGEST_NAME = 128


class YaraRules:
    """Rules, compiled."""

    def __init__(self, rules: Any, mark: bytes) -> None:  # noqa: ANN401  (yara_x.Rules)
        self._rules = rules
        self.mark = mark
        """A digest of their text."""

    def matching(self, content: bytes) -> list[str]:
        """The names of the first 50 rules that match, as `namespace:rule`; `scan timed out` after ten seconds."""
        import yara_x  # noqa: PLC0415  (an extra)

        scanner = yara_x.Scanner(self._rules)
        scanner.set_timeout(_SECONDS)
        try:
            found = scanner.scan(content).matching_rules
        except yara_x.TimeoutError:
            return ["scan timed out"]
        return [f"{rule.namespace}:{rule.identifier}"[:_LONGEST_NAME] for rule in found[:MOST_RULES]]


def read_rules(path: Path) -> YaraRules:
    """Compile the rules of a file or folder. Raises SettingsError where they cannot be read or compiled."""
    try:
        import yara_x  # noqa: PLC0415  (an extra)
    except ImportError:
        raise SettingsError("COWRIE_YARA_RULES needs the library YARA-X: pip install 'cowrie-assets[files]'") from None
    compiler, mark = yara_x.Compiler(), blake2b(digest_size=16)
    try:
        found = sorted(each for each in path.iterdir() if each.suffix in _SUFFIXES) if path.is_dir() else [path]
        for file in found:
            with open_regular(file) as rules:
                source = rules.read().decode()
            mark.update(f"{file.name} {len(source)} {source}".encode())
            compiler.new_namespace(file.stem)
            compiler.add_source(source)
    except OSError as error:
        raise SettingsError(f"COWRIE_YARA_RULES {path} cannot be read: {error.strerror}") from None
    except UnicodeDecodeError:
        raise SettingsError(f"COWRIE_YARA_RULES {path} cannot be read: it is not written in UTF-8") from None
    except yara_x.CompileError as error:
        raise SettingsError(f"COWRIE_YARA_RULES {file}: {error}") from None
    if not found:
        raise SettingsError(f"COWRIE_YARA_RULES {path} has no file of the name *.yar or *.yara")
    return YaraRules(compiler.build(), mark.digest())
