"""By which key and contact, and within which limits, a service is asked: its declaration and what the settings say."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace

from cowrie_assets import __version__
from cowrie_assets.enrichment.service import Rates, Service
from cowrie_assets.enrichment.services import SERVICES
from cowrie_assets.enrichment.settings import EnrichmentSettings, ServiceSettings
from cowrie_assets.errors import SettingsError
from cowrie_assets.secrets import SecretError, at_hand, resolve

_LEAST_LENGTH = 8
_WANTED = {"key": "_KEY", "contact": "_CONTACT", "switch": ""}


@dataclass(frozen=True, slots=True)
class Access:
    """A service that may be asked, as it is configured."""

    service: Service
    url: str
    """Its base."""
    rates: Rates
    key_reference: str | None = None
    contact: str | None = None

    @property
    def name(self) -> str:
        """The service's."""
        return self.service.name

    @property
    def root(self) -> str:
        """Where its requests begin. A base that ends with the service's own path is taken as it is."""
        path = self.service.path
        return self.url if self.url.endswith(f"/{path}") else f"{self.url}{path}"

    @property
    def user_agent(self) -> str:
        """Who asks, and whom to write to."""
        return f"cowrie-assets/{__version__}" + (f" ({self.contact})" if self.contact else "")

    def key(self) -> "Key":
        """The secret, fetched now. Raises SettingsError, which names the reference, where it cannot be had or sent."""
        return Key(self._fetched(resolve))

    def key_fault(self) -> str | None:
        """Why the secret cannot be had or sent, as far as that shows without running a program that fetches it."""
        try:
            self._fetched(at_hand)
        except SettingsError as error:
            return str(error)
        return None

    def _fetched(self, fetch: Callable[[str], str | None]) -> str | None:
        if self.key_reference is None:
            return None
        try:
            secret = fetch(self.key_reference)
        except SecretError as error:
            raise SettingsError(f"{self.service.variable}_KEY: {error}") from None
        if secret is not None and (not (secret.isascii() and secret.isprintable()) or secret != secret.strip()):
            raise SettingsError(
                f"{self.service.variable}_KEY: what {self.key_reference} names cannot stand in a header"
            )
        return secret


@dataclass(frozen=True, slots=True)
class Key:
    """A service's key, or none; never shown."""

    secret: str | None = field(repr=False)

    def headers(self, service: Service) -> Mapping[str, str]:
        """Those that send it."""
        return {} if self.secret is None or service.key_header is None else {service.key_header: self.secret}

    def is_in(self, body: bytes) -> bool:
        """Whether an answer repeats it. A shorter one than any service gives is part of anything."""
        return self.secret is not None and len(self.secret) >= _LEAST_LENGTH and self.secret.encode() in body


def services_off(settings: EnrichmentSettings) -> dict[str, str]:
    """Why each service is not asked that is not, in words for people, by name."""
    reasons = {name: _why_off(service, settings) for name, service in SERVICES.items()}
    return {name: reason for name, reason in reasons.items() if reason is not None}


def accesses(settings: EnrichmentSettings) -> list[Access]:
    """The services that may be asked. Raises SettingsError where one is switched on that lacks what it needs."""
    off = services_off(settings)
    return [_access(service, settings.services[name]) for name, service in SERVICES.items() if name not in off]


def _why_off(service: Service, settings: EnrichmentSettings) -> str | None:
    """None where it is on. Raises SettingsError."""
    if not settings.is_on:
        return "COWRIE_ENRICHMENT is off"
    said = settings.services.get(service.name, ServiceSettings())
    if said.is_on is False:
        return f"{service.variable} is off"
    wanted = f"{service.variable}{_WANTED[service.needs]}"
    if service.needs == "switch":
        return None if said.is_on or said.key else f"{wanted}=on switches it on"
    has = said.key if service.needs == "key" else said.contact
    if has is None and said.is_on:
        raise SettingsError(f"{service.variable} is on, and {wanted} is not set")
    return None if has else f"{wanted} is not set"


def _access(service: Service, said: ServiceSettings) -> Access:
    usual = service.rates
    rates = replace(
        usual,
        per_minute=said.per_minute or usual.per_minute,
        per_day=said.per_day or usual.per_day,
        per_month=said.per_month or usual.per_month,
        seconds_between=0.0 if said.per_minute else usual.seconds_between,
    )
    return Access(service, said.url or service.url, rates, said.key, said.contact)
