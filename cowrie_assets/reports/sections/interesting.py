"""The `interesting` section: the sessions that are worth a look, one for each behaviour, the best first.

What is new weighs most: of each file never seen before the best session that brought it leads, with more points than
any session without one can have, be its bot's sessions ever so many. Where more than `_FEW` behaviours of one shape
would lead so, which a bot that makes up names and files does, the best of them alone does.

Only sessions that did something qualify: a successful login, a command, a file, a tunnel. A session scores 0 to 100,
the sum of the points of `_POINTS` and of a quarter of its risk; each reason stands beside the score in words.

Of a campaign (`sections/campaigns.py`) one session stands in the list, the best; `campaign` tells which it is of.

One session stands for all that behaved alike: typed commands of the same normal forms (`commands.signature`; a password
that a session itself logged in with is folded, see `reports/own_passwords.py`), whatever their order and number, and
have files of the same number, the same least and the same greatest SHA-256. Commands that came with more than `_FEW`
such kinds of files are one behaviour, whatever the files. It is the one
with the highest score, of several the earliest, then by sensor and session id: nothing of it depends on the database
or on the order of loading. Of behaviours that ran the same programs, in whatever order and with whatever words, the
list holds `_OF_SHAPE` at most: no bot fills it with words that no rule folds. How many behaved alike counts as well:
what few did is rare.
"""

from collections import defaultdict
from collections.abc import Iterable
from typing import Any, TypedDict

from sqlalchemy import Row

from cowrie_assets.clock import US_PER_SECOND, iso_us
from cowrie_assets.reports.averages import average
from cowrie_assets.reports.figures import Scope
from cowrie_assets.reports.own_passwords import own_forms
from cowrie_assets.reports.sections.campaigns import CampaignName
from cowrie_assets.reports.sections.deeds import Deed, headlines
from cowrie_assets.reports.trivial_hashes import trivial_hashes
from cowrie_assets.warehouse.codec import decode_text

MOST = 20
"""Sessions in the list."""
_CANDIDATES = 3 * MOST
"""Behaviours that are looked at, for several of them may be of one campaign."""
_SAMPLES = 5
"""Commands and files shown of each."""
_OF_SHAPE = 3
"""So many behaviours stand in the list that ran the same programs (`cowrie.normalize.behaviour_shape`)."""
_RISK_PER_POINT = 5
_FEW = 3
"""So many alike are few."""
_INTERACTIVE_COMMANDS = 5
_INTERACTIVE_US = 300 * US_PER_SECOND
"""So many different commands in a session of such a duration: somebody sat there."""
_POINTS = {
    "leading": 39,
    "malicious_files": 8,
    "unlike": 6,
    "new_files": 5,
    "commands": 5,
    "uploads": 5,
    "tunnels": 4,
    "downloads": 3,
    "new_commands": 3,
    "long_sessions": 2,
    "few_alike": 3,
}
"""Together with the 20 of the highest risk, and with one of `unlike` and `few_alike`, they come to 100.

Different commands give a point each, up to their number here; the others are given or not. Whoever leads has at least
59 (`leading`, `new_files`, the risk and the points of a download), whoever brings no new file at most 56.
"""


class InterestingSession(TypedDict):
    """A session, and why it is worth a look."""

    sensor: str
    session_id: str
    src_ip: str | None
    protocol: str | None
    first_event_at: str
    duration_seconds: float
    username: str | None
    password: str | None
    client_version: str | None
    commands: int
    login_successes: int
    file_downloads: int
    file_uploads: int
    tunnel_requests: int
    risk_score: int
    score: int
    """0 to 100."""
    alike: int
    """Sessions of the period and scope with the same behaviour, itself included."""
    campaign: CampaignName | None
    """That it belongs to."""
    headline: list[Deed]
    """What it did, the most telling first: at most a file, a command and a tunnel target, else the login."""
    reasons: list[str]
    """In words, the heaviest first."""
    sample_commands: list[str]
    """The first different ones, as typed."""
    shasums: list[str]
    """The first files."""


def interesting_section(scope: Scope) -> list[InterestingSession]:
    """The section, from `sql/reports/interesting.sql`: at most `MOST` sessions."""
    found = scope.rows(
        "interesting",
        {"own_forms": own_forms(scope), "trivial": trivial_hashes(scope)},
        most=_CANDIDATES,
        of_shape=_OF_SHAPE,
        few=_FEW,
        risk_per_point=_RISK_PER_POINT,
        interactive_commands=_INTERACTIVE_COMMANDS,
        interactive_us=_INTERACTIVE_US,
        **{f"points_of_{name}": points for name, points in _POINTS.items()},
    )
    chosen: dict[tuple[int, int, str], Row[Any]] = {}
    for row in sorted(found, key=_place):
        chosen.setdefault((row.signature, row.shape, row.files), row)
    sessions = _one_of_each_campaign(chosen.values())[:MOST]
    details, deeds = _details(scope, [row.session_ref for row in sessions]), headlines(scope, sessions)
    return [_session(scope, row, details, deeds[row.session_ref]) for row in sessions]


def _one_of_each_campaign(rows: Iterable[Row[Any]]) -> list[Row[Any]]:
    """The first of each campaign, and all that belong to none."""
    met: set[str] = set()
    kept = []
    for row in rows:
        if row.campaign not in met:
            kept.append(row)
        if row.campaign is not None:
            met.add(row.campaign)
    return kept


def _place(row: Row[Any]) -> tuple[int, str, str]:
    """The best score first, then the earliest: `rank` holds both."""
    return row.rank, decode_text(row.sensor), decode_text(row.session_id)


def _details(scope: Scope, sessions: list[int]) -> defaultdict[tuple[int, str], list[str]]:
    details: defaultdict[tuple[int, str], list[str]] = defaultdict(list)
    if sessions:
        for row in scope.rows("session_details", sessions=sessions, most=_SAMPLES):
            details[row.session_ref, row.item].append(decode_text(row.value))
    return details


def _session(
    scope: Scope, row: Row[Any], details: defaultdict[tuple[int, str], list[str]], headline: list[Deed]
) -> InterestingSession:
    reasons = _reasons(scope, row)
    return {
        "sensor": decode_text(row.sensor),
        "session_id": decode_text(row.session_id),
        "src_ip": decode_text(row.src_ip),
        "protocol": decode_text(row.protocol),
        "first_event_at": iso_us(row.first_event_at),
        "duration_seconds": average(row.duration_us, US_PER_SECOND),
        "username": decode_text(row.username),
        "password": decode_text(row.password),
        "client_version": decode_text(row.client_version),
        "commands": row.command_count,
        "login_successes": row.login_successes,
        "file_downloads": row.file_downloads,
        "file_uploads": row.file_uploads,
        "tunnel_requests": row.tunnel_requests,
        "risk_score": row.risk_score,
        "score": sum(points for points, _ in reasons),
        "alike": row.alike,
        "campaign": None
        if row.campaign is None
        else {"campaign_id": row.campaign, "name": decode_text(row.campaign_name)},
        "headline": headline,
        "reasons": [words for _, words in reasons],
        "sample_commands": details[row.session_ref, "command"],
        "shasums": details[row.session_ref, "shasum"],
    }


def _reasons(scope: Scope, row: Row[Any]) -> list[tuple[int, str]]:
    """Each reason that counts with its points, the heaviest first: those of `sql/reports/interesting.sql`."""
    days = scope.look_back_days
    before = "never seen before" if days is None else f"not seen in the {_counted(days, 'day')} before"
    others, typed = row.alike - 1, row.distinct_commands
    long = typed >= _INTERACTIVE_COMMANDS and row.duration_us >= _INTERACTIVE_US
    reasons = [
        (row.risk_score // _RISK_PER_POINT, f"risk score {row.risk_score} of 100"),
        _if(row.malicious_files, "malicious_files", f"{_counted(row.malicious_files, 'file')} malicious by VirusTotal"),
        (
            _POINTS["new_files"] + _POINTS["leading"] * row.leads if row.new_files else 0,
            f"brought {_counted(row.new_files, 'file')} {before}",
        ),
        _if(others == 0, "unlike", "no other session did the same"),
        _if(0 < others < _FEW, "few_alike", f"only {_counted(others, 'other session')} did the same"),
        (
            min(row.distinct_commands, _POINTS["commands"]),
            f"typed {_counted(row.distinct_commands, 'different command')}",
        ),
        _if(row.file_uploads, "uploads", f"uploaded {_counted(row.file_uploads, 'file')}"),
        _if(row.tunnel_requests, "tunnels", f"asked for {_counted(row.tunnel_requests, 'tunnel')}"),
        _if(row.file_downloads, "downloads", f"downloaded {_counted(row.file_downloads, 'file')}"),
        _if(row.new_commands, "new_commands", f"typed {_counted(row.new_commands, 'command')} {before}"),
        _if(long, "long_sessions", f"stayed {_counted(row.duration_us // (60 * US_PER_SECOND), 'minute')} and typed"),
    ]
    return sorted((reason for reason in reasons if reason[0]), key=lambda reason: -reason[0])


def _if(applies: int, name: str, words: str) -> tuple[int, str]:
    return (_POINTS[name] if applies else 0), words


def _counted(number: int, noun: str) -> str:
    return f"{number:,} {noun}{'' if number == 1 else 's'}"
