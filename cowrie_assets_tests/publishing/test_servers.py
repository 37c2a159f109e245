"""One conversation with each stand-in and with real servers: those that the tests start, and what `ES_URL` names.

`ES_URL=http://localhost:9200 pytest cowrie_assets_tests/publishing/test_servers.py`

`ES_URL` is the URL of an Elasticsearch (8 or 9) or OpenSearch (2 or 3) whose reports may be deleted: every index and
template named `cowrie.reports.*` goes before and after. `ES_USER` and `ES_PASSWORD`, or `ES_API_KEY`, hold credentials,
`ES_CA_CERTS` the path of a certificate authority.
"""

import os
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing, contextmanager
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from cowrie_assets.publishing import index_definitions
from cowrie_assets.publishing.connecting import connect
from cowrie_assets.publishing.destination import Destination
from cowrie_assets.publishing.documents import index_document
from cowrie_assets.publishing.patience import Patience
from cowrie_assets.publishing.publication import PublicationResult, publish_pending
from cowrie_assets.publishing.sending import BATCH_DOCUMENTS, send
from cowrie_assets.publishing.server import Json, SearchServer, ServerError
from cowrie_assets.publishing.setup import SetupError, findings, has_lifecycles, require_ready, server_version, set_up
from cowrie_assets.reports.document import ReportDocument
from cowrie_assets.reports.periods import REPORT_TYPES
from cowrie_assets_tests.publishing.conftest import VERSIONS, House, connected, document
from cowrie_assets_tests.publishing.conversation import ALIAS, DAILY, answered, conversation, essence
from cowrie_assets_tests.publishing.search_server.node import (
    FULL_DISK,
    WATCHED_DISK,
    NoServerError,
    Release,
    SearchNode,
    running_node,
)
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


def releases() -> list[Any]:
    """Releases that the tests start: OpenSearch 2 each time, and the others in the soak, for each start costs eight
    seconds of a processor."""
    known = [
        Release("opensearch", "2.19.6", 11),
        Release("opensearch", "3.9.0", 21),
        Release("elasticsearch", "8.19.3", 17),
        Release("elasticsearch", "9.2.8", 21),
    ]
    always = known[0]
    return [
        pytest.param(
            release,
            id=f"{release.product}-{release.version}",
            marks=[pytest.mark.search_server] + ([] if release is always else [pytest.mark.soak]),
        )
        for release in known
    ]


def destination_of(node: SearchNode) -> Destination:
    return Destination(node.release.product, (node.url,))


@pytest.fixture(scope="module")
def started(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Callable[[Release], SearchNode]]:
    """A real node of each release that is asked for, one for all tests."""
    with ExitStack() as nodes:

        @cache
        def node(release: Release) -> SearchNode | NoServerError:
            try:
                return nodes.enter_context(running_node(release, tmp_path_factory.mktemp("node")))
            except NoServerError as error:
                return error

        def start(release: Release) -> SearchNode:
            found = node(release)
            if isinstance(found, NoServerError):
                pytest.skip(str(found))
            return found

        yield start


@pytest.fixture(params=releases())
def node(request: pytest.FixtureRequest, started: Callable[[Release], SearchNode]) -> SearchNode:
    """A real server, which a test may kill."""
    return started(request.param)


@contextmanager
def emptied(server: SearchServer) -> Iterator[SearchServer]:
    with closing(server):
        clean(server)
        yield server


@pytest.fixture
def real(node: SearchNode) -> Iterator[SearchServer]:
    """A connection to it; it holds nothing."""
    with emptied(connect(destination_of(node))) as server:
        yield server


@pytest.fixture(params=["elasticsearch", "opensearch", *releases(), "named"])
def server(request: pytest.FixtureRequest, started: Callable[[Release], SearchNode]) -> Iterator[SearchServer]:
    if request.param in VERSIONS:
        with running(StandIn(request.param, VERSIONS[request.param])) as stand_in:
            yield connected(stand_in)
    elif isinstance(request.param, Release):
        with emptied(connect(destination_of(started(request.param)))) as server:
            yield server
    elif "ES_URL" not in os.environ:
        pytest.skip("ES_URL names no server to test with")
    else:
        with emptied(connect_to_real()) as named:
            yield named
            clean(named)


def clean(server: SearchServer) -> None:
    policies = "/_ilm/policy" if server.product == "elasticsearch" else "/_plugins/_ism/policies"
    every = {"expand_wildcards": "all"}
    lifecycles = has_lifecycles(server)
    for report_type in REPORT_TYPES:
        pattern, name = index_definitions.index_pattern(report_type), index_definitions.policy_name(report_type)
        for index in server.call("GET", f"/{pattern}/_mapping", params=every, absent_ok=True):
            server.call("DELETE", f"/{index}")
        server.call("DELETE", f"/_index_template/{name}", absent_ok=True)
        if lifecycles:
            server.call("DELETE", f"{policies}/{name}", absent_ok=True)


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


# ------------------------------------------------------------------------------------- what only a real server can show


def whole(house: House) -> dict[str, list[str]]:
    """Each document once, as it was written last."""
    return {each: [time] for each, time in house.expected().items()}


def set_blocks(server: SearchServer, index: str, **blocks: bool) -> None:
    server.call("PUT", f"/{index}/_settings", {f"index.blocks.{name}": on for name, on in blocks.items()})


def test_it_is_set_up_without_the_lifecycles_that_it_does_not_have(real: SearchServer, node: SearchNode) -> None:
    assert server_version(real) == f"{node.release.product} {node.release.version}"
    assert not has_lifecycles(real)
    assert len(set_up(real)) == 6
    assert (findings(real), set_up(real)) == ([], [])
    require_ready(real, REPORT_TYPES)


def test_killed_between_documents_it_has_each_once_when_it_is_back(
    real: SearchServer, node: SearchNode, sqlite_house: House
) -> None:
    set_up(real)
    sensors = tuple(f"hp-{number}" for number in range(BATCH_DOCUMENTS + 50))
    sqlite_house.write("2026-08-30", T1, sensors=sensors)
    restarts: list[float] = []

    class Dying:
        product, label, plain, close = real.product, real.label, real.plain, real.close
        bulks = 0

        def call(self, method: str, path: str, body: object | None = None, **more: Any) -> Json:
            self.bulks += path == "/_bulk"
            if self.bulks == 2 and not restarts:
                node.kill()
            return real.call(method, path, body, **more)

    def wait(seconds: float) -> None:
        restarts.append(seconds)
        if len(restarts) == 1:
            node.start()
        else:
            time.sleep(0.1)  # it answers 503 until it has recovered what it knew

    patience = Patience(attempts=100, sleep=wait)
    result = publish_pending(sqlite_house.warehouse, sqlite_house.settings, Dying(), patience=patience)
    assert (result.published, result.error) == (len(sensors) + 1, None)
    assert restarts
    assert generated(real) == whole(sqlite_house)
    assert real.call("POST", "/cowrie.reports.*/_count")["count"] == len(sensors) + 1


def published_around(house: House, server: SearchServer, index: str, **blocks: bool) -> PublicationResult:
    """What a publishing gave while the index was blocked; what it left is published when it is not any more."""
    set_blocks(server, index, **blocks)
    try:
        blocked = house.publish(server)
    finally:
        set_blocks(server, index, **dict.fromkeys(blocks, False))
    assert house.publish(server).succeeded
    assert generated(server) == whole(house)
    return blocked


def test_a_full_disk_is_waited_for(real: SearchServer, sqlite_house: House) -> None:
    set_up(real)
    sqlite_house.write("2026-08-30", T1)
    blocked = published_around(sqlite_house, real, DAILY, read_only_allow_delete=True)
    assert (blocked.published, blocked.refused) == (0, {})
    assert "flood-stage watermark" in (blocked.error or "")


def test_an_index_that_was_made_read_only_keeps_its_corrections_out_and_nothing_else(
    real: SearchServer, sqlite_house: House
) -> None:
    set_up(real)
    sqlite_house.write("2026-08-30", T1)
    assert sqlite_house.publish(real).succeeded
    real.call("POST", f"/{ALIAS}/_rollover")
    sqlite_house.write("2026-08-30", T2)
    sqlite_house.write("2026-08-31", T2)
    blocked = published_around(sqlite_house, real, DAILY, write=True)
    assert (blocked.published, blocked.error) == (2, None)
    assert {key.period for key in blocked.refused} == {"2026-08-30"}
    assert all("index write (api)" in reason for reason in blocked.refused.values())


def test_an_index_that_has_the_name_of_the_alias_is_told(server: SearchServer, sqlite_house: House) -> None:
    server.call("PUT", f"/{ALIAS}", {})
    sqlite_house.write("2026-08-30", T1)
    assert "run `cowrie-assets publication setup`" in (sqlite_house.publish(server).error or "")
    with pytest.raises(SetupError, match=f"has an index of that name: delete it with DELETE /{ALIAS}"):
        set_up(server)
    assert f"alias {ALIAS} is the name of an index, which has to be deleted" in map(str, findings(server))
    server.call("DELETE", f"/{ALIAS}")
    set_up(server)
    assert findings(server) == []
    assert sqlite_house.publish(server).succeeded
    assert generated(server) == whole(sqlite_house)


def test_a_lost_alias_goes_to_the_newest_index_of_ours(server: SearchServer) -> None:
    set_up(server)
    server.call("POST", f"/{ALIAS}/_rollover")
    server.call("PUT", "/cowrie.reports.daily-restored", {})
    server.call("POST", "/_aliases", {"actions": [{"remove": {"index": "cowrie.reports.daily-*", "alias": ALIAS}}]})
    assert set_up(server) == [f"alias {ALIAS} set to cowrie.reports.daily-000002"]


def test_a_closed_index_is_not_looked_into(server: SearchServer, sqlite_house: House) -> None:
    """What it holds stands in the open one too where it is written anew, until it is open and written again."""
    set_up(server)
    sqlite_house.write("2026-08-30", T1)
    assert sqlite_house.publish(server).succeeded
    server.call("POST", f"/{ALIAS}/_rollover")
    server.call("POST", f"/{DAILY}/_close")
    assert findings(server) == []
    sqlite_house.write("2026-08-30", T2)
    assert sqlite_house.publish(server).published == 2
    server.call("POST", f"/{DAILY}/_open")
    assert {len(copies) for copies in generated(server).values()} == {2}
    sqlite_house.write("2026-08-30", T2 + 10**6)
    assert sqlite_house.publish(server).published == 2
    assert generated(server) == whole(sqlite_house)


def wait_until(server: SearchServer, index: str, *, blocked: bool) -> None:
    """A server looks at its disk every ten seconds here."""
    server.call("GET", "/_cluster/health", params={"wait_for_status": "yellow", "timeout": "15s"})
    for _ in range(240):
        settings = server.call("GET", f"/{index}/_settings")[index]["settings"]["index"]
        if ("read_only_allow_delete" in settings.get("blocks", {})) == blocked:
            return
        time.sleep(0.5)
    raise AssertionError(f"{index} is {'not' if blocked else 'still'} blocked")


@pytest.mark.soak
def test_a_disk_that_is_full_blocks_and_frees_by_itself(
    real: SearchServer, node: SearchNode, sqlite_house: House
) -> None:
    set_up(real)
    sqlite_house.write("2026-08-30", T1)
    node.kill()
    node.start(FULL_DISK)
    wait_until(real, DAILY, blocked=True)
    blocked = sqlite_house.publish(real)
    assert (blocked.published, "flood-stage watermark" in (blocked.error or "")) == (0, True)
    node.kill()
    node.start(WATCHED_DISK)
    wait_until(real, DAILY, blocked=False)
    assert sqlite_house.publish(real).succeeded
    assert generated(real) == whole(sqlite_house)


@pytest.mark.parametrize("release", releases())
def test_the_stand_in_answers_as_the_server_does(release: Release, started: Callable[[Release], SearchNode]) -> None:
    node = started(release)
    with emptied(connect(destination_of(node))):
        pass
    stand_in = StandIn(release.product, release.version)
    stand_in.keeps_lifecycles = False
    with running(stand_in):
        for asked in conversation(release.product):
            seen = essence(answered(node.url, asked))
            assert (asked, essence(answered(stand_in.url, asked))) == (asked, seen)
