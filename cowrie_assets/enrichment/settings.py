"""Which services outside may be asked, and how often: one form of settings for each of them.

`COWRIE_<SERVICE>_KEY` (a reference to the secret), `_URL` (its base), `_CONTACT`, `_PER_MINUTE`, `_PER_DAY`,
`_PER_MONTH`; `COWRIE_<SERVICE>=off` for one, `COWRIE_ENRICHMENT=off` for all. A secret is not fetched here: what is
wrong with the form of a setting is found at once, a secret that cannot be had when the service is asked.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlsplit

from cowrie_assets.enrichment.local_sources import LocalSources
from cowrie_assets.errors import SettingsError
from cowrie_assets.outgoing import fault_of_url
from cowrie_assets.secrets import is_reference
from cowrie_assets.settings import local_path, switch

SERVICES = (
    *("virustotal", "malwarebazaar", "urlhaus", "threatfox", "dshield", "greynoise", "abuseipdb", "spur"),
    *("cymru", "hibp"),
)
"""In the order in which they are listed."""

_MOST_DIGITS = 9
_CONTACT = re.compile(r"[A-Za-z0-9 @._:/+~-]{3,200}")


@dataclass(frozen=True, slots=True)
class ServiceSettings:
    """What a user says of one service; None where nothing is said."""

    is_on: bool | None = None
    key: str | None = None
    """A secret reference."""
    url: str | None = None
    """The base that paths are put behind, with a slash at its end."""
    contact: str | None = None
    """Who is to be written to: it stands in the User-Agent."""
    per_minute: int | None = None
    per_day: int | None = None
    per_month: int | None = None


@dataclass(frozen=True, slots=True)
class EnrichmentSettings:
    """What a user can set of enrichment, with the defaults: nothing leaves the machine."""

    is_on: bool = True
    """Whether anything is asked or matched at all."""
    services: Mapping[str, ServiceSettings] = field(default_factory=dict)
    """By name; those of which something is said."""
    local: LocalSources = field(default_factory=LocalSources)
    """Databases of places and lists of addresses on this machine."""
    downloads_dir: Path | None = None
    """The folder of the files that attackers left; None: the folders `downloads` beside logs."""
    yara_rules: Path | None = None
    """The user's own YARA-X rules: a file, or a folder of them."""

    @classmethod
    def from_environment(cls, env: Mapping[str, str]) -> "EnrichmentSettings":
        """Read the environment. Raises SettingsError where a value cannot be used."""
        said = {name: _service(env, f"COWRIE_{name.upper()}", name) for name in SERVICES}
        return cls(
            is_on=switch("COWRIE_ENRICHMENT", env.get("COWRIE_ENRICHMENT"), default=True),
            services={name: settings for name, settings in said.items() if settings != ServiceSettings()},
            local=LocalSources.from_environment(env),
            downloads_dir=local_path("COWRIE_DOWNLOADS_DIR", env),
            yara_rules=local_path("COWRIE_YARA_RULES", env),
        )


def _service(env: Mapping[str, str], prefix: str, name: str) -> ServiceSettings:
    said = env.get(prefix)
    return ServiceSettings(
        is_on=switch(prefix, said, default=False) if said else None,
        key=_key(f"{prefix}_KEY", env.get(f"{prefix}_KEY")),
        url=_url(f"{prefix}_URL", env.get(f"{prefix}_URL"), is_whois=name == "cymru"),
        contact=_contact(f"{prefix}_CONTACT", env.get(f"{prefix}_CONTACT")),
        per_minute=_limit(f"{prefix}_PER_MINUTE", env.get(f"{prefix}_PER_MINUTE")),
        per_day=_limit(f"{prefix}_PER_DAY", env.get(f"{prefix}_PER_DAY")),
        per_month=_limit(f"{prefix}_PER_MONTH", env.get(f"{prefix}_PER_MONTH")),
    )


def _key(name: str, text: str | None) -> str | None:
    if text and not is_reference(text):
        raise SettingsError(
            f"{name} must be a reference to the secret, never the secret itself: env:NAME, file:/path, op://..., ..."
        )
    return text or None


def _url(name: str, text: str | None, *, is_whois: bool) -> str | None:
    if not text:
        return None
    if is_whois:
        return _whois(name, text)
    fault = fault_of_url(text)
    if fault is None and ("?" in text or "#" in text):
        fault = "is the base of a service: it holds neither ? nor #"
    if fault is not None:
        raise SettingsError(f"{name} {fault}")
    return text if text.endswith("/") else f"{text}/"


def _whois(name: str, text: str) -> str:
    try:
        parts = urlsplit(text)
        is_usable = parts.scheme == "whois" and bool(parts.hostname) and parts.port != 0 and "@" not in parts.netloc
    except ValueError:
        is_usable = False
    if not is_usable or not text.isascii() or not text.isprintable():
        raise SettingsError(f"{name} is written whois://whois.cymru.com:43")
    return text


def _contact(name: str, text: str | None) -> str | None:
    if text and _CONTACT.fullmatch(text) is None:
        raise SettingsError(f"{name} is a mail address or a URL, of at most 200 plain characters")
    return text or None


def _limit(name: str, text: str | None) -> int | None:
    if not text:
        return None
    if not (text.isascii() and text.isdecimal()) or len(text) > _MOST_DIGITS or int(text) < 1:
        raise SettingsError(f"{name} must be a whole number above 0, of at most {_MOST_DIGITS} digits, not {text!r}")
    return int(text)
