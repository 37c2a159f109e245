"""The report document: every number of one period, for one sensor or for all. Every rendering shows just this.

Sections and keys are the data contract's "Report document", in its order; `sections/` holds a file for each.
"""

from typing import Literal, TypedDict

from sqlalchemy import Connection

from cowrie_assets.clock import iso_us
from cowrie_assets.progress import Tell, say_nothing
from cowrie_assets.reports.activity import activity
from cowrie_assets.reports.completeness import missing_days
from cowrie_assets.reports.figures import Listed, Scope
from cowrie_assets.reports.history import remember
from cowrie_assets.reports.legacy import Legacy, legacy
from cowrie_assets.reports.listed import listed
from cowrie_assets.reports.memo import Memo
from cowrie_assets.reports.periods import Period, ReportType
from cowrie_assets.reports.sections.abnormal import AbnormalSection, abnormal_section
from cowrie_assets.reports.sections.alerts import Alert, alerts_section
from cowrie_assets.reports.sections.campaigns import CampaignsSection, campaigns_section
from cowrie_assets.reports.sections.changes import ChangesSection, changes_section
from cowrie_assets.reports.sections.clients import ClientsSection, clients_section
from cowrie_assets.reports.sections.commands import CommandsSection, commands_section
from cowrie_assets.reports.sections.credentials import CredentialsSection, credentials_section
from cowrie_assets.reports.sections.enrichments import EnrichmentsSection, enrichments_section
from cowrie_assets.reports.sections.files import FilesSection, files_section
from cowrie_assets.reports.sections.heat_map import HeatMap, heat_map_section
from cowrie_assets.reports.sections.interesting import InterestingSession, interesting_section
from cowrie_assets.reports.sections.new import NewSection, newcomers
from cowrie_assets.reports.sections.operations import OperationsSection, operations_section
from cowrie_assets.reports.sections.origins import origins
from cowrie_assets.reports.sections.privacy import PrivacySection, privacy_section
from cowrie_assets.reports.sections.rankings import rank_lists
from cowrie_assets.reports.sections.rare import LongtailSection, SnowshoeSection, rare_sections
from cowrie_assets.reports.sections.sessions import SessionsSection, sessions_section
from cowrie_assets.reports.sections.sources import SourcesSection, sources_section
from cowrie_assets.reports.sections.ssh_keys import KeysSection, ssh_keys_section
from cowrie_assets.reports.sections.techniques import TechniquesSection, new_techniques, techniques_section
from cowrie_assets.reports.sections.tunnels import TunnelsSection, tunnels_section
from cowrie_assets.reports.sections.volume import VolumeSection, volume_section
from cowrie_assets.reports.sensors import sensor_id, sensor_label
from cowrie_assets.reports.session_rows import SessionRows, session_rows
from cowrie_assets.warehouse.engine import sort_in_short_runs


class CountedSections(TypedDict):
    """What is counted of the period alone."""

    sessions: SessionsSection
    volume: VolumeSection
    heat_map: HeatMap | None
    """None in a daily report: `volume` tells its hours."""
    credentials: CredentialsSection
    commands: CommandsSection
    files: FilesSection
    sources: SourcesSection
    clients: ClientsSection
    tunnels: TunnelsSection
    techniques: TechniquesSection


class ListingSections(CountedSections):
    """What lists single values and sessions."""

    campaigns: CampaignsSection
    snowshoe: SnowshoeSection
    longtail: LongtailSection
    ssh_keys: KeysSection
    new: NewSection
    changes: ChangesSection
    interesting: list[InterestingSession]
    abnormal: AbnormalSection


class ReportDocument(ListingSections):
    """The listing sections stand between `privacy` and `alerts`.

    `start` and `end` are instants in UTC; `end` is no longer in the period.
    """

    schema_version: Literal[1]
    report_type: ReportType
    period: str
    start: str
    end: str
    sensor: str
    """A sensor's name, or `aggregate`."""
    generated_at: str
    complete: bool
    """Whether the period is over and all that was loaded of it is in."""
    privacy: PrivacySection
    alerts: list[Alert]
    enrichments: EnrichmentsSection
    operations: OperationsSection
    legacy: Legacy


def build_report(
    connection: Connection,
    period: Period,
    sensor: str | None,
    *,
    top: int = 10,
    look_back_days: int | None = None,
    without_known_scanners: bool = False,
    now_us: int,
    memo: Memo | None = None,
    tell: Tell = say_nothing,
) -> ReportDocument:
    """The document of `period` for `sensor` (None: the aggregate of all), with at most `top` items a list.

    What the period brought that is new is told against the `look_back_days` before it, or (None) against all of them.
    The top lists are made `without_known_scanners` where that is asked for; no other number is.
    Give it a read transaction: its numbers come from several statements; and one `memo` for all reports of one
    transaction: what two of them need is then counted once. "The same data gives the same document, `generated_at`
    aside" (DATA.md). `tell` hears of its steps. Raises UnknownSensorError.
    """
    if period.report_type != "daily":
        sort_in_short_runs(connection)
    scope = Scope(
        connection,
        period,
        sensor_id(connection, sensor),
        top,
        look_back_days,
        memo or Memo(),
        without_known_scanners=without_known_scanners,
    )
    tell("counting sessions")
    rows = session_rows(scope)
    tell("ranking addresses, credentials, commands and files")
    found = listed(scope)
    counted = _counted(scope, rows, found)
    figures = remember(scope, counted)
    rank_lists(scope, counted)
    tell("looking for what is new")
    new = newcomers(scope, found, new_techniques(counted["techniques"], top))
    missing, heard = missing_days(scope), activity(scope, now_us)
    tell("comparing with the periods before")
    operations, changes = operations_section(scope, heard, missing), changes_section(scope, figures, now_us)
    tell("looking at campaigns")
    campaigns, rare, keys = campaigns_section(scope), rare_sections(scope), ssh_keys_section(scope)
    tell("choosing sessions to look at")
    listing: ListingSections = {
        **counted,
        "campaigns": campaigns,
        **rare,
        "ssh_keys": keys,
        "new": new.section,
        "changes": changes,
        "interesting": interesting_section(scope),
        "abnormal": abnormal_section(scope, rows, found["files"]),
    }
    tell("looking up what is known of files and addresses")
    known = origins(scope)
    enrichments = enrichments_section(scope, listing, known)
    document: ReportDocument = {
        "schema_version": 1,
        "report_type": period.report_type,
        "period": period.label,
        "start": f"{period.start}T00:00:00Z",
        "end": f"{period.end}T00:00:00Z",
        "sensor": sensor_label(sensor),
        "generated_at": iso_us(now_us),
        "complete": period.is_over(now_us) and not missing,
        "privacy": privacy_section(scope),
        **listing,
        "alerts": alerts_section(
            scope,
            sessions=counted["sessions"],
            changes=changes,
            new=new,
            campaigns=campaigns,
            snowshoe=rare["snowshoe"],
            operations=operations,
            activity=heard,
            services=enrichments["services"],
            origins=known,
        ),
        "enrichments": enrichments,
        "operations": operations,
        "legacy": {},
    }
    document["legacy"] = legacy(document)
    return document


def _counted(scope: Scope, rows: SessionRows, found: Listed) -> CountedSections:
    return {
        "sessions": sessions_section(scope, rows, found["sources"], found["files"]),
        "volume": volume_section(scope),
        "heat_map": heat_map_section(scope),
        "credentials": credentials_section(found["credentials"]),
        "commands": commands_section(found["commands"]),
        "files": files_section(rows, found["files"]),
        "sources": sources_section(scope, found["sources"]),
        "clients": clients_section(found["clients"]),
        "tunnels": tunnels_section(found["tunnels"]),
        "techniques": techniques_section(scope),
    }
