"""The stand-in behaves as the official clients demand: what they refuse of it, they would refuse of a wrong server."""

import json
from http.client import HTTPConnection

import pytest
from elasticsearch import (
    ApiError,
    AuthenticationException,
    Elasticsearch,
    NotFoundError,
    TransportError,
    UnsupportedProductError,
)
from elasticsearch.helpers import bulk
from opensearchpy import OpenSearch

from cowrie_assets_tests.publishing.conftest import connected
from cowrie_assets_tests.publishing.stand_in import Fault, StandIn, running

MAPPINGS = {"dynamic": "false", "properties": {"n": {"type": "long"}, "at": {"type": "date"}, "k": {"type": "keyword"}}}


@pytest.fixture
def client(elastic: StandIn) -> Elasticsearch:
    client = Elasticsearch(elastic.url, max_retries=0, request_timeout=120)
    client.indices.put_index_template(
        name="t", index_patterns=["t-*"], template={"mappings": MAPPINGS, "settings": {"number_of_shards": 1}}
    )
    client.indices.create(index="t-000001", aliases={"t-write": {"is_write_index": True}})
    return client


def test_the_client_accepts_it_only_for_its_product_header(elastic: StandIn) -> None:
    assert Elasticsearch(elastic.url).info()["version"]["number"] == "8.19.3"
    elastic.names_itself = False
    with pytest.raises(UnsupportedProductError):
        Elasticsearch(elastic.url).info()


def test_an_opensearch_is_none_to_the_elasticsearch_client() -> None:
    with running(StandIn("opensearch", "2.19.1")) as stand_in:
        assert OpenSearch(stand_in.url).info()["version"]["distribution"] == "opensearch"
        with pytest.raises(UnsupportedProductError):
            Elasticsearch(stand_in.url).info()
        with pytest.raises(ApiError, match="406"):
            Elasticsearch(stand_in.url).bulk(operations=[{"index": {"_index": "a"}}, {}])


def test_the_clients_own_helpers_work_on_it(client: Elasticsearch, elastic: StandIn) -> None:
    actions = [{"_index": "t-write", "_id": str(n), "n": n, "at": "2026-09-01", "more": {"x": 1}} for n in range(5)]
    assert bulk(client, actions) == (5, [])
    assert elastic.requests[-1] == ("PUT", "/_bulk")
    assert client.count(index="t-*")["count"] == 0
    client.indices.refresh(index="t-*")
    assert client.count(index="t-*")["count"] == 5
    found = client.search(index="t-*", query={"ids": {"values": ["1", "3", "9"]}})
    assert sorted((hit["_id"], hit["_index"]) for hit in found["hits"]["hits"]) == [
        ("1", "t-000001"),
        ("3", "t-000001"),
    ]


def test_each_item_has_its_own_result(client: Elasticsearch) -> None:
    def index(**about: object) -> dict[str, object]:
        return {"index": {"_index": "t-write", **about}}

    answer = client.bulk(
        operations=[
            *(index(_id="good"), {"n": 1}),
            *(index(_id="text in a number"), {"n": "many"}),
            *(index(_id="no day"), {"at": "2026-13-01"}),
            *(index(_id="object in a keyword"), {"k": {"a": 1}}),
            *(index(_id="long term"), {"k": "x" * 40_000}),
            *({"index": {"_index": "u-write", "_id": "no alias", "require_alias": True}}, {"n": 1}),
            {"delete": {"_index": "t-000001", "_id": "never there"}},
        ]
    )
    results = [next(iter(item.values())) for item in answer["items"]]
    assert answer["errors"]
    assert [result["status"] for result in results] == [201, 400, 400, 400, 400, 404, 404]
    assert results[1]["error"]["type"] == "document_parsing_exception"
    assert results[5]["error"]["type"] == "index_not_found_exception"
    assert "error" not in results[6]


def test_an_id_that_is_too_long_spoils_the_whole_request(client: Elasticsearch, elastic: StandIn) -> None:
    too_long = {"index": {"_index": "t-write", "_id": "x" * 513}}
    with pytest.raises(ApiError, match="must be no longer than 512 bytes"):
        client.bulk(operations=[{"index": {"_index": "t-write", "_id": "good"}}, {"n": 1}, too_long, {"n": 1}])
    assert elastic.documents() == {}


def test_a_rollover_moves_the_alias(client: Elasticsearch) -> None:
    client.bulk(operations=[{"index": {"_index": "t-write", "_id": "1"}}, {"n": 1}])
    client.indices.rollover(alias="t-write")
    client.bulk(operations=[{"index": {"_index": "t-write", "_id": "1"}}, {"n": 2}])
    client.indices.refresh(index="t-*")
    assert client.count(index="t-*")["count"] == 2, "the trap of a fixed id behind a rollover"
    assert client.indices.get_alias(name="t-write")["t-000001"]["aliases"]["t-write"] == {"is_write_index": False}
    assert client.indices.get_mapping(index="t-000002")["t-000002"]["mappings"] == MAPPINGS


def test_what_is_not_there_is_404(client: Elasticsearch) -> None:
    for ask in (
        lambda: client.indices.get_alias(name="nobody"),
        lambda: client.indices.get_index_template(name="nobody"),
        lambda: client.ilm.get_lifecycle(name="nobody"),
        lambda: client.search(index="nobody"),
    ):
        with pytest.raises(NotFoundError):
            ask()


def test_a_type_that_no_server_knows_and_a_changed_type_are_refused(client: Elasticsearch) -> None:
    with pytest.raises(ApiError, match="No handler for type"):
        client.indices.put_mapping(index="t-000001", properties={"x": {"type": "flat_object"}})
    with pytest.raises(ApiError, match="cannot be changed"):
        client.indices.put_mapping(index="t-000001", properties={"n": {"type": "keyword"}})


def test_authentication_is_what_the_clients_send(elastic: StandIn) -> None:
    elastic.authorization = "ApiKey bXkta2V5"
    assert Elasticsearch(elastic.url, api_key="bXkta2V5").info()
    with pytest.raises(AuthenticationException):
        Elasticsearch(elastic.url, basic_auth=("elastic", "x")).info()
    elastic.demand_user("elastic", "x")
    assert Elasticsearch(elastic.url, basic_auth=("elastic", "x")).info()
    assert OpenSearch(elastic.url, http_auth=("elastic", "x")).info()


def test_media_types_are_looked_at(elastic: StandIn) -> None:
    connection = HTTPConnection(elastic.url.removeprefix("http://"))
    body = b'{"index":{"_index":"a","_id":"1"}}\n{}'
    for kind, status in (("compatible-with=8", 400), ("compatible-with=7", 406)):
        headers = {"content-type": f"application/vnd.elasticsearch+x-ndjson; {kind}"}
        connection.request("PUT", "/_bulk", body=body, headers=headers)
        answer = connection.getresponse()
        text = json.loads(answer.read())
        assert (answer.status, text["status"]) == (status, status)
        assert answer.headers["x-elastic-product"] == "Elasticsearch"


def test_an_ism_policy_is_changed_by_who_knows_its_version() -> None:
    with running(StandIn("opensearch", "2.19.1")) as stand_in:
        server = connected(stand_in)
        policy = {"policy": {"states": []}}
        server.call("PUT", "/_plugins/_ism/policies/p", policy)
        with pytest.raises(Exception, match="409"):
            server.call("PUT", "/_plugins/_ism/policies/p", policy)
        assert server.call("GET", "/_plugins/_ism/policies/p")["_seq_no"] == 1


@pytest.mark.parametrize(
    ("fault", "seen"),
    [
        (Fault("refuse"), "ConnectionError"),
        (Fault("lost"), "ConnectionError"),
        (Fault("cut"), "ConnectionError"),
        (Fault("slow"), "ConnectionTimeout"),
        (Fault("garbage"), "TextApiResponse"),
        (Fault("status", 429, (("Retry-After", "7"),)), "ApiError"),
    ],
)
def test_faults_are_what_the_client_sees(elastic: StandIn, fault: Fault, seen: str) -> None:
    client = Elasticsearch(elastic.url, max_retries=0, request_timeout=120)
    elastic.faults = [fault]
    try:
        what: object = client.options(request_timeout=0.1 if fault.kind == "slow" else 120).info()
    except (ApiError, TransportError) as error:
        what = error
    assert type(what).__name__ == seen
    assert client.info()["name"] == "stand-in"
