"""Where backups lie, how many are kept, and where PostgreSQL's own tools are."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from cowrie_assets.settings import local_path, positive

DIRECTORY_VARIABLE = "COWRIE_BACKUP_DIR"
"""Where it is set, a backup is made every night."""


@dataclass(frozen=True, slots=True)
class BackupSettings:
    """What a user can set of backups, with the defaults."""

    directory: Path | None = None
    copies: int = 7
    """So many backups of a warehouse are kept in `directory`."""
    tools: Path | None = None
    """The folder of `pg_dump`, `pg_restore` and `psql`; None: where PATH has them."""
    environment: Mapping[str, str] = field(default_factory=dict, repr=False)
    """What these tools are started with: PATH, and what libpq reads of it, as the warehouse's own connections do."""

    @classmethod
    def from_environment(cls, env: Mapping[str, str]) -> "BackupSettings":
        """Read the environment. Raises SettingsError where a value cannot be used."""
        return cls(
            directory=local_path(DIRECTORY_VARIABLE, env),
            copies=positive("COWRIE_BACKUP_COPIES", env.get("COWRIE_BACKUP_COPIES"), cls().copies),
            tools=local_path("COWRIE_POSTGRES_BIN", env),
            environment=env,
        )
