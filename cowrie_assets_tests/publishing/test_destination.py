"""Where reports go, as the environment says it: what is refused, and that no message ever holds a secret."""

from pathlib import Path

import pytest

from cowrie_assets.errors import SettingsError
from cowrie_assets.publishing.connecting import connect
from cowrie_assets.publishing.destination import Destination, destination_from_environment
from cowrie_assets.publishing.server import Scrubber

URL = "https://es.example:9200"
SECRET = "hunter2-not-to-be-seen"


def from_environment(**variables: str) -> Destination | None:
    return destination_from_environment({f"COWRIE_{name}": value for name, value in variables.items()})


def test_nothing_set_is_off() -> None:
    assert from_environment() is None
    assert from_environment(ELASTICSEARCH_URL="", ELASTICSEARCH_API_KEY="env:KEY") is None


def test_hosts_and_references_are_kept_as_they_are() -> None:
    read = from_environment(ELASTICSEARCH_URL=f"{URL}/, https://b.example:9200/es/", ELASTICSEARCH_API_KEY="env:KEY")
    assert read == Destination("elasticsearch", (URL, "https://b.example:9200/es"), api_key="env:KEY")
    read = from_environment(OPENSEARCH_URL=URL, OPENSEARCH_USER="cowrie", OPENSEARCH_PASSWORD="file:/run/secrets/pw")
    assert read == Destination("opensearch", (URL,), user="cowrie", password="file:/run/secrets/pw")


@pytest.mark.parametrize(
    ("variables", "says"),
    [
        ({"ELASTICSEARCH_URL": URL, "OPENSEARCH_URL": URL}, "not both"),
        ({"ELASTICSEARCH_URL": f"https://elastic:{SECRET}@es.example:9200"}, "COWRIE_ELASTICSEARCH_PASSWORD=env:NAME"),
        ({"ELASTICSEARCH_URL": f"{URL},https://{SECRET}@es.example:9200"}, "COWRIE_ELASTICSEARCH_USER"),
        ({"ELASTICSEARCH_URL": "es.example:9200"}, "https://es.example:9200"),
        ({"ELASTICSEARCH_URL": "https://es.example"}, "says no port"),
        ({"ELASTICSEARCH_URL": "https://es.example:port"}, "https://es.example:9200"),
        ({"ELASTICSEARCH_URL": URL, "ELASTICSEARCH_API_KEY": SECRET}, "COWRIE_ELASTICSEARCH_API_KEY=env:MY_SECRET"),
        (
            {"ELASTICSEARCH_URL": URL, "ELASTICSEARCH_USER": "u", "ELASTICSEARCH_PASSWORD": SECRET},
            "COWRIE_ELASTICSEARCH_PASSWORD=env:MY_SECRET",
        ),
        ({"ELASTICSEARCH_URL": URL, "ELASTICSEARCH_USER": "u"}, "belong together"),
        (
            {
                "ELASTICSEARCH_URL": URL,
                "ELASTICSEARCH_API_KEY": "env:K",
                "ELASTICSEARCH_USER": "u",
                "ELASTICSEARCH_PASSWORD": "env:P",
            },
            "not both",
        ),
        ({"OPENSEARCH_URL": URL, "OPENSEARCH_API_KEY": "env:K"}, "OpenSearch takes a user"),
        ({"ELASTICSEARCH_URL": URL, "ELASTICSEARCH_CA_CERTS": "/nowhere/ca.pem"}, "no file /nowhere/ca.pem"),
        ({"ELASTICSEARCH_URL": "http://es.example:9200", "ELASTICSEARCH_API_KEY": "env:K"}, "unencrypted"),
    ],
)
def test_what_cannot_be_used_is_refused_with_a_sentence(variables: dict[str, str], says: str) -> None:
    with pytest.raises(SettingsError) as refused:
        from_environment(**variables)
    assert says in str(refused.value)
    assert SECRET not in str(refused.value)


def test_plain_http_may_stay_on_this_machine_or_carry_no_secret() -> None:
    for host in ("http://127.0.0.1:9200", "http://localhost:9200", "http://[::1]:9200"):
        assert from_environment(ELASTICSEARCH_URL=host, ELASTICSEARCH_API_KEY="env:K") is not None
    assert from_environment(ELASTICSEARCH_URL="http://elasticsearch:9200") is not None


def test_secrets_are_fetched_when_connecting_and_shown_nowhere(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    (tmp_path / "user").write_text("cowrie\n")
    monkeypatch.setenv("THE_PASSWORD", SECRET)
    destination = Destination("elasticsearch", (URL,), user=f"file:{tmp_path}/user", password="env:THE_PASSWORD")
    credentials = destination.credentials()
    assert (credentials.user, credentials.password) == ("cowrie", SECRET)
    assert SECRET not in f"{destination!r} {credentials!r} {destination.label}"
    monkeypatch.delenv("THE_PASSWORD")
    with pytest.raises(SettingsError, match="COWRIE_ELASTICSEARCH_PASSWORD: env:THE_PASSWORD"):
        connect(destination)


def test_what_a_server_repeats_of_a_secret_is_taken_out(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PW", SECRET)
    scrub = Scrubber(Destination("elasticsearch", (URL,), user="elastic", password="env:PW").credentials())
    said = scrub(f"no: Basic ZWxhc3RpYzpodW50ZXIyLW5vdC10by1iZS1zZWVu and {SECRET}\x1b[2J" + "x" * 1000)
    assert said.startswith("no: Basic *** and ***\\x1b[2Jxxx")
    assert len(said) == 300
