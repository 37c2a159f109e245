"""Where the archive lies, how it is reached, and when days go there."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, Self

from cowrie_assets.errors import SettingsError
from cowrie_assets.remote_files import read_options, read_url
from cowrie_assets.settings import days

URL_VARIABLE = "COWRIE_ARCHIVE_URL"
AFTER_VARIABLE = "COWRIE_ARCHIVE_AFTER_DAYS"
"""Where both are set, days are sealed and archived each night."""
PRUNE_VARIABLE = "COWRIE_PRUNE_AFTER_DAYS"
_OPTIONS = "COWRIE_ARCHIVE_OPTIONS"


@dataclass(frozen=True, slots=True)
class ArchiveSettings:
    """What a user can set of the archive, with the defaults."""

    url: str | None = None
    """A folder, or a URL that fsspec knows (`s3://bucket/folder`)."""
    options: Mapping[str, Any] = field(default_factory=dict, repr=False)
    """What fsspec's file system is opened with: secrets in it are references."""
    archive_after: int | None = None
    """Days are sealed and archived once they lie so many days back; None: when a command says so."""
    prune_after: int | None = None
    """Raw events of archived days leave the warehouse once they lie so many days back; None: when a command says so."""

    @property
    def folder(self) -> Path | None:
        """The folder of this machine that the archive is; None where it is elsewhere, or nowhere."""
        scheme, separator, rest = (self.url or "").partition("://")
        if self.url is None or (separator and scheme not in ("file", "local")):
            return None
        return Path(rest if separator else self.url)

    @classmethod
    def from_environment(cls, env: Mapping[str, str]) -> Self:
        """Read the environment. Raises SettingsError, which never repeats a URL or an option: a secret may be in it."""
        after, prune = (days(name, env) for name in (AFTER_VARIABLE, PRUNE_VARIABLE))
        url = env.get(URL_VARIABLE) or None
        if prune is not None and (after is None or prune < after):
            raise SettingsError(f"{PRUNE_VARIABLE} must be {AFTER_VARIABLE} or more: only what is archived leaves")
        if after is not None and url is None:
            raise SettingsError(f"{AFTER_VARIABLE} needs {URL_VARIABLE}: the folder or the URL of the archive")
        return cls(read_url(URL_VARIABLE, url, _OPTIONS), read_options(_OPTIONS, env.get(_OPTIONS)), after, prune)

    def at(self, url: str | None) -> Self:
        """These settings for an archive elsewhere; as they are where `url` is None. Raises SettingsError."""
        return self if url is None else replace(self, url=read_url("--to", url, _OPTIONS))
