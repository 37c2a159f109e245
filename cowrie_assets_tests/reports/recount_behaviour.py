"""Interesting and abnormal sessions, told once more in plain Python from the rules as they are documented."""

from collections import Counter
from collections.abc import Sequence
from datetime import date, datetime, timedelta
from typing import Any

from cowrie_assets.reports.periods import Period
from cowrie_assets_tests.reports.facts import Session, Verdicts

Numbered = tuple[int, Session]
"""A session with its place in loading, from 1: its id is this number."""


def session_id(numbered: Numbered) -> str:
    return f"{numbered[0]:012x}"


def begins(numbered: Numbered) -> datetime:
    number, session = numbered
    midnight = datetime(session.day.year, session.day.month, session.day.day)
    return midnight + timedelta(seconds=number if session.second is None else session.second)


def iso(moment: datetime) -> str:
    return moment.strftime("%Y-%m-%dT%H:%M:%S.%fZ")


def typed(session: Session) -> int:
    return sum(session.commands.values())


def downloads(session: Session) -> int:
    return session.unstored_downloads + sum(file.downloads for file in session.files)


def uploads(session: Session) -> int:
    return sum(file.uploads for file in session.files)


def successes(session: Session) -> int:
    return sum(login.successes for login in session.logins)


# ------------------------------------------------------------------------------------------------------------ abnormal


def abnormal(mine: Sequence[Numbered], period: Period, verdicts: Verdicts) -> dict[str, Any]:
    counts = Counter(typed(session) for _, session in mine if typed(session))
    rare = {
        number: sessions for number, sessions in counts.items() if sessions == 1 or sessions * 100 <= counts.total()
    }
    if sum(rare.values()) * 2 >= counts.total():
        rare = {}
    five_days = timedelta(days=5)
    new_files = {
        shasum
        for shasum, at in verdicts.submitted.items()
        if period.start - five_days
        <= (datetime(1970, 1, 1) + timedelta(microseconds=at)).date()
        < period.end + five_days
        and shasum in verdicts.malicious_files | verdicts.clean_files
    }
    recent = {number for number, session in mine if {file.shasum for file in session.files} & new_files}
    found = [each for each in mine if typed(each[1]) in rare or each[0] in recent]
    found.sort(
        key=lambda each: (each[0] not in recent, -typed(each[1]), begins(each), each[1].sensor, session_id(each))
    )
    return {
        "rare_command_counts": [{"commands": number, "sessions": rare[number]} for number in sorted(rare)],
        "uncommon_command_sessions": sum(rare.values()),
        "recent_vt_submission_sessions": len(recent),
        "sessions": [
            {
                "sensor": each[1].sensor,
                "session_id": session_id(each),
                "src_ip": each[1].src_ip,
                "first_event_at": iso(begins(each)),
                "commands": typed(each[1]),
                "reasons": len([1 for holds in (each[0] in recent, typed(each[1]) in rare) if holds]),
            }
            for each in found[:20]
        ],
    }


# --------------------------------------------------------------------------------------------------------- interesting


def qualifies(session: Session) -> bool:
    return bool(
        session.commands or successes(session) or downloads(session) or uploads(session) or session.tunnel_requests
    )


def behaviour(session: Session) -> tuple[Any, ...]:
    hashes = sorted({file.shasum for file in session.files})
    return frozenset(session.commands), len(hashes), *hashes[:1], *hashes[-1:]


def interesting(
    everything: Sequence[Numbered], mine: Sequence[Numbered], period: Period, verdicts: Verdicts, known_from: date
) -> list[dict[str, Any]]:
    """`everything` is the sessions of the scope on any day, `mine` those of the period."""
    before = [session for _, session in everything if known_from <= session.day < period.start]
    known_files = {file.shasum for session in before for file in session.files}
    known_commands = {command for session in before for command in session.commands}
    qualified = [each for each in mine if qualifies(each[1])]
    kinds: dict[frozenset[str], set[tuple[Any, ...]]] = {}
    for _, session in qualified:
        kinds.setdefault(frozenset(session.commands), set()).add(behaviour(session))

    def behaves(session: Session) -> tuple[Any, ...]:
        """More than three kinds of files with the same commands make one behaviour."""
        typed = frozenset(session.commands)
        return (typed,) if typed and len(kinds[typed]) > 3 else behaviour(session)

    alike = Counter(behaves(session) for _, session in qualified)

    def points(session: Session) -> list[int]:
        hashes = {file.shasum for file in session.files}
        same = alike[behaves(session)]
        different = len(session.commands)
        given = [
            session.risk_score // 5,
            8 * bool(hashes & verdicts.malicious_files),
            5 * bool(hashes - known_files),
            6 if same == 1 else 3 if same <= 3 else 0,
            min(different, 5),
            5 * bool(uploads(session)),
            4 * bool(session.tunnel_requests),
            3 * bool(downloads(session)),
            3 * bool(session.commands.keys() - known_commands),
            2 * (different >= 5 and session.duration_us >= 300_000_000),
        ]
        return [number for number in given if number]

    def rank(each: Numbered, more: int = 0) -> tuple[int, datetime]:
        return -sum(points(each[1])) - more, begins(each)

    def brings(session: Session) -> int:
        """What it would have more as the leader; it stands for those alike that bring nothing new."""
        return 39 * bool({file.shasum for file in session.files} - known_files)

    qualified.sort(key=lambda each: (*rank(each, brings(each[1])), each[1].sensor, session_id(each)))
    first: dict[tuple[Any, ...], Numbered] = {}
    for each in qualified:
        first.setdefault(behaves(each[1]), each)
    lead: dict[tuple[Any, ...], int] = {}
    for shasum in {file.shasum for _, session in qualified for file in session.files} - known_files:
        brought = {behaves(session) for _, session in qualified if shasum in {file.shasum for file in session.files}}
        best = min(rank(first[key]) for key in brought)
        lead |= {key: 39 for key in brought if rank(first[key]) == best}
    for commands in {key[0] for key in lead}:  # here each set of commands is a shape of its own
        of_shape = sorted(((rank(first[key]), key) for key in lead if key[0] == commands), key=lambda each: each[0])
        for place, key in of_shape if len(of_shape) > 3 else ():
            if place > of_shape[0][0]:
                del lead[key]
    ranks = {key: rank(each, lead.get(key, 0)) for key, each in first.items()}

    def listed(key: tuple[Any, ...]) -> bool:
        return sum(other[0] == key[0] and ranks[other] < ranks[key] for other in ranks) < 3

    places = {key: (*ranks[key], each[1].sensor, session_id(each)) for key, each in first.items()}
    chosen = sorted(filter(listed, first), key=lambda key: places[key])[:20]
    return [
        {
            "sensor": session.sensor,
            "session_id": session_id((number, session)),
            "src_ip": session.src_ip,
            "protocol": session.protocol,
            "first_event_at": iso(begins((number, session))),
            "duration_seconds": round(session.duration_us / 1e6, 2),
            "username": None,
            "password": None,
            "client_version": session.version,
            "commands": typed(session),
            "login_successes": successes(session),
            "file_downloads": downloads(session),
            "file_uploads": uploads(session),
            "tunnel_requests": session.tunnel_requests,
            "risk_score": session.risk_score,
            "score": sum(points(session)) + lead.get(behaves(session), 0),
            "alike": alike[behaves(session)],
            "campaign": None,
            "headline": headline(session, known_files, verdicts),
            "reasons": len(points(session)),
            "sample_commands": sorted(
                session.commands, key=lambda command: (session.seen.get(command, (0, 0))[0], command)
            )[:5],
            "shasums": sorted({file.shasum for file in session.files})[:5],
        }
        for number, session in (first[key] for key in chosen)
    ]


def headline(session: Session, known_files: set[str], verdicts: Verdicts) -> list[dict[str, Any]]:
    """The first new file, else the first; the riskiest command; of none of them the login, whose names facts lack."""
    deeds = [
        {"kind": "file" if file.shasum in known_files else "new_file", "value": file.url or file.shasum}
        for file in sorted(session.files, key=lambda file: (file.shasum in known_files, file.shasum))[:1]
    ]
    risks = verdicts.risky_commands
    typed_first = sorted(
        session.commands, key=lambda each: (-risks.get(each, 0), session.seen.get(each, (0, 0))[0], as_stored(each))
    )
    deeds += [{"kind": "command", "value": command} for command in typed_first[:1]]
    return deeds or [{"kind": "login", "value": ""} for _ in range(min(1, successes(session)))]


def as_stored(text: str) -> bytes:
    """NUL and lone surrogates stand in the database as characters of plane 16."""
    moved = "".join(chr(0x100000 + ord(c)) if c == "\x00" or "\ud800" <= c <= "\udfff" else c for c in text)
    return moved.encode()


def without_words(section: Any) -> Any:
    """A section whose reasons are their number: the words are tested by themselves."""
    if isinstance(section, list):
        return [{**session, "reasons": len(session["reasons"])} for session in section]
    return {**section, "sessions": without_words(section["sessions"])}
