"""What fsspec reaches by a URL (`s3://bucket/folder`): how it is named in settings, and opened.

A URL holds no secret. The options beside it do, as references; no error repeats what they lead to.
"""

import re
from collections.abc import Mapping
from typing import Any
from urllib.parse import urlsplit

import orjson

from cowrie_assets.errors import SettingsError, UserError
from cowrie_assets.printable import shown
from cowrie_assets.secrets import SecretError, is_reference, resolve

_SECRET = re.compile(
    r"secret|password|passphrase|token|credential|connection_string|account_key|sas|pkey", re.IGNORECASE
)
"""What names of options hold whose values are secrets."""


class RemoteError(UserError):
    """What a URL names cannot be opened; the message says why."""


class RemoteFiles:
    """The files of a URL, over a file system of fsspec. Errors name the URL, never an option that it is opened with."""

    def __init__(self, url: str, options: Mapping[str, Any], *, extra: str) -> None:
        """Raises RemoteError; `extra` is the command that installs what is missing."""
        self._secrets: list[str] = []
        self.url = url.rstrip("/")
        try:
            import fsspec  # noqa: PLC0415  (an extra)

            resolved = self._resolved(options)
            self.system, self.root = fsspec.url_to_fs(self.url, skip_instance_cache=True, **resolved)
        except ImportError as error:
            scheme = urlsplit(url).scheme
            raise RemoteError(f"{scheme}:// needs a package that is not installed ({error}): {extra}") from None
        except SecretError as error:
            raise RemoteError(f"{self.url} cannot be opened: {error}") from None
        except Exception as error:
            raise RemoteError(f"{self.url} cannot be opened: {self.told(error)}") from None

    def _resolved(self, options: Mapping[str, Any]) -> dict[str, Any]:
        found: dict[str, Any] = {}
        for name, value in options.items():
            if isinstance(value, Mapping):
                found[name] = self._resolved(value)
            elif isinstance(value, str) and is_reference(value):
                found[name] = resolve(value)
                self._secrets.append(found[name])
            else:
                found[name] = value
        return found

    def path(self, name: str) -> str:
        """The file system's own path of a file."""
        return f"{self.root}/{name}"

    def told(self, error: Exception) -> str:
        """What an error says, in short; a secret that it repeats is left out."""
        said = str(error)
        for secret in self._secrets:
            said = said.replace(secret, "***")
        return shown(f"{type(error).__name__}: {said}".partition("\n")[0])


def read_url(name: str, url: str | None, options: str) -> str | None:
    """The URL that the setting `name` holds. Raises SettingsError, which does not repeat it: a secret may be in it."""
    try:
        has_password = url is not None and urlsplit(url).password is not None
    except ValueError:
        raise SettingsError(f"{name} is neither a folder nor a URL") from None
    if has_password:
        raise SettingsError(f"{name} holds a password: name it in {options}, by a reference")
    return url or None


def read_options(name: str, text: str | None) -> Mapping[str, Any]:
    """The options that the setting `name` holds as JSON. Raises SettingsError, which repeats no value."""
    if not text:
        return {}
    try:
        options = orjson.loads(text)
    except ValueError:
        options = None
    if not isinstance(options, dict):
        raise SettingsError(
            f'{name} is a JSON object such as {{"key": "env:S3_KEY", "secret": "file:/run/secrets/s3"}}'
        )
    _require_references(name, options)
    return options


def _require_references(name: str, options: Mapping[str, Any]) -> None:
    for option, value in options.items():
        if isinstance(value, dict):
            _require_references(name, value)
        elif isinstance(value, str) and _SECRET.search(option) and not is_reference(value):
            raise SettingsError(f"{name}: {option} is a secret: give it by a reference, such as env:NAME or file:/path")
