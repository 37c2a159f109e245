"""Who is told what, by which channels: read from the environment. Nothing set means that nothing is sent.

Secrets are named by reference (see `cowrie_assets.secrets`) and are not fetched here: what is wrong with the form of a
setting is found at once, a secret that cannot be had when a message is sent.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import SplitResult, unquote, urlsplit

from cowrie_assets.errors import SettingsError
from cowrie_assets.loopback import is_loopback
from cowrie_assets.notifications.email import EmailChannel, Encryption
from cowrie_assets.notifications.message import Channel
from cowrie_assets.notifications.slack import SlackChannel
from cowrie_assets.notifications.webhook import WebhookChannel
from cowrie_assets.outgoing import fault_of_url
from cowrie_assets.reports.periods import REPORT_TYPES, ReportType
from cowrie_assets.secrets import is_reference
from cowrie_assets.settings import switch

OFF = "no channel is configured: set COWRIE_SMTP_URL, COWRIE_SLACK_WEBHOOK or COWRIE_WEBHOOK_URL"

CHANNEL_VARIABLES = ("COWRIE_SMTP_URL", "COWRIE_SLACK_WEBHOOK", "COWRIE_WEBHOOK_URL")
"""Each of them, where it is set, configures a channel."""

_SMTP_FORM = "COWRIE_SMTP_URL is written smtp://user@host:587, smtps://user@host:465 or smtp+plain://host:25"
_SMTP_PORTS = {"smtp": 587, "smtps": 465, "smtp+plain": 25}
_ADDRESS = re.compile(r"[A-Za-z0-9.!#$%&'*+/=?^_`{|}~-]+@[A-Za-z0-9](?:[A-Za-z0-9.-]*[A-Za-z0-9])?")


@dataclass(frozen=True, slots=True)
class NotificationSettings:
    """What a user can set of notifications, with the defaults."""

    channels: tuple[Channel, ...] = ()
    periods: tuple[ReportType, ...] = REPORT_TYPES
    """Of which reports a digest is sent."""
    alerts: bool = True
    """Whether failed runs and failed checks are told."""

    @classmethod
    def from_environment(cls, env: Mapping[str, str]) -> "NotificationSettings":
        """Read the environment. Raises SettingsError where a value cannot be used."""
        channels = (_email(env), _slack(env), _webhook(env))
        return cls(
            channels=tuple(channel for channel in channels if channel is not None),
            periods=_periods(env.get("COWRIE_DIGEST_PERIODS")),
            alerts=switch("COWRIE_DIGEST_ALERTS", env.get("COWRIE_DIGEST_ALERTS"), default=True),
        )

    @property
    def channel_names(self) -> list[str]:
        """The names of the channels."""
        return [channel.name for channel in self.channels]


def _email(env: Mapping[str, str]) -> EmailChannel | None:
    url = env.get("COWRIE_SMTP_URL")
    if not url:
        return None
    parts, port = _smtp_parts(url)
    host = parts.hostname or ""
    user = unquote(parts.username) if parts.username else None
    encryption = _encryption(parts.scheme, host)
    password = _reference(env, "COWRIE_SMTP_PASSWORD")
    if (user is None) != (password is None):
        raise SettingsError(
            "a login to a mail server needs both a user in COWRIE_SMTP_URL (smtp://user@host) and COWRIE_SMTP_PASSWORD"
        )
    if user is not None and encryption == "none" and not is_loopback(host):
        raise SettingsError("COWRIE_SMTP_URL would send a password in the clear: use smtp:// or smtps://, or no user")
    (sender,) = _addresses("COWRIE_DIGEST_FROM", env.get("COWRIE_DIGEST_FROM"), most=1)
    recipients = _addresses("COWRIE_DIGEST_TO", env.get("COWRIE_DIGEST_TO"), most=50)
    return EmailChannel(host, port, encryption, sender, recipients, user, password)


def _smtp_parts(url: str) -> tuple[SplitResult, int]:
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError:
        raise SettingsError(_SMTP_FORM) from None
    if parts.password is not None:
        raise SettingsError(
            "COWRIE_SMTP_URL holds a password: put it where COWRIE_SMTP_PASSWORD refers to (env:NAME, file:/path, ...)"
        )
    plain = url.isascii() and url.isprintable() and " " not in url
    if not plain or not parts.hostname or parts.scheme not in _SMTP_PORTS or parts.path not in ("", "/") or parts.query:
        raise SettingsError(_SMTP_FORM)
    return parts, port or _SMTP_PORTS[parts.scheme]


def _encryption(scheme: str, host: str) -> Encryption:
    if scheme == "smtps":
        return "tls"
    if scheme == "smtp+plain":
        return "none"
    return "starttls if offered" if is_loopback(host) else "starttls"


def _addresses(name: str, text: str | None, *, most: int) -> tuple[str, ...]:
    addresses = tuple(part.strip() for part in (text or "").split(",") if part.strip())
    if not 1 <= len(addresses) <= most:
        wanted = "one address" if most == 1 else f"1 to {most} addresses with commas between them"
        raise SettingsError(f"{name} must hold {wanted}, because COWRIE_SMTP_URL is set")
    for address in addresses:
        if _ADDRESS.fullmatch(address) is None:
            raise SettingsError(f"{name}: {address!r} is no mail address such as soc@example.org")
    return addresses


def _slack(env: Mapping[str, str]) -> SlackChannel | None:
    webhook = _reference(env, "COWRIE_SLACK_WEBHOOK")
    return None if webhook is None else SlackChannel(webhook)


def _webhook(env: Mapping[str, str]) -> WebhookChannel | None:
    url, token = env.get("COWRIE_WEBHOOK_URL"), _reference(env, "COWRIE_WEBHOOK_TOKEN")
    if not url:
        if token is not None:
            raise SettingsError("COWRIE_WEBHOOK_TOKEN is set without COWRIE_WEBHOOK_URL")
        return None
    fault = None if is_reference(url) else fault_of_url(url)
    if fault is not None:
        raise SettingsError(f"COWRIE_WEBHOOK_URL {fault}")
    return WebhookChannel(url, token)


def _reference(env: Mapping[str, str], name: str) -> str | None:
    text = env.get(name)
    if text and not is_reference(text):
        raise SettingsError(
            f"{name} must be a reference to the secret, never the secret itself: env:NAME, file:/path, op://..., ..."
        )
    return text or None


def _periods(text: str | None) -> tuple[ReportType, ...]:
    if not text:
        return REPORT_TYPES
    wanted = {part.strip() for part in text.split(",")}
    if not wanted <= set(REPORT_TYPES):
        raise SettingsError(f"COWRIE_DIGEST_PERIODS must be some of {', '.join(REPORT_TYPES)}, not {text!r}")
    return tuple(kind for kind in REPORT_TYPES if kind in wanted)
