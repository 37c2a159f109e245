"""`cowrie-assets session`: what one session did, and its recording played or written as an asciicast."""

import sys
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO

import click

from cowrie_assets.cli.parameters import MOST, LocalPath, open_warehouse
from cowrie_assets.cli.printing import count, counted, printable_json
from cowrie_assets.printable import shown

if TYPE_CHECKING:
    from cowrie_assets.finding.session import Recording, Story
    from cowrie_assets.reports.pages.sessions import SessionPage
    from cowrie_assets.reports.pages.timeline import Entry, Value
    from cowrie_assets.settings import Settings

_US = 1_000_000


@click.command()
@click.argument("session_id", metavar="ID")
@click.option("--sensor", metavar="NAME", help="Whose session it is; needed where sensors have one of this id each.")
@click.option(
    "--events", type=click.IntRange(5, 100_000), default=250, show_default=True, help="Of a longer session so many."
)
@click.option("--format", "output_format", type=click.Choice(["text", "json"]), default="text", show_default=True)
@click.option("--replay", is_flag=True, help="Play its recording on this terminal instead.")
@click.option("--speed", type=click.FloatRange(0.01, 1000), default=1.0, show_default=True, help="Of --replay.")
@click.option(
    "--max-wait",
    type=click.FloatRange(0, 3600),
    default=2.0,
    show_default=True,
    help="The longest pause of --replay, in seconds.",
)
@click.option(
    "--asciicast",
    type=LocalPath(dir_okay=False),
    help="Write its recording to a file that asciinema plays, instead.",
)
@click.option(
    "--recording", type=click.IntRange(1, MOST), default=1, show_default=True, help="Which one, where it has several."
)
def session(
    session_id: str,
    *,
    sensor: str | None,
    events: int,
    output_format: str,
    replay: bool,
    speed: float,
    max_wait: float,
    asciicast: Path | None,
    recording: int,
) -> None:
    """Tell a session event by event; or play its recording.

    Recordings lie in Cowrie's folder `tty`: COWRIE_RECORDINGS_DIR, `recordings` of a sensor in the sensors file, or
    `tty` beside the logs. A replay shows characters, colours and moves of the cursor; all else that an attacker's
    output would have your terminal do (its title, its clipboard, answers to questions) is taken out. An asciicast holds
    everything as it was: play it in a player that you trust, not with `cat`.

    \b
    Examples:
      cowrie-assets session f373e0f01b26
      cowrie-assets session f373e0f01b26 --sensor hp-fra-01 --format json
      cowrie-assets session f373e0f01b26 --replay --speed 4
      cowrie-assets session f373e0f01b26 --asciicast attack.cast
    """
    from cowrie_assets.finding.session import document_of, story_of

    if replay and asciicast is not None:
        raise click.UsageError("--replay and --asciicast are two ways to take one recording: choose one")
    with open_warehouse() as (settings, warehouse), warehouse.read() as connection:
        story = story_of(connection, session_id, sensor, events)
    if replay or asciicast is not None:
        chosen = _chosen(story, recording)
        with closing(_opened(settings, story, chosen)) as file:
            _play(file, speed, max_wait) if asciicast is None else _write(file, story, asciicast)
    elif output_format == "json":
        from cowrie_assets.reports.json_writer import dump

        click.echo(printable_json(dump(document_of(story))), nl=False)
    else:
        click.echo("\n".join(_lines(story, masked=settings.mask_passwords)))


def _chosen(story: "Story", number: int) -> "Recording":
    if not story.recordings:
        raise click.ClickException(f"no recording of the session {shown(story.session_id)} is known")
    if number > len(story.recordings):
        raise click.ClickException(
            f"the session has {counted(len(story.recordings), 'recording')}, not {count(number)}"
        )
    chosen = story.recordings[number - 1]
    if len(story.recordings) > 1:
        click.echo(f"Note: recording {number} of {len(story.recordings)}: --recording chooses another one.", err=True)
    if chosen.of_other_session:
        click.echo(
            "Note: the same was typed in a session before, and Cowrie kept the recording of that one: this is it.",
            err=True,
        )
    return chosen


def _opened(settings: "Settings", story: "Story", chosen: "Recording") -> BinaryIO:
    from cowrie_assets.recordings.folders import open_recording, recording_folders

    return open_recording(recording_folders(settings, story.sensor, chosen.log), chosen.ttylog)


def _play(file: BinaryIO, speed: float, max_wait: float) -> None:
    from cowrie_assets.cowrie.ttylog import pieces
    from cowrie_assets.recordings.playing import play

    def show(text: str) -> None:
        sys.stdout.write(text)
        sys.stdout.flush()

    removed = play(pieces(file), show, speed=speed, longest_wait=max_wait)
    if removed:
        click.echo(
            f"Note: {counted(removed, 'sequence')} or characters that do more than draw were taken out.", err=True
        )


def _write(file: BinaryIO, story: "Story", asciicast: Path) -> None:
    from cowrie_assets.cli.whole_file import whole_file
    from cowrie_assets.cowrie.ttylog import pieces
    from cowrie_assets.recordings import playing

    title = f"{shown(story.sensor)} {shown(story.session_id)}"
    with whole_file(asciicast) as written:
        written.writelines(playing.asciicast(pieces(file), title, playing.usable_size(*story.terminal)))
    click.echo(f"Wrote {shown(str(asciicast))}.")


def _lines(story: "Story", *, masked: bool) -> Iterator[str]:
    from cowrie_assets.clock import iso_us
    from cowrie_assets.reports.render.masked_pages import mask_session

    page = mask_session(story.page) if masked else story.page
    figures = page.figures
    yield f"session {shown(story.session_id)} on {shown(story.sensor)}"
    yield f"  from          {_whence(page)}"
    closed = "" if figures.closed else ", not closed"
    yield f"  began         {iso_us(figures.first_event_at)}, {figures.duration_us / _US:,.1f} s{closed}"
    if page.username is not None or page.password is not None:
        what = "logged in as" if figures.login_successes else "tried"
        yield f"  {what:<13} {shown(page.username or '')}{'' if page.password is None else f', {shown(page.password)}'}"
    done = (
        counted(figures.event_count, "event"),
        counted(figures.login_successes + figures.login_failures, "login"),
        counted(figures.command_count, "command"),
        counted(figures.file_downloads + figures.file_uploads, "file"),
        counted(figures.tunnel_requests, "tunnel"),
    )
    yield f"  did           {', '.join(done)}; risk {figures.risk_score}"
    for number, technique in enumerate(story.techniques):
        about = f"{technique.technique} {technique.name or ''}".rstrip()
        yield f"  {'' if number else 'techniques':<13} {shown(about)} ({shown(technique.rule)})"
    if story.campaign is not None:
        yield f"  campaign      {shown(story.campaign[0])} {shown(story.campaign[1])}"
    for recording in story.recordings:
        size = "" if recording.size is None else f", {counted(recording.size, 'byte')}"
        of_other = ", of a session before in which the same was typed" if recording.of_other_session else ""
        yield f"  recording     {shown(recording.ttylog)}{size}{of_other}"
    if story.events_left:
        yield f"  Its raw events are in the archive: cowrie-assets unarchive {story.day} {story.day} brings them back"
    before = 0
    for entry in page.entries:
        if entry.place != before + 1:
            yield f"  ... {counted(entry.place - before - 1, 'event')} left out: --events shows more"
        before = entry.place
        yield f"  {entry.after_us / _US:>10,.3f}  {_told(entry)}"


def _whence(page: "SessionPage") -> str:
    port = "" if page.figures.src_port is None else f" port {page.figures.src_port}"
    to_port = None if page.figures.dst_port is None else f"to port {page.figures.dst_port}"
    hassh = None if page.hassh is None else f"HASSH {page.hassh}"
    parts = (f"{page.src_ip or 'an unknown address'}{port}", to_port, page.protocol, page.client_version, hassh)
    return ", ".join(shown(part) for part in parts if part)


def _told(entry: "Entry") -> str:
    values = ", ".join(filter(None, map(_value, entry.values)))
    return f"{shown(entry.what)}: {values}" if values else shown(entry.what)


def _value(value: "Value") -> str:
    more = value.characters - len(value.text)
    rest = f" (and {counted(more, 'character')} more)" if more > 0 else ""
    return f"{value.name} {shown(value.text, 2000)}{rest}".strip()
