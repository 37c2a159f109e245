"""The tools: what `status`, `report`, `find` and `session` tell, techniques, campaigns and indicators, in transactions
that cannot write."""

import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import asdict, replace
from functools import partial
from heapq import nlargest
from typing import Annotated, Any, Literal, TypeVar

from mcp.server.mcpserver import MCPServer
from mcp.server.mcpserver.exceptions import ToolError
from mcp_types import ToolAnnotations
from pydantic import Field
from sqlalchemy import Connection

from cowrie_assets import __version__
from cowrie_assets.campaigns.listing import campaign as campaign_of
from cowrie_assets.campaigns.listing import campaigns as list_campaigns
from cowrie_assets.campaigns.listing import document_of as campaigns_document
from cowrie_assets.campaigns.longtail import document_of as longtail_document
from cowrie_assets.campaigns.longtail import longtail
from cowrie_assets.campaigns.snowshoe import document_of as snowshoes_document
from cowrie_assets.campaigns.snowshoe import snowshoes
from cowrie_assets.campaigns.window import Window, window_of
from cowrie_assets.clock import now_us
from cowrie_assets.errors import UserError
from cowrie_assets.finding.find import document_of, find, masks_of_passwords
from cowrie_assets.finding.readings import Kind
from cowrie_assets.finding.session import document_of as session_document
from cowrie_assets.finding.session import story_of
from cowrie_assets.finding.techniques import techniques_of_days
from cowrie_assets.indicators.collecting import Wanted, indicators
from cowrie_assets.indicators.documents import as_document
from cowrie_assets.indicators.indicator import HIGHEST, IndicatorType
from cowrie_assets.mcp_server.bounded import MOST_ITEMS, NOTICE, answer_of
from cowrie_assets.operations.status import document_of as status_document
from cowrie_assets.operations.status import status as status_of
from cowrie_assets.printable import printable
from cowrie_assets.reports.document import build_report
from cowrie_assets.reports.periods import Period, PeriodError, ReportType, parse_period
from cowrie_assets.reports.render.masked_pages import mask_session
from cowrie_assets.reports.render.masking import masks_of, passwords_of, redacted
from cowrie_assets.reports.sensors import sensor_id
from cowrie_assets.settings import Settings
from cowrie_assets.warehouse.engine import Warehouse

ANSWERS_WITHIN = 30.0
"""Seconds."""
_INSTRUCTIONS = (
    "Tools over the database of a Cowrie honeypot (SSH and telnet). Begin with `status`: which days and sensors there"
    " are. `report` counts a day, week or month; `find` tells all that is known of one value; `session` tells one"
    f" session event by event. Times are UTC. Nothing can be changed. {NOTICE}"
)
_READS = ToolAnnotations(read_only_hint=True, idempotent_hint=True, open_world_hint=False)
_PERIODS: dict[ReportType, re.Pattern[str]] = {
    "daily": re.compile(r"\d{4}-\d\d-\d\d"),
    "weekly": re.compile(r"\d{4}-W\d\d"),
    "monthly": re.compile(r"\d{4}-\d\d"),
}
_FEWEST_EVENTS = 5
_Function = TypeVar("_Function", bound=Callable[..., str])
PeriodLabel = Annotated[str, Field(max_length=10, description="2026-08-31, 2026-W36 or 2026-08")]
Sensor = Annotated[str | None, Field(max_length=256, description="The name of one sensor; without it, all of them.")]
TypeName = Literal["ipv4", "ipv6", "domain", "url", "endpoint", "sha256", "ssh_key", "wallet"]
Since = Annotated[str | None, Field(max_length=10, description="The first UTC day")]
Until = Annotated[
    str | None, Field(max_length=10, description="The last UTC day; without it, that of the newest session")
]
KindName = Literal[
    "address",
    "network",
    "file",
    "url",
    "host",
    "hassh",
    "credential",
    "username",
    "password",
    "command",
    "normal_form",
    "session",
    "technique",
    "campaign",
    "ssh_key",
    "wallet",
    "endpoint",
]


def server_of(warehouse: Warehouse, settings: Settings) -> MCPServer[Any]:
    """A server over `warehouse`, which is to be open with `answers_within`."""
    server: MCPServer[Any] = MCPServer(
        "cowrie-assets", title="Cowrie honeypot", version=__version__, instructions=_INSTRUCTIONS, log_level="WARNING"
    )
    tool = _tool_of(server)

    @tool()
    def status() -> str:
        """What the database holds: sensors, logs, events, sessions, first and last day, what is not yet summarised."""
        with _told():
            return answer_of(status_document(status_of(warehouse, settings.registry)))

    @tool()
    def report(period: PeriodLabel, sensor: Sensor = None) -> str:
        """The report of a UTC day, ISO week or month: sessions, credentials, commands, files, sources, what is new,
        what changed, alerts, sessions to look at."""
        with _told(), warehouse.read() as connection:
            document = build_report(
                connection,
                _period(period),
                sensor,
                look_back_days=settings.new_look_back_days,
                without_known_scanners=settings.hide_known_scanners,
                now_us=now_us(),
            )
        masks = masks_of(passwords_of(document)) if settings.mask_passwords else {}
        return answer_of(_masked(document, masks))

    @tool(name="find")
    def find_value(
        value: Annotated[
            str,
            Field(
                max_length=65_536,
                description="An address, a network, the SHA-256 of a file, a url, a host, a HASSH, user:password, a"
                " user name, a password, a command as it was typed or its normal form, a session's or a campaign's"
                " id, a technique's (T1059.004), the fingerprint of an SSH key, a wallet, or host:port",
            ),
        ],
        kind: Annotated[KindName | None, Field(description="What it is; without it, all that it may be.")] = None,
    ) -> str:
        """All that is known of one value: first and last day, sensors, sessions, what was seen with it, what services
        say of it, where it is."""
        with _told(), warehouse.read() as connection:
            found = find(connection, value, None if kind is None else Kind(kind))
        masks = masks_of_passwords(found) if settings.mask_passwords else {}
        return answer_of(_masked(document_of(value, found), masks))

    @tool()
    def session(
        session_id: Annotated[str, Field(max_length=256)],
        sensor: Sensor = None,
        events: Annotated[
            int, Field(ge=_FEWEST_EVENTS, le=MOST_ITEMS, description="Of a longer session so many.")
        ] = 50,
    ) -> str:
        """What one session did, event by event. Needs the sensor where several have a session of this id."""
        with _told(), warehouse.read() as connection:
            story = story_of(connection, session_id, sensor, events)
        if settings.mask_passwords:
            story = replace(story, page=mask_session(story.page))
        return answer_of(session_document(story))

    @tool()
    def techniques(period: PeriodLabel, sensor: Sensor = None) -> str:
        """The techniques of MITRE ATT&CK that sessions of a UTC day, ISO week or month showed: of each, in how many,
        and one of them. `session` tells which rule says so of a session, and by which command."""
        with _told(), warehouse.read() as connection:
            days = _period(period)
            found = techniques_of_days(connection, days.start, days.last_day, sensor_id(connection, sensor))
        return answer_of([asdict(each) for each in found])

    @tool()
    def campaigns(
        campaign_id: Annotated[
            str | None, Field(max_length=64, description="One campaign; without it, the largest are listed.")
        ] = None,
        since: Annotated[
            str | None, Field(max_length=10, description="A UTC day: those that had a session since, 2026-08-31")
        ] = None,
    ) -> str:
        """Sessions that belong together, across sensors and days: the largest campaigns, or one with what is known of
        it: what it typed, keys, hosts, files, techniques, addresses, countries, what became of it."""
        with _told(), warehouse.read() as connection:
            if campaign_id is None:
                since_us = None if since is None else parse_period("daily", since).start_us
                listed = list_campaigns(connection, most=MOST_ITEMS // 2, since_us=since_us)
                return answer_of(campaigns_document(listed))
            told = campaign_of(connection, campaign_id)
        if told is None:
            raise ToolError(f"there is no campaign {printable(campaign_id)}: `campaigns` lists those there are")
        if settings.mask_passwords and "credential" in told.marks:
            hidden = [replace(each, value=f"{each.value.partition(':')[0]}:***") for each in told.marks["credential"]]
            told = replace(told, marks={**told.marks, "credential": hidden})
        return answer_of(campaigns_document(told))

    @tool(name="indicators")
    def shared_values(
        since: Annotated[str | None, Field(max_length=10, description="Seen on this UTC day or later")] = None,
        until: Annotated[str | None, Field(max_length=10, description="Seen on this UTC day or before")] = None,
        type: Annotated[TypeName | None, Field(description="Of one type; without it, of all.")] = None,
        min_confidence: Annotated[int, Field(ge=0, le=HIGHEST, description="As sure as that, or surer.")] = 50,
        sensor: Sensor = None,
    ) -> str:
        """What is worth sharing: addresses, domains, urls, endpoints, files, SSH keys and wallets of attackers, each
        with how sure it is and why, until when it holds, and its campaign; the surest first, of these the newest."""
        with _told(), warehouse.read() as connection:
            wanted = Wanted(
                None if since is None else parse_period("daily", since).start,
                None if until is None else parse_period("daily", until).start,
                frozenset(IndicatorType) if type is None else frozenset({IndicatorType(type)}),
                min_confidence,
                sensor_id(connection, sensor),
            )
            found = nlargest(MOST_ITEMS, indicators(connection, wanted), lambda each: (each.confidence, each.last_seen))
        return answer_of([as_document(each) for each in found])

    _add_rare(server, warehouse)
    return server


def _tool_of(server: MCPServer[Any]) -> Callable[..., Callable[[_Function], _Function]]:
    """The decorator of tools: an answer is one text, for a structured one beside it would tell all of it twice."""
    return partial(server.tool, annotations=_READS, structured_output=False)


def _add_rare(server: MCPServer[Any], warehouse: Warehouse) -> None:
    """Add the tools that look for what does not stand out."""
    tool = _tool_of(server)

    @tool(name="snowshoes")
    def spread_thin(since: Since = None, until: Until = None, sensor: Sensor = None) -> str:
        """Campaigns that spread over many addresses, each of which came once or twice: with a score, its reasons,
        networks, autonomous systems, countries, and one session; the last seven days unless told otherwise."""
        with _told(), warehouse.read() as connection:
            window = _window(connection, since, until, sensor)
            return answer_of(snowshoes_document(snowshoes(connection, window, MOST_ITEMS // 5), window))

    @tool(name="longtail")
    def rare_sessions(since: Since = None, until: Until = None, sensor: Sensor = None) -> str:
        """Sessions that did what few sessions ever did: with a score, its reasons, and what was rare; the last seven
        days unless told otherwise. `session` tells what one did."""
        with _told(), warehouse.read() as connection:
            window = _window(connection, since, until, sensor)
            return answer_of(longtail_document(longtail(connection, window, MOST_ITEMS // 5), window))


def _window(connection: Connection, since: str | None, until: str | None, sensor: str | None) -> Window:
    first, last = (None if label is None else parse_period("daily", label).start for label in (since, until))
    return window_of(connection, first, last, sensor_id(connection, sensor))


@contextmanager
def _told() -> Iterator[None]:
    """Have an error that the user can do something about reach the assistant as its sentence, and no other."""
    try:
        yield
    except UserError as error:
        raise ToolError(printable(str(error))) from None


def _period(label: str) -> Period:
    for report_type, form in _PERIODS.items():
        if form.fullmatch(label):
            return parse_period(report_type, label)
    raise PeriodError("a period is written 2026-08-31, 2026-W36 or 2026-08")


def _masked(value: Any, masks: dict[str, str]) -> Any:  # noqa: ANN401  (a JSON document, or a part of one)
    """A copy in which no password stands, wherever it stood."""
    match value:
        case str():
            return redacted(value, masks)
        case dict():
            return {name: _masked(each, masks) for name, each in value.items()}
        case list() | tuple():
            return [_masked(each, masks) for each in value]
        case _:
            return value
