"""Channels as the environment gives them; what is wrong is said in a sentence that shows no secret."""

import pytest

from cowrie_assets.errors import SettingsError
from cowrie_assets.notifications.email import EmailChannel
from cowrie_assets.notifications.settings import NotificationSettings
from cowrie_assets.notifications.slack import SlackChannel
from cowrie_assets.notifications.webhook import WebhookChannel

MAIL = {
    "COWRIE_SMTP_URL": "smtp://cowrie%40x@mail.example.org",
    "COWRIE_SMTP_PASSWORD": "env:MAIL_PASSWORD",
    "COWRIE_DIGEST_FROM": "cowrie@example.org",
    "COWRIE_DIGEST_TO": "soc@example.org, night+shift@example.org",
}


def read(**environment: str) -> NotificationSettings:
    return NotificationSettings.from_environment(environment)


def test_nothing_set_is_off() -> None:
    assert read() == NotificationSettings(channels=(), periods=("daily", "weekly", "monthly"), alerts=True)


def test_all_channels() -> None:
    settings = read(
        **MAIL,
        COWRIE_SLACK_WEBHOOK="file:/run/secrets/slack",
        COWRIE_WEBHOOK_URL="https://example.org/in",
        COWRIE_WEBHOOK_TOKEN="${TOKEN}",
        COWRIE_DIGEST_PERIODS="weekly, daily",
        COWRIE_DIGEST_ALERTS="off",
    )
    recipients = ("soc@example.org", "night+shift@example.org")
    assert settings.channels == (
        EmailChannel(
            *("mail.example.org", 587, "starttls", "cowrie@example.org"), recipients, "cowrie@x", "env:MAIL_PASSWORD"
        ),
        SlackChannel("file:/run/secrets/slack"),
        WebhookChannel("https://example.org/in", "${TOKEN}"),
    )
    assert (settings.periods, settings.alerts) == (("daily", "weekly"), False)
    assert settings.channel_names == ["email", "slack", "webhook"]


@pytest.mark.parametrize(
    ("url", "host", "port", "encryption"),
    [
        ("smtp://mail.example.org:25", "mail.example.org", 25, "starttls"),
        ("smtp://192.0.2.1", "192.0.2.1", 587, "starttls"),
        ("smtp://localhost:25", "localhost", 25, "starttls if offered"),
        ("smtp://127.0.0.2", "127.0.0.2", 587, "starttls if offered"),
        ("smtp://[::1]:2525/", "::1", 2525, "starttls if offered"),
        ("smtp://localhost.example.org", "localhost.example.org", 587, "starttls"),
        ("smtps://mail.example.org", "mail.example.org", 465, "tls"),
        ("smtp+plain://relay.lan", "relay.lan", 25, "none"),
    ],
)
def test_mail_servers(url: str, host: str, port: int, encryption: str) -> None:
    (channel,) = read(**MAIL | {"COWRIE_SMTP_URL": url, "COWRIE_SMTP_PASSWORD": ""}).channels
    assert isinstance(channel, EmailChannel)
    assert (channel.host, channel.port, channel.encryption, channel.user) == (host, port, encryption, None)


@pytest.mark.parametrize(
    ("change", "complaint"),
    [
        ({"COWRIE_SMTP_URL": "smtp://u:hunter2@mail.example.org"}, "holds a password: put it where"),
        ({"COWRIE_SMTP_URL": "mail.example.org"}, "is written smtp://"),
        ({"COWRIE_SMTP_URL": "smtp://u@mail.example.org:x"}, "is written smtp://"),
        ({"COWRIE_SMTP_URL": "smtp://u@mail.example.org/hunter2"}, "is written smtp://"),
        ({"COWRIE_SMTP_URL": "smtp://u@mail.example.org\r\nhunter2"}, "is written smtp://"),
        ({"COWRIE_SMTP_URL": "smtp://mail.example.org"}, "needs both"),
        ({"COWRIE_SMTP_PASSWORD": ""}, "needs both"),
        ({"COWRIE_SMTP_PASSWORD": "hunter2"}, "must be a reference to the secret, never the secret itself"),
        ({"COWRIE_SMTP_URL": "smtp+plain://u@mail.example.org"}, "in the clear"),
        ({"COWRIE_DIGEST_FROM": ""}, "COWRIE_DIGEST_FROM must hold one address, because COWRIE_SMTP_URL is set"),
        ({"COWRIE_DIGEST_FROM": "a@example.org,b@example.org"}, "COWRIE_DIGEST_FROM must hold one address"),
        ({"COWRIE_DIGEST_TO": ""}, "COWRIE_DIGEST_TO must hold 1 to 50 addresses"),
        ({"COWRIE_DIGEST_TO": "soc"}, "'soc' is no mail address"),
        ({"COWRIE_DIGEST_TO": "a@example.org\nBcc: b@example.org"}, "is no mail address"),
        ({"COWRIE_DIGEST_TO": "SOC <a@example.org>"}, "is no mail address"),
        ({"COWRIE_SLACK_WEBHOOK": "https://hooks.example/hunter2"}, "COWRIE_SLACK_WEBHOOK must be a reference"),
        ({"COWRIE_WEBHOOK_URL": "http://example.org/hunter2"}, "COWRIE_WEBHOOK_URL must begin with https://"),
        ({"COWRIE_WEBHOOK_URL": "ftp://example.org/hunter2"}, "COWRIE_WEBHOOK_URL must begin with https://"),
        ({"COWRIE_WEBHOOK_URL": "file:relative"}, None),
        ({"COWRIE_WEBHOOK_URL": "https://u:hunter2@example.org/"}, "give a token instead"),
        ({"COWRIE_WEBHOOK_URL": "https://[hunter2/"}, "is no URL"),
        ({"COWRIE_WEBHOOK_URL": "https://exämple.org/hunter2"}, "is no URL"),
        ({"COWRIE_WEBHOOK_URL": "https:///hunter2"}, "is no URL"),
        ({"COWRIE_WEBHOOK_TOKEN": "env:X"}, "COWRIE_WEBHOOK_TOKEN is set without COWRIE_WEBHOOK_URL"),
        ({"COWRIE_WEBHOOK_URL": "https://example.org/", "COWRIE_WEBHOOK_TOKEN": "hunter2"}, "must be a reference"),
        ({"COWRIE_DIGEST_PERIODS": "daily,hourly"}, "must be some of daily, weekly, monthly"),
        ({"COWRIE_DIGEST_ALERTS": "maybe"}, "must be on or off"),
    ],
)
def test_what_cannot_be_used_is_said_and_no_secret_is(change: dict[str, str], complaint: str | None) -> None:
    if complaint is None:
        read(**MAIL | change)
        return
    with pytest.raises(SettingsError, match=complaint) as raised:
        read(**MAIL | change)
    assert "hunter2" not in str(raised.value)


def test_settings_print_no_address_of_a_webhook() -> None:
    assert "hunter2" not in repr(read(COWRIE_WEBHOOK_URL="https://example.org/hunter2"))
