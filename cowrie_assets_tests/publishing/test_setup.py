"""Setting a server up, finding what differs, and refusing to write where documents would not fit."""

import contextlib

import pytest

from cowrie_assets.publishing import index_definitions
from cowrie_assets.publishing.connecting import connect
from cowrie_assets.publishing.destination import Destination
from cowrie_assets.publishing.documents import index_document
from cowrie_assets.publishing.sending import send
from cowrie_assets.publishing.server import ServerError
from cowrie_assets.publishing.setup import SetupError, findings, require_ready, server_version, set_up
from cowrie_assets.reports.periods import REPORT_TYPES
from cowrie_assets_tests.publishing.conftest import AT_ONCE, House, connected, document
from cowrie_assets_tests.publishing.stand_in import Fault, StandIn

DAILY = "cowrie.reports.daily-000001"


def test_setup_makes_everything_once(stand_in: StandIn) -> None:
    server = connected(stand_in)
    assert len(findings(server)) == 9
    done = set_up(server)
    assert len(done) == 9
    assert findings(server) == []
    require_ready(server, REPORT_TYPES)
    stand_in.requests.clear()
    assert set_up(server) == []
    assert {method for method, _ in stand_in.requests} == {"GET"}
    index = stand_in.indices[DAILY]
    assert index.aliases == {"cowrie.reports.daily-write": {"is_write_index": True}}
    assert index.settings["index"]["number_of_replicas"] == 0


def test_what_an_operator_changed_is_told_and_mended(stand_in: StandIn) -> None:
    server = connected(stand_in)
    set_up(server)
    template = index_definitions.index_template(server.product, "weekly")
    template["template"]["settings"]["index"]["number_of_shards"] = 5
    server.call("PUT", "/_index_template/cowrie.reports.weekly", template)
    del stand_in.policies["cowrie.reports.monthly"]
    del stand_in.indices[DAILY].mappings["properties"]["commands"]["properties"]["total"]
    assert [str(each) for each in findings(server)] == [
        f"index {DAILY} differs in commands.total.type",
        "index template cowrie.reports.weekly differs in template.settings.index.number_of_shards",
        "lifecycle policy cowrie.reports.monthly is missing",
    ]
    with pytest.raises(SetupError, match=r"commands.total.type.*cowrie-assets publication setup"):
        require_ready(server, ["daily"])
    assert set_up(server) == [
        f"fields of {DAILY} mended",
        "index template cowrie.reports.weekly mended",
        "lifecycle policy cowrie.reports.monthly made",
    ]
    assert findings(server) == []


def test_what_an_operator_added_stays(elastic: StandIn) -> None:
    server = connected(elastic)
    set_up(server)
    policy = index_definitions.policy("elasticsearch", "daily")["policy"]
    phases = {**policy["phases"], "delete": {"min_age": "365d", "actions": {"delete": {}}}}
    server.call("PUT", "/_ilm/policy/cowrie.reports.daily", {"policy": {"phases": phases}})
    assert findings(server) == []
    assert set_up(server) == []


def test_a_changed_ism_policy_is_mended_by_its_version(stand_in: StandIn) -> None:
    if stand_in.product != "opensearch":
        pytest.skip("lifecycle policies of Elasticsearch are replaced without asking")
    server = connected(stand_in)
    set_up(server)
    stand_in.policies["cowrie.reports.daily"]["body"]["policy"]["default_state"] = "cold"
    assert set_up(server) == ["lifecycle policy cowrie.reports.daily mended"]
    assert stand_in.policies["cowrie.reports.daily"]["version"] == 2


def test_a_lost_alias_is_set_again(elastic: StandIn) -> None:
    server = connected(elastic)
    set_up(server)
    elastic.rollover("cowrie.reports.daily-write")
    for index in elastic.indices.values():
        index.aliases.clear()
    with pytest.raises(SetupError, match=r"cowrie\.reports\.daily-write to write to"):
        require_ready(server, ["daily"])
    assert set_up(server)[0] == "alias cowrie.reports.daily-write set to cowrie.reports.daily-000002"
    assert findings(server) == []


def test_a_field_of_another_type_needs_a_new_index(elastic: StandIn) -> None:
    server = connected(elastic)
    other = {"mappings": {}, "aliases": {"cowrie.reports.daily-write": {"is_write_index": True}}}
    server.call("PUT", f"/{DAILY}", other)
    elastic.indices[DAILY].mappings = {"properties": {"complete": {"type": "keyword"}}}
    with pytest.raises(SetupError, match=r"POST /cowrie\.reports\.daily-write/_rollover"):
        set_up(server)
    elastic.rollover("cowrie.reports.daily-write")
    done = set_up(server)
    assert any(f"fields of {DAILY} stay as they are" in line for line in done)
    require_ready(server, REPORT_TYPES)


def test_the_server_is_the_one_that_is_configured(stand_in: StandIn) -> None:
    server = connected(stand_in)
    assert server_version(server) == f"{stand_in.product} {stand_in.version}"
    stand_in.version = "1.3.0"
    with pytest.raises(SetupError, match="is the oldest that fits"):
        server_version(server)


def test_another_product_is_told_by_name(elastic: StandIn) -> None:
    elastic.names_itself = False
    with pytest.raises(ServerError, match="set COWRIE_OPENSEARCH_URL"):
        server_version(connected(elastic))
    elastic.product = "opensearch"
    with pytest.raises(ServerError, match="set COWRIE_OPENSEARCH_URL"):
        server_version(connect(Destination("elasticsearch", (elastic.url,))))


def test_an_opensearch_configured_as_such_may_not_be_an_elasticsearch(elastic: StandIn) -> None:
    server = connect(Destination("opensearch", (elastic.url,)))
    with pytest.raises(SetupError, match="set COWRIE_ELASTICSEARCH_URL"):
        server_version(server)


def test_nothing_is_written_where_the_setup_is_missing(stand_in: StandIn, sqlite_house: House) -> None:
    sqlite_house.write("2026-08-31", 10**15)
    server = connected(stand_in)
    result = sqlite_house.publish(server)
    assert not result.succeeded
    assert "cowrie-assets publication setup" in (result.error or "")
    assert stand_in.indices == {}
    assert "PUT" not in {method for method, _ in stand_in.requests}
    set_up(server)
    assert sqlite_house.publish(server).published == 2


def test_an_alias_that_vanishes_at_the_last_moment_makes_no_index(stand_in: StandIn, sqlite_house: House) -> None:
    """`require_alias`: a server otherwise makes an index of the alias's name, with fields of its own guessing."""
    server = connected(stand_in)
    set_up(server)
    sqlite_house.write("2026-08-31", 10**15)
    fields_of_daily = dict(stand_in.indices)

    class Vanishing:
        product, label, plain, close = server.product, server.label, server.plain, server.close

        def call(self, method, path, body=None, **more):
            if path == "/_bulk":
                stand_in.indices.clear()
            return server.call(method, path, body, **more)

    result = sqlite_house.publish(Vanishing())
    assert (result.published, len(result.refused)) == (0, 2)
    assert stand_in.indices == {}
    stand_in.indices.update(fields_of_daily)
    assert sqlite_house.publish(server).published == 2


@pytest.mark.parametrize("fault", [Fault("refuse"), Fault("lost"), Fault("cut"), Fault("garbage"), Fault("status")])
def test_a_setup_that_failed_at_any_step_is_completed_by_the_next(
    stand_in: StandIn, fault: Fault, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("cowrie_assets.publishing.setup.REPORT_TYPES", ("daily",))
    server = connected(stand_in)
    set_up(server)
    for step in range(len(stand_in.requests)):
        stand_in.indices.clear()
        stand_in.templates.clear()
        stand_in.policies.clear()
        stand_in.faults = [None] * step + [fault]
        with contextlib.suppress(ServerError):
            set_up(server)
        stand_in.faults = []
        set_up(server)
        assert findings(server) == []


def test_documents_fit_what_was_set_up(stand_in: StandIn) -> None:
    server = connected(stand_in)
    set_up(server)
    documents = [
        index_document(document(kind, period, "hp-1", 10**15))
        for kind, period in (("daily", "2026-08-31"), ("weekly", "2026-W36"), ("monthly", "2026-08"))
    ]
    sent = send(server, documents, AT_ONCE)
    assert (len(sent.confirmed), sent.refused, sent.error) == (3, {}, None)
    assert stand_in.homes("hp-1:weekly:2026-W36") == ["cowrie.reports.weekly-000001"]
