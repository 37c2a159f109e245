"""`cowrie-assets find`: all that is known of one value."""

from collections.abc import Iterator
from typing import TYPE_CHECKING

import click

from cowrie_assets.cli.parameters import open_warehouse
from cowrie_assets.cli.printing import count, counted, printable_json, size
from cowrie_assets.printable import shown

if TYPE_CHECKING:
    from cowrie_assets.finding.find import Found, Neighbour, SessionLine, Verdict
    from cowrie_assets.reports.sections.known import KnownAddress

_KINDS = (
    *("address", "network", "file", "url", "host", "hassh", "credential", "username", "password", "command", "session"),
    *("normal_form", "technique", "campaign", "ssh_key", "wallet", "endpoint"),
)
_WIDTH = 14


@click.command()
@click.argument("value", metavar="VALUE")
@click.option(
    "--kind", type=click.Choice(_KINDS), help="What VALUE is; without it, everything that it was seen as is told."
)
@click.option("--format", "output_format", type=click.Choice(["text", "json"]), default="text", show_default=True)
def find(value: str, kind: str | None, output_format: str) -> None:
    """Tell what VALUE is, when and where it was seen, in which sessions, and what was seen with it.

    VALUE is an address, a network (to /16, IPv6 to /40), the hash of a file (SHA-256; MD5 and SHA-1 of files in a
    downloads' folder), a url or its host, a HASSH, a credential (user:password), a user name, a password, a command as
    it was typed or its normal form, a session, a technique of ATT&CK, a campaign, a public SSH key or its fingerprint,
    a wallet, or an endpoint (host:port); defanged as reports write it (hxxp://192[.]0[.]2[.]1/x), too. Each look-up
    goes by an index: of what was seen in very many sessions, up to 10,000 are counted and 1,000 looked at. JSON has
    passwords as they are, also with COWRIE_MASK_PASSWORDS.

    \b
    Examples:
      cowrie-assets find 203.0.113.9
      cowrie-assets find 203.0.113.0/24 --format json
      cowrie-assets find root:123456
      cowrie-assets find T1059.004
      cowrie-assets find "uname -a" --kind command
    """
    from cowrie_assets.finding import find as look_up
    from cowrie_assets.finding.readings import Kind

    with open_warehouse() as (settings, warehouse), warehouse.read() as connection:
        found = look_up.find(connection, value, None if kind is None else Kind(kind))
    if output_format == "json":
        from cowrie_assets.reports.json_writer import dump

        click.echo(printable_json(dump(look_up.document_of(value, found))), nl=False)
        return
    if not found:
        click.echo(f"Nothing is known of {shown(value)}.")
        return
    masks = look_up.masks_of_passwords(found) if settings.mask_passwords else {}
    click.echo("\n\n".join("\n".join(_lines(each, masks)) for each in found))


def _lines(found: "Found", masks: dict[str, str]) -> Iterator[str]:
    yield f"{found.kind}: {_plain(found.value, masks)}"
    for name, told in _facts(found, masks):
        yield f"  {name:<{_WIDTH}}{told}"
    if found.sessions.newest:
        yield "  newest sessions"
        for session in found.sessions.newest:
            yield f"    {_session(session)}"


def _facts(found: "Found", masks: dict[str, str]) -> Iterator[tuple[str, str]]:
    about = "" if found.exact_days else " in the sessions looked at"
    days = str(found.first_day) if found.first_day == found.last_day else f"{found.first_day} to {found.last_day}"
    yield "seen", f"{days}{about} by {', '.join(map(shown, found.sensors[:10]))}{_more(len(found.sensors) - 10)}"
    sessions = found.sessions
    looked_at = "" if sessions.looked_at == sessions.count else f"; {count(sessions.looked_at)} looked at"
    yield "sessions", f"{'at least ' if sessions.at_least else ''}{count(sessions.count)}{looked_at}"
    if found.normal_form is not None:
        yield "normal form", _plain(found.normal_form, masks)
    if found.examined is not None:
        parts = (found.examined.type, size(found.examined.size), found.examined.description, found.examined.packer)
        yield "bytes", ", ".join(shown(part) for part in parts if part)
    for verdict in found.verdicts:
        yield f"{verdict.service}", _verdict(verdict)
    for place in found.places:
        yield "place", _place(place)
    for url in found.urls:
        yield "url", shown(url)
    for shasum, distance in found.similar:
        yield "similar file", f"{shasum} (distance {distance})"
    for name, neighbours in found.neighbours.items():
        for number, neighbour in enumerate(neighbours):
            label = name.replace("_", " ") if number == 0 else ""
            yield label, f"{count(neighbour.count):>6}  {_neighbour(neighbour, name, masks)}"


def _plain(text: str, masks: dict[str, str]) -> str:
    from cowrie_assets.reports.render.masking import redacted

    return shown(redacted(text, masks))


def _neighbour(neighbour: "Neighbour", name: str, masks: dict[str, str]) -> str:
    value = "" if neighbour.value is None else neighbour.value
    if neighbour.name is not None:
        return f"{shown(value)} {_plain(neighbour.name, masks)}"
    if name != "credentials":
        return _plain(value, masks)
    password = neighbour.password
    return shown(value) if password is None else shown(f"{value}:{masks.get(password, password)}")


def _verdict(verdict: "Verdict") -> str:
    said = {True: "malicious", False: "not malicious", None: "not judged"}[verdict.malicious]
    engines = None if verdict.total is None else f"{verdict.positives} of {verdict.total}"
    asked = None if verdict.fetched_at is None else f"asked {verdict.fetched_at[:10]}"
    return ", ".join(shown(part) for part in (said, verdict.label, verdict.description, engines, asked) if part)


def _place(place: "KnownAddress") -> str:
    network = None if place["asn"] is None else f"AS{place['asn']} {place['as_name'] or ''}".strip()
    tags = [f"{tag['kind']} by {tag['list']}" for tag in place["tags"]]
    listed = [f"listed by {service}" for service in place["listed_by"]]
    parts = [place["country"], place["city"], network, *tags, *listed]
    return f"{shown(place['address'])}: {', '.join(shown(part) for part in parts if part)}"


def _session(session: "SessionLine") -> str:
    logins = counted(session.login_successes + session.login_failures, "login")
    did = [logins, counted(session.commands, "command"), counted(session.files, "file")]
    whence = "  ".join(map(shown, (session.sensor, session.session_id, session.src_ip or "-")))
    return f"{session.began_at[:19]}Z  {whence}  {', '.join(did)}, risk {session.risk_score}"


def _more(number: int) -> str:
    return f" and {count(number)} more" if number > 0 else ""
