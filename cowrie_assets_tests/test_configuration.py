"""One tree of settings: read in the skins, handed down, and a wrong value stops only what needs it."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

import cowrie_assets
from cowrie_assets.configuration import Configuration
from cowrie_assets.errors import SettingsError

_PACKAGE = Path(cowrie_assets.__file__).parent
_READERS = {
    "analysis/__init__.py": "a notebook",
    "cli/parameters.py": "the command line",
    "defs/resources.py": "Dagster's definitions, as a run or a tick begins",
    "defs/partitions.py": "the first day, which runs inherit by the environment",
    "definitions.py": "Dagster's definitions, as they are loaded",
    "ui/service.py": "a process of its own",
    "warehouse/errors.py": "where SQLite sorts: its variables, none of ours",
    "secrets.py": "where a reference names a variable, when the secret is needed",
}


def _reads_environment(tree: ast.Module) -> Iterator[str]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name) and node.value.id == "os":
            yield node.attr
        elif isinstance(node, ast.ImportFrom) and node.module == "os":
            yield from (alias.name for alias in node.names)


def test_only_the_skins_read_the_environment() -> None:
    names = {"environ", "environb", "getenv", "getenvb", "putenv"}
    readers = {
        path.relative_to(_PACKAGE).as_posix()
        for path in _PACKAGE.rglob("*.py")
        if names.intersection(_reads_environment(ast.parse(path.read_text(encoding="utf-8"))))
    }
    assert readers == _READERS.keys()


def test_an_empty_environment_configures_nothing_that_leaves_the_machine() -> None:
    configuration = Configuration({})
    assert list(configuration.faults()) == []
    assert configuration.notifications.channels == ()
    assert configuration.publishing is None
    assert configuration.dagster_home is None


@pytest.mark.parametrize(
    ("branch", "name", "value"),
    [
        ("settings", "COWRIE_LOCK_WAIT_SECONDS", "soon"),
        ("notifications", "COWRIE_SMTP_URL", "mail.example.org"),
        ("publishing", "COWRIE_ELASTICSEARCH_URL", "es"),
        ("enrichment", "COWRIE_VIRUSTOTAL_KEY", "the-key-itself"),
        ("backups", "COWRIE_BACKUP_COPIES", "none"),
        ("archives", "COWRIE_ARCHIVE_AFTER_DAYS", "soon"),
    ],
)
def test_a_wrong_value_stops_its_branch_alone_and_is_told(branch: str, name: str, value: str) -> None:
    configuration = Configuration({name: value})
    (fault,) = configuration.faults()
    assert name in fault
    with pytest.raises(SettingsError, match=name):
        getattr(configuration, branch)
    for other in {"settings", "notifications", "publishing", "enrichment", "backups", "archives"} - {branch}:
        getattr(configuration, other)
    assert value not in repr(configuration)
