"""One conversation with each stand-in, and with a real server where `ES_URL` names one.

`ES_URL=http://localhost:9200 pytest cowrie_assets_tests/publishing/test_servers.py`

`ES_URL` is the URL of an Elasticsearch (8 or 9) or OpenSearch (2 or 3) whose reports may be deleted: every index and
template named `cowrie.reports.*` goes before and after. `ES_USER` and `ES_PASSWORD`, or `ES_API_KEY`, hold credentials,
`ES_CA_CERTS` the path of a certificate authority.
"""

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from cowrie_assets.publishing import index_definitions
from cowrie_assets.publishing.connecting import connect
from cowrie_assets.publishing.destination import Destination
from cowrie_assets.publishing.documents import index_document
from cowrie_assets.publishing.patience import Patience
from cowrie_assets.publishing.sending import send
from cowrie_assets.publishing.server import SearchServer, ServerError
from cowrie_assets.publishing.setup import SetupError, findings, server_version, set_up
from cowrie_assets.reports.document import ReportDocument
from cowrie_assets.reports.periods import REPORT_TYPES
from cowrie_assets_tests.publishing.conftest import VERSIONS, House, connected, document
from cowrie_assets_tests.publishing.stand_in import StandIn, running
from cowrie_assets_tests.publishing.test_templates import hostile_document

T1, T2 = 10**15, 2 * 10**15


def destination(product: str) -> Destination:
    ca_certs = os.environ.get("ES_CA_CERTS")
    return Destination(
        product,  # type: ignore[arg-type]
        (os.environ["ES_URL"],),
        api_key="env:ES_API_KEY" if "ES_API_KEY" in os.environ else None,
        user=os.environ.get("ES_USER"),
        password="env:ES_PASSWORD" if "ES_PASSWORD" in os.environ else None,
        ca_certs=Path(ca_certs) if ca_certs else None,
    )


def connect_to_real() -> SearchServer:
    server = connect(destination("opensearch"))
    try:
        server_version(server)
    except SetupError:
        server = connect(destination("elasticsearch"))
    return server


@pytest.fixture(params=["elasticsearch", "opensearch", "real"])
def server(request: pytest.FixtureRequest) -> Iterator[SearchServer]:
    if request.param != "real":
        with running(StandIn(request.param, VERSIONS[request.param])) as stand_in:
            yield connected(stand_in)
        return
    if "ES_URL" not in os.environ:
        pytest.skip("ES_URL names no server to test with")
    server = connect_to_real()
    clean(server)
    yield server
    clean(server)
    server.close()


def clean(server: SearchServer) -> None:
    policies = "/_ilm/policy" if server.product == "elasticsearch" else "/_plugins/_ism/policies"
    for report_type in REPORT_TYPES:
        for index in server.call("GET", f"/{index_definitions.index_pattern(report_type)}/_mapping", absent_ok=True):
            server.call("DELETE", f"/{index}")
        server.call("DELETE", f"/_index_template/{index_definitions.policy_name(report_type)}", absent_ok=True)
        server.call("DELETE", f"{policies}/{index_definitions.policy_name(report_type)}", absent_ok=True)


def generated(server: SearchServer) -> dict[str, list[str]]:
    """`generated_at` of every copy, by id."""
    server.call("POST", "/cowrie.reports.*/_refresh")
    found: dict[str, list[str]] = {}
    for hit in server.call("POST", "/cowrie.reports.*/_search", {"size": 1000})["hits"]["hits"]:
        found.setdefault(hit["_id"], []).append(hit["_source"]["generated_at"])
    return found


def test_set_up_publish_roll_over_publish_again(server: SearchServer, sqlite_house: House) -> None:
    sqlite_house.write("2026-08-30", T1)
    assert not sqlite_house.publish(server).succeeded
    set_up(server)
    assert findings(server) == []
    assert set_up(server) == []
    assert sqlite_house.publish(server).published == 2
    server.call("POST", "/cowrie.reports.daily-write/_rollover")
    sqlite_house.write("2026-08-30", T2)
    sqlite_house.write("2026-08-31", T2)
    assert sqlite_house.publish(server).published == 4
    assert generated(server) == {each: [time] for each, time in sqlite_house.expected().items()}
    assert findings(server) == []


def test_what_differs_is_found_and_mended(server: SearchServer) -> None:
    set_up(server)
    name = index_definitions.policy_name("weekly")
    server.call("DELETE", f"/_index_template/{name}")
    server.call("DELETE", f"/{index_definitions.first_index('monthly')}")
    assert [each.subject for each in findings(server)] == [
        f"index template {name}",
        "alias cowrie.reports.monthly-write",
    ]
    set_up(server)
    assert findings(server) == []


def test_full_and_hostile_documents_are_taken(server: SearchServer, full_documents: list[ReportDocument]) -> None:
    set_up(server)
    documents = [index_document(each) for each in full_documents]
    documents.append(index_document(hostile_document()))
    sent = send(server, documents, Patience())
    assert (sent.refused, sent.error) == ({}, None)
    assert generated(server).keys() == {each.id for each in documents}
    large = index_document({**full_documents[0], "sensor": "hp-large", "padding": "x" * 6_000_000})
    assert send(server, [large], Patience()).confirmed == {large.id}


def test_one_bad_document_is_refused_alone(server: SearchServer) -> None:
    set_up(server)
    bad = index_document({**document("daily", "2026-08-31", "hp-1", T1), "sensor": "hp-bad", "complete": "perhaps"})
    good = index_document({**document("daily", "2026-08-31", "hp-1", T1), "sensor": "hp-good"})
    sent = send(server, [bad, good], Patience())
    assert sent.confirmed == {good.id}
    assert "complete" in sent.refused[bad.id]


def test_a_wrong_password_is_told(server: SearchServer, monkeypatch: pytest.MonkeyPatch) -> None:
    if "ES_PASSWORD" not in os.environ:
        pytest.skip("only where a real server asks for a password")
    monkeypatch.setenv("ES_PASSWORD", "wrong")
    with pytest.raises(ServerError, match="answered 401"):
        connect(destination(server.product)).call("GET", "/")
