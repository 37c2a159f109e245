"""The `interesting` section: what a session scores for, and which one stands for all that behaved alike."""

import re
from collections import Counter, defaultdict
from collections.abc import Iterable
from functools import cache
from typing import Any

from cowrie_assets.cowrie.normalize import behaviour_form, behaviour_shape, behaviour_signature
from cowrie_assets.cowrie.trivial_files import is_trivial
from cowrie_assets_tests.reports.golden import compared, counted
from cowrie_assets_tests.reports.golden.evidence import Session, as_stored
from cowrie_assets_tests.reports.golden.view import View

MOST = 20
SAMPLES = 5
RISK_OF = {
    "login.failed": 10,
    "login.success": 25,
    "session.file_download.failed": 60,
    "session.file_download": 60,
    "session.file_upload": 70,
}
"""What a session's risk is at least (docs/RISK.md)."""

OF_SHAPE = 3
FEW = 3
Reason = tuple[int, list[int], str]
"""Points, the numbers in the words for them, and whether they are those for new files."""
_NEW = "new files"


def interesting(view: View) -> list[dict[str, Any]]:
    """All but the words of the reasons: of those the numbers."""
    fresh = set(compared.fresh(view, compared.malware)), set(compared.fresh(view, compared.normal_forms))
    own = _own_forms(view.sessions)
    kinds: dict[Any, dict[str, list[Session]]] = defaultdict(lambda: defaultdict(list))
    for session in view.sessions:
        if _qualifies(session):
            forms, files = _behaviour(session, own)
            kinds[forms][files].append(session)
    groups: dict[Any, list[Session]] = {}
    for forms, by_files in kinds.items():
        if forms and len(by_files) > FEW:
            groups[forms, "any"] = [session for alike in by_files.values() for session in alike]
        else:
            groups |= {(forms, files): alike for files, alike in by_files.items()}
    judged = {
        key: min(((each, _reasons(view, each, len(alike), *fresh)) for each in alike), key=_place_as_leader)
        for key, alike in groups.items()
    }
    leaders = _leaders(groups, judged, fresh[0])
    found: list[tuple[Any, Any, dict[str, Any]]] = []
    for key, (best, judged_for) in judged.items():
        more = 39 if key in leaders else 0
        reasons = [(points + more * (of == _NEW), numbers, of) for points, numbers, of in judged_for]
        found.append((_place((best, reasons)), key[0], _listed(best, len(groups[key]), reasons, fresh[0])))
    chosen = [
        each
        for each in found
        if sum(_shape(other[1]) == _shape(each[1]) and _order(other) < _order(each) for other in found) < OF_SHAPE
    ]
    return [session for _, _, session in sorted(chosen, key=lambda each: each[0])[:MOST]]


def _order(behaviour: tuple[Any, Any, Any]) -> tuple[Any, ...]:
    """Of one shape: by score, time, and signature."""
    place, forms, *_ = behaviour
    return *place[:2], sum({behaviour_signature(form) >> 27 for form in forms})


@cache
def _shape(forms: frozenset[str]) -> frozenset[frozenset[str]]:
    return frozenset(map(behaviour_shape, forms))


def _place_as_leader(judged: tuple[Session, list[Reason]]) -> tuple[Any, ...]:
    """Of those alike one that brought a new file stands for all."""
    session, reasons = judged
    return _place((session, [(points + 39 * (of == _NEW), numbers, of) for points, numbers, of in reasons]))


def _leaders(groups: dict[Any, list[Session]], judged: dict[Any, Any], new: set[str]) -> set[Any]:
    """The best behaviour of each new file, by score and time; of more than few of one shape the best of them."""
    leaders: set[Any] = set()
    for shasum in new:
        brought = [key for key, alike in groups.items() if any(shasum in session.files for session in alike)]
        best = min((_place(judged[key])[:2] for key in brought), default=None)
        leaders |= {key for key in brought if _place(judged[key])[:2] == best}
    of_shape: dict[Any, list[Any]] = defaultdict(list)
    for key in sorted(leaders, key=lambda key: _order((_place(judged[key]), key[0], None))):
        of_shape[_shape(key[0])].append(key)
    return {key for some in of_shape.values() for key in (some if len(some) <= FEW else some[:1])}


def _own_forms(sessions: Iterable[Session]) -> dict[str, str]:
    """Commands that only sessions with one password typed, which holds a word of them: with that word folded, where
    another password stands at the same place of the same form."""
    passwords: dict[str, set[str | None]] = defaultdict(set)
    for session in sessions:
        for command in session.commands:
            passwords[command].add(session.login[1])
    forms: dict[str, str] = {}
    met: dict[str, set[str]] = defaultdict(set)
    for command, typed_with in passwords.items():
        password = next(iter(typed_with)) if len(typed_with) == 1 else None
        if password and re.search(rf"(?<![A-Za-z0-9]){re.escape(password)}(?![A-Za-z0-9])", command):
            folded = re.sub(rf"(?<![A-Za-z0-9]){re.escape(password)}(?![A-Za-z0-9])", "<password>", command)
            forms[command] = compared.normal_form(folded)
            met[forms[command]].add(password)
    return {command: form for command, form in forms.items() if len(met[form]) > 1}


def risk_of(session: Session) -> int:
    """The greatest of its events' and of its commands'."""
    of_events = [risk for kind, risk in RISK_OF.items() if session.counts[kind]]
    return max([0, *of_events, *map(counted.risk, session.commands)])


def _qualifies(session: Session) -> bool:
    kinds = ("login.success", "command.input", "session.file_download", "session.file_upload", "direct-tcpip.request")
    return any(session.counts[kind] for kind in kinds)


def _behaviour(session: Session, own: dict[str, str]) -> tuple[frozenset[str], str]:
    """The normal forms that it typed; the number of its files, the least and the greatest of them."""
    files = sorted(session.files)
    forms = frozenset(behaviour_form(own.get(each, compared.normal_form(each))) for each in session.commands)
    return forms, f"{len(files)} {files[:1]} {files[-1:]}"


def _reasons(view: View, session: Session, alike: int, new_files: set[str], new_forms: set[str]) -> list[Reason]:
    """The heaviest first."""
    malicious = sum(map(view.evidence.is_malicious, session.files))
    brought = sum(shasum in new_files for shasum in session.files)
    typed = len(session.commands)
    new_typed = sum(compared.normal_form(command) in new_forms for command in session.commands)
    others, minutes = alike - 1, session.duration_us // 60_000_000
    look_back = [] if view.look_back_days is None else [view.look_back_days]
    risk = risk_of(session)
    uploads, downloads = session.counts["session.file_upload"], session.counts["session.file_download"]
    tunnels = session.counts["direct-tcpip.request"]
    reasons: list[Reason] = [
        (risk // 5, [risk, 100], ""),
        (8 if malicious else 0, [malicious], ""),
        (5 if brought else 0, [brought, *look_back], _NEW),
        (6 if others == 0 else 0, [], ""),
        (3 if others in (1, 2) else 0, [others], ""),
        (min(typed, 5), [typed], ""),
        (5 if uploads else 0, [uploads], ""),
        (4 if tunnels else 0, [tunnels], ""),
        (3 if downloads else 0, [downloads], ""),
        (3 if new_typed else 0, [new_typed, *look_back], ""),
        (2 if typed >= 5 and session.duration_us >= 300_000_000 else 0, [minutes], ""),
    ]
    return [reason for reason in reasons if reason[0]]


def _place(judged: tuple[Session, list[Reason]]) -> tuple[Any, ...]:
    """The best score first, then the earliest, then by sensor and session id."""
    session, reasons = judged
    return -_score(reasons), session.first_at, session.sensor, session.session_id


def _score(reasons: list[Reason]) -> int:
    return sum(points for points, _, _ in reasons)


def _headline(session: Session, new_files: set[str]) -> list[dict[str, str]]:
    """A file, new before known; the riskiest command; the target asked for most; of none of them the login."""
    deeds = []
    files = [shasum for shasum in session.files if not is_trivial(shasum)]
    for shasum in sorted(files, key=lambda each: (each not in new_files, session.files[each].first_at, each))[:1]:
        file = session.files[shasum]
        deeds.append({"kind": "new_file" if shasum in new_files else "file", "value": file.url or file.name or shasum})
    commands = sorted(
        session.commands, key=lambda text: (-counted.risk(text), session.commands[text].first_at, as_stored(text))
    )
    deeds += [{"kind": "command", "value": compared.normal_form(command)} for command in commands[:1]]
    targets = Counter(target for event in session.events if (target := counted.tunnel_target(event)))
    most = sorted(targets, key=lambda target: (-targets[target], as_stored(target)))
    deeds += [{"kind": "tunnel", "value": target} for target in most[:1]]
    if not deeds and session.login_successes:
        username, password = session.login
        value = (username or "") if password is None else f"{username or ''}:{password}"
        deeds = [{"kind": "login", "value": value}]
    return deeds


def _listed(session: Session, alike: int, reasons: list[Reason], new_files: set[str]) -> dict[str, Any]:
    username, password = session.login
    commands = sorted(session.commands, key=lambda text: (session.commands[text].first_at, as_stored(text)))
    shasums = sorted(session.files, key=lambda shasum: (session.files[shasum].first_at, shasum))
    return {
        "sensor": session.sensor,
        "session_id": session.session_id,
        "src_ip": session.src_ip,
        "protocol": session.protocol,
        "first_event_at": f"{session.first_at:%Y-%m-%dT%H:%M:%S.%fZ}",
        "duration_seconds": round(session.duration_us / 1_000_000, 2),
        "username": username,
        "password": password,
        "client_version": session.client_version,
        "commands": session.command_count,
        "login_successes": session.login_successes,
        "file_downloads": session.counts["session.file_download"],
        "file_uploads": session.counts["session.file_upload"],
        "tunnel_requests": session.counts["direct-tcpip.request"],
        "risk_score": risk_of(session),
        "score": _score(reasons),
        "alike": alike,
        "campaign": None,
        "headline": _headline(session, new_files),
        "reasons": [numbers for _, numbers, _ in sorted(reasons, key=lambda reason: -reason[0])],
        "sample_commands": commands[:SAMPLES],
        "shasums": shasums[:SAMPLES],
    }
