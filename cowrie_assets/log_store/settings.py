"""Where logs lie that are fetched, and how that place is reached."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Self

from cowrie_assets.remote_files import read_options, read_url

URL_VARIABLE = "COWRIE_LOG_URL"
_OPTIONS = "COWRIE_LOG_OPTIONS"


@dataclass(frozen=True, slots=True)
class LogStoreSettings:
    """What a user can set of it, with the defaults."""

    url: str | None = None
    """A URL that fsspec knows (`s3://bucket/folder`); None: logs lie on this machine."""
    options: Mapping[str, Any] = field(default_factory=dict, repr=False)
    """What fsspec's file system is opened with: secrets in it are references."""

    @classmethod
    def from_environment(cls, env: Mapping[str, str]) -> Self:
        """Read the environment. Raises SettingsError, which never repeats a URL or an option: a secret may be in it."""
        url = read_url(URL_VARIABLE, env.get(URL_VARIABLE), _OPTIONS)
        return cls(url, read_options(_OPTIONS, env.get(_OPTIONS)))
