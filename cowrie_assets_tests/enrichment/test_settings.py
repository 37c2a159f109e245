"""What the environment says of services."""

import pytest

from cowrie_assets.enrichment.access import accesses, services_off
from cowrie_assets.enrichment.service import Rates
from cowrie_assets.enrichment.settings import EnrichmentSettings
from cowrie_assets.errors import SettingsError


def on(**environment: str) -> dict[str, Rates]:
    settings = EnrichmentSettings.from_environment({f"COWRIE_{name}": value for name, value in environment.items()})
    return {access.name: access.rates for access in accesses(settings)}


def test_a_service_is_asked_once_it_has_what_it_needs() -> None:
    assert on() == {}
    assert on(VIRUSTOTAL_KEY="env:X") == {"virustotal": Rates(4, 500, 15_500)}
    assert set(on(DSHIELD_CONTACT="soc@example.org", HIBP="on", CYMRU="1")) == {"dshield", "hibp", "cymru"}
    assert on(DSHIELD_KEY="env:X") == {}
    assert on(VIRUSTOTAL_KEY="env:X", VIRUSTOTAL="off") == on(VIRUSTOTAL_KEY="env:X", ENRICHMENT="off") == {}
    settings = EnrichmentSettings.from_environment({"COWRIE_ENRICHMENT": "off"})
    assert set(services_off(settings).values()) == {"COWRIE_ENRICHMENT is off"}


def test_limits_and_bases_are_configured() -> None:
    limits = {"VIRUSTOTAL_PER_MINUTE": "2", "VIRUSTOTAL_PER_DAY": "30", "VIRUSTOTAL_PER_MONTH": "400"}
    assert on(VIRUSTOTAL_KEY="env:X", **limits) == {"virustotal": Rates(2, 30, 400)}
    settings = EnrichmentSettings.from_environment(
        {"COWRIE_SPUR_KEY": "env:X", "COWRIE_SPUR_URL": "https://proxy.example/spur", "COWRIE_SPUR_CONTACT": "a@b.c"}
    )
    (access,) = accesses(settings)
    assert access.url == "https://proxy.example/spur/"
    assert access.user_agent.endswith(" (a@b.c)")


@pytest.mark.parametrize(
    ("name", "value", "sentence"),
    [
        ("VIRUSTOTAL_KEY", "0a1b2c3d", "COWRIE_VIRUSTOTAL_KEY must be a reference"),
        ("VIRUSTOTAL_URL", "http://example.org/", "COWRIE_VIRUSTOTAL_URL must begin with https://"),
        ("VIRUSTOTAL_URL", "https://me:hunter2@example.org/", "holds a user or a password"),
        ("VIRUSTOTAL_URL", "https://example.org/?key=hunter2", "neither ? nor #"),
        ("CYMRU_URL", "https://example.org/", "is written whois://"),
        ("DSHIELD_CONTACT", "soc@example.org\r\nX: 1", "COWRIE_DSHIELD_CONTACT is a mail address"),
        ("VIRUSTOTAL_PER_DAY", "0", "a whole number above 0"),
        ("VIRUSTOTAL_PER_DAY", "many", "a whole number above 0"),
        ("VIRUSTOTAL", "on", "COWRIE_VIRUSTOTAL is on, and COWRIE_VIRUSTOTAL_KEY is not set"),
        ("DSHIELD", "on", "COWRIE_DSHIELD is on, and COWRIE_DSHIELD_CONTACT is not set"),
        ("HIBP", "perhaps", "COWRIE_HIBP must be on or off (or 1, yes, true; 0, no, false)"),
        ("ENRICHMENT", "perhaps", "COWRIE_ENRICHMENT must be on or off"),
    ],
)
def test_what_cannot_be_used_is_told_without_its_secret(name: str, value: str, sentence: str) -> None:
    with pytest.raises(SettingsError) as raised:
        on(**{name: value})
    assert sentence in str(raised.value)
    assert "hunter2" not in str(raised.value)
    assert "0a1b2c3d" not in str(raised.value)
