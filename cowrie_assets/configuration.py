"""Everything that a user configures, as one environment says it: a tree that the skins read and hand down.

Each branch lies in the folder of what it configures, and is read when it is asked for: a mail server that is named
wrongly stops the sending of mail, not the loading of logs. Nothing below the skins reads the environment of the process
(but `secrets`, where a reference names a variable); a test holds that.

The branches are frozen dataclasses, not pydantic models: each wrong value has a sentence of its own, and every command
would start 0.1 s later and more. pydantic reads the sensors file, where one is named.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from cowrie_assets.errors import SettingsError
from cowrie_assets.settings import Settings

if TYPE_CHECKING:
    from cowrie_assets.archives.settings import ArchiveSettings
    from cowrie_assets.backups.settings import BackupSettings
    from cowrie_assets.cowrie.rule_set import RuleSet
    from cowrie_assets.enrichment.access import Access
    from cowrie_assets.enrichment.settings import EnrichmentSettings
    from cowrie_assets.log_store.settings import LogStoreSettings
    from cowrie_assets.notifications.settings import NotificationSettings
    from cowrie_assets.publishing.destination import Destination


@dataclass(frozen=True, slots=True)
class Configuration:
    """What an environment configures. Each property raises SettingsError where a value of its branch cannot be used."""

    environment: Mapping[str, str] = field(repr=False)

    @property
    def settings(self) -> Settings:
        """Logs, database, reports: what every command needs."""
        return Settings.from_environment(self.environment)

    @property
    def notifications(self) -> "NotificationSettings":
        """Who is told what, by which channels."""
        from cowrie_assets.notifications.settings import NotificationSettings  # noqa: PLC0415  (mail, TLS)

        return NotificationSettings.from_environment(self.environment)

    @property
    def publishing(self) -> "Destination | None":
        """The search server that reports are published to; None where none is named."""
        from cowrie_assets.publishing.destination import destination_from_environment  # noqa: PLC0415

        return destination_from_environment(self.environment)

    @property
    def enrichment(self) -> "EnrichmentSettings":
        """Which services outside may be asked, and how often."""
        from cowrie_assets.enrichment.settings import EnrichmentSettings  # noqa: PLC0415

        return EnrichmentSettings.from_environment(self.environment)

    @property
    def backups(self) -> "BackupSettings":
        """Where backups lie, and how many are kept."""
        from cowrie_assets.backups.settings import BackupSettings  # noqa: PLC0415

        return BackupSettings.from_environment(self.environment)

    @property
    def archives(self) -> "ArchiveSettings":
        """Where the archive lies, and when days go there."""
        from cowrie_assets.archives.settings import ArchiveSettings  # noqa: PLC0415

        return ArchiveSettings.from_environment(self.environment)

    @property
    def log_store(self) -> "LogStoreSettings":
        """Where logs lie that are fetched."""
        from cowrie_assets.log_store.settings import LogStoreSettings  # noqa: PLC0415

        return LogStoreSettings.from_environment(self.environment)

    @property
    def services(self) -> "list[Access]":
        """The services outside that may be asked; one that is on and lacks what it needs cannot be used."""
        from cowrie_assets.enrichment.access import accesses  # noqa: PLC0415

        return accesses(self.enrichment)

    @property
    def rules(self) -> "RuleSet":
        """The rules on techniques and risk: the project's and the user's own."""
        from cowrie_assets.rules_file import read_rules_file  # noqa: PLC0415  (TOML, and all rules)

        return read_rules_file(self.settings.rules_file)[1]

    @property
    def dagster_home(self) -> str | None:
        """The folder of Dagster's history; None where none is named."""
        return self.environment.get("DAGSTER_HOME") or None

    def faults(self) -> Iterator[str]:
        """Why branches cannot be used, a sentence each."""
        branches: tuple[Callable[[], object], ...] = (
            lambda: self.settings,
            lambda: self.notifications,
            lambda: self.publishing,
            lambda: self.services,
            lambda: self.backups,
            lambda: self.archives,
            lambda: self.log_store,
            lambda: self.rules,
        )
        told: set[str] = set()
        for read in branches:
            try:
                read()
            except SettingsError as error:
                if str(error) not in told:  # what every command needs is needed by branches, too
                    told.add(str(error))
                    yield str(error)
