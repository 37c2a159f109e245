"""Where reports are published to, as the environment says it. Secrets are references: see `cowrie_assets.secrets`."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal
from urllib.parse import urlsplit

from cowrie_assets.errors import SettingsError
from cowrie_assets.loopback import is_loopback
from cowrie_assets.secrets import SecretError, is_reference, resolve

Product = Literal["elasticsearch", "opensearch"]

SERVER_VARIABLES = ("COWRIE_ELASTICSEARCH_URL", "COWRIE_OPENSEARCH_URL")
"""One of them, where it is set, switches publishing on."""
OFF = "publishing is off: COWRIE_ELASTICSEARCH_URL or COWRIE_OPENSEARCH_URL switches it on"


@dataclass(frozen=True, slots=True)
class Destination:
    """A cluster and how to reach it. What is secret stands here as a reference, never as a value."""

    product: Product
    hosts: tuple[str, ...]
    """URLs with scheme, host and port, and no user in them."""
    api_key: str | None = None
    user: str | None = None
    """A plain name, or a reference."""
    password: str | None = None
    ca_certs: Path | None = None

    @property
    def label(self) -> str:
        """Its URLs, for people."""
        return ", ".join(self.hosts)

    def credentials(self) -> "Credentials":
        """What its references name, fetched now. Raises SettingsError where one cannot be had."""
        prefix = f"COWRIE_{self.product.upper()}"
        user = self.user
        if user is not None and is_reference(user):
            user = _secret(f"{prefix}_USER", user)
        return Credentials(
            api_key=None if self.api_key is None else _secret(f"{prefix}_API_KEY", self.api_key),
            user=user,
            password=None if self.password is None else _secret(f"{prefix}_PASSWORD", self.password),
        )


@dataclass(frozen=True, slots=True)
class Credentials:
    """The secrets themselves: kept as short as can be, and never shown."""

    api_key: str | None = field(default=None, repr=False)
    user: str | None = field(default=None, repr=False)
    password: str | None = field(default=None, repr=False)


def destination_from_environment(env: Mapping[str, str]) -> Destination | None:
    """The configured cluster; None where none is. Raises SettingsError where it cannot be used as it is written."""
    products: tuple[Product, ...] = ("elasticsearch", "opensearch")
    configured = [product for product in products if env.get(f"COWRIE_{product.upper()}_URL")]
    if not configured:
        return None
    if len(configured) > 1:
        raise SettingsError("set COWRIE_ELASTICSEARCH_URL or COWRIE_OPENSEARCH_URL, not both: reports go to one place")
    product = configured[0]
    prefix = f"COWRIE_{product.upper()}"
    ca_certs = env.get(f"{prefix}_CA_CERTS")
    destination = Destination(
        product=product,
        hosts=tuple(_host(f"{prefix}_URL", url.strip()) for url in env[f"{prefix}_URL"].split(",")),
        api_key=_reference(f"{prefix}_API_KEY", env.get(f"{prefix}_API_KEY")),
        user=env.get(f"{prefix}_USER") or None,
        password=_reference(f"{prefix}_PASSWORD", env.get(f"{prefix}_PASSWORD")),
        ca_certs=Path(ca_certs) if ca_certs else None,
    )
    _refuse_contradictions(destination, prefix)
    return destination


def _host(name: str, url: str) -> str:
    """`url` without a slash at its end. A message never quotes it before it is known to hold no password."""
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError:
        raise SettingsError(f"{name} holds a URL that cannot be read: write https://es.example:9200") from None
    if "@" in parts.netloc:
        raise SettingsError(
            f"{name} holds a user or a password: set {name.removesuffix('URL')}USER and"
            f" {name.removesuffix('URL')}PASSWORD=env:NAME in its place"
        )
    if parts.scheme not in ("http", "https") or not parts.hostname or parts.query or parts.fragment:
        raise SettingsError(f"{name} must hold URLs such as https://es.example:9200, with commas between them")
    if port is None:
        raise SettingsError(f"{name}: {parts.scheme}://{parts.hostname} says no port; write it, as in :9200 or :443")
    return url.rstrip("/")


def _reference(name: str, value: str | None) -> str | None:
    if value and not is_reference(value):
        raise SettingsError(
            f"{name} must say where the secret lies, not what it is: {name}=env:MY_SECRET or {name}=file:/run/secrets/x"
        )
    return value or None


def _refuse_contradictions(destination: Destination, prefix: str) -> None:
    if destination.product == "opensearch" and destination.api_key:
        raise SettingsError(f"{prefix}_API_KEY: OpenSearch takes a user; set {prefix}_USER and {prefix}_PASSWORD")
    if destination.api_key and (destination.user or destination.password):
        raise SettingsError(f"set {prefix}_API_KEY, or {prefix}_USER and {prefix}_PASSWORD, not both")
    if bool(destination.user) != bool(destination.password):
        raise SettingsError(f"{prefix}_USER and {prefix}_PASSWORD belong together: one of them is not set")
    if destination.ca_certs is not None and not destination.ca_certs.is_file():
        raise SettingsError(f"{prefix}_CA_CERTS: there is no file {destination.ca_certs}")
    open_hosts = [
        host
        for host in destination.hosts
        if host.startswith("http://") and not is_loopback(urlsplit(host).hostname or "")
    ]
    if open_hosts and (destination.api_key or destination.password):
        raise SettingsError(f"{prefix}_URL: {open_hosts[0]} would carry the secret over the network unencrypted")


def _secret(name: str, reference: str) -> str:
    try:
        return resolve(reference)
    except SecretError as error:
        raise SettingsError(f"{name}: {error}") from None
