"""The campaigns and the SSH keys of the text report."""

from collections.abc import Sequence

from cowrie_assets.reports.document import ReportDocument
from cowrie_assets.reports.render import text_layout as layout
from cowrie_assets.reports.render import wording
from cowrie_assets.reports.render.plain_text import fit, width
from cowrie_assets.reports.render.wording import minute, number
from cowrie_assets.reports.sections.campaigns import CampaignName, CampaignOfPeriod
from cowrie_assets.reports.sections.rare import AddressesIn

_NAME = 40
"""Columns of a name, or of a session's id, within a sentence."""
_STATE = 12
"""Columns before a campaign's id."""
_PLACES = {"networks": "top_networks", "operators": "top_systems", "countries": "top_countries"}
_STATES = {"New": "new", "Growing": "growing", "Others": "other"}


def campaigns(document: ReportDocument) -> list[str]:
    """Who belongs together: a line for each campaign, below it what its sessions did, and one of them."""
    section, total = document["campaigns"], document["sessions"]["total"]
    waiting = wording.campaigns_waiting(document)
    lines = [
        *layout.heading("Campaigns", "sessions that belong together"),
        *layout.figures(
            ("Campaigns", f"{section['total']:,}"),
            ("Their sessions", wording.share(section["sessions"], total)),
            ("New", f"{section['new']['total']:,}"),
            ("Growing", f"{section['growing']['total']:,}"),
            ("Gone", f"{section['gone']['total']:,}"),
        ),
        *(layout.paragraph(waiting) if waiting else []),
    ]
    for title, found in wording.campaign_lists(document):
        for each in found["items"]:
            lines += _campaign(_STATES[title], each)
    for left in section["gone"]["items"]:
        compared = f"{left['sessions_before']:,} before, last {minute(left['last_seen'])}"
        lines.append(_line("gone", left, compared))
    return lines


def snowshoe(document: ReportDocument) -> list[str]:
    """The campaigns that are spread thin, three lines each."""
    section = document["snowshoe"]
    lines = [
        *layout.heading("Snowshoes", "campaigns of many addresses, each of which hardly ever comes; of all sensors"),
        *layout.figures(("Snowshoes", f"{section['total']:,}")),
    ]
    for each in section["items"]:
        told = (
            *each["reasons"],
            f"{each['light_addresses']:,} light addresses in {each['networks']:,} networks",
            *(f"{name} {_counts(each[key])}" for name, key in _PLACES.items() if each[key]),  # type: ignore[literal-required]
            f"from {minute(each['first_seen'])} to {minute(each['last_seen'])}",
            f"sample: {fit(each['sample']['session_id'], _NAME)}, sensor {fit(each['sample']['sensor'], _NAME)}",
        )
        counted = f"{each['sessions']:,} sessions, {each['addresses']:,} addresses, score {each['score']:,}"
        lines += [
            _line("", each, counted),
            *layout.paragraph("; ".join(told), indent=_STATE, lines=6, is_name=True),
        ]
    return lines


def longtail(document: ReportDocument) -> list[str]:
    """The sessions that are rare in what they did: why, and the rarest of it."""
    section = document["longtail"]
    lines = [
        *layout.heading("Rare sessions", "what hardly any other session ever did"),
        *layout.figures(("Rare sessions", f"{section['total']:,}")),
    ]
    for each in section["items"]:
        place = f"{fit(each['session_id'], _NAME)}  {fit(each['sensor'], _NAME)}  {each['src_ip'] or ''}"
        alike = f"{each['alike']:,} alike, " if each["alike"] > 1 else ""
        counted = f"{alike}score {each['score']:,}"
        title = fit(place, layout.COLUMNS - 20 - width(counted))
        lines.append(layout.ends(f"  {title}  {minute(each['first_event_at'])}", counted))
        of_campaign = [f"campaign {fit(each['campaign_id'], 12)}"] if each["campaign_id"] else []
        reasons = "; ".join([*each["reasons"], f"{each['rare_traits']:,} rare in all", *of_campaign])
        lines += layout.paragraph(reasons, indent=_STATE, lines=2, is_name=True)
        for trait in each["traits"]:
            had = f"{fit(layout.name(trait['kind']), 12)}, {trait['sessions']:,} in all: {trait['value']}"
            lines += layout.paragraph(had, indent=_STATE, lines=1, is_name=True)
    return lines


def ssh_keys(document: ReportDocument) -> list[str]:
    """The keys that were implanted, a line each."""
    section = document["ssh_keys"]
    lines = [
        *layout.heading("SSH keys", "implanted, or in a file that was left; counted in sessions"),
        *layout.figures(("Different keys", f"{section['unique']:,}"), ("New keys", f"{section['new']:,}")),
    ]
    for key in section["items"]:
        told = " ".join(part for part in (key["type"], key["comment"], "(new)" if key["new"] else None) if part)
        title = fit(f"{fit(key['fingerprint'], 50)}  {told}", layout.COLUMNS - 24)
        lines.append(layout.ends(f"  {title}", number(key["sessions"])))
    return lines


def _campaign(state: str, campaign: CampaignOfPeriod) -> list[str]:
    sample = campaign["sample"]
    told = (
        wording.where_from(campaign),
        f"{campaign['sensors']:,} sensor{'' if campaign['sensors'] == 1 else 's'}",
        f"since {minute(campaign['first_seen'])}, last {minute(campaign['last_seen'])}",
        _values(campaign["techniques"]),
        *(f"{label} {values}" for label in ("hassh", "files") if (values := _values(campaign[label][:1], 12))),
        f"sample: {fit(sample['session_id'], _NAME)}, sensor {fit(sample['sensor'], _NAME)}",
    )
    compared = wording.compared_sessions(campaign)
    counted = f"{f'({compared}) ' if compared else ''}{number(campaign['sessions'])}"
    return [
        _line(state, campaign, counted),
        *layout.paragraph("; ".join(part for part in told if part), indent=_STATE, lines=3, is_name=True),
    ]


def _counts(items: Sequence[AddressesIn]) -> str:
    return ", ".join(f"{item['value'][:_NAME]} {item['addresses']:,}" for item in items)


def _line(state: str, campaign: CampaignName, counted: str) -> str:
    title = f"{fit(campaign['campaign_id'], 12)}  {campaign['name']}"
    return layout.ends(f"  {state:<{_STATE - 2}}{fit(title, layout.COLUMNS - _STATE - 3 - width(counted))}", counted)


def _values(values: list[str], most: int = 20) -> str:
    """Values within a paragraph, which makes them harmless."""
    return ", ".join(value[:most] for value in values)
