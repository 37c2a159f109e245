"""Whether Dagster does its work: daemon, sensors, runs, code location, memory. Of an instance that nobody runs over,
nothing is said."""

from collections.abc import Iterator
from pathlib import Path

from cowrie_assets.amounts import size
from cowrie_assets.clock import now_us
from cowrie_assets.errors import UserError
from cowrie_assets.health.finding import Finding
from cowrie_assets.orchestration.locations import WebServer, WebServerError
from cowrie_assets.orchestration.processes import MOST_MEMORY_BYTES, ServiceProcess, service_processes
from cowrie_assets.printable import shown


def dagster_findings(home: str | None) -> Iterator[Finding]:
    """What is the matter with the services over `home`, the value of DAGSTER_HOME; one finding where nothing is."""
    if not home or not any((Path(home) / name).exists() for name in ("dagster.yaml", "history")):
        return
    from cowrie_assets.history.storage import open_history  # noqa: PLC0415  (Dagster takes a second)
    from cowrie_assets.orchestration.instance import explained  # noqa: PLC0415
    from cowrie_assets.orchestration.state import service_faults  # noqa: PLC0415

    processes = service_processes(Path(home))
    try:
        with open_history(home) as instance, explained(home):
            found = [
                Finding("dagster", fault.state, fault.sentence, (f"to mend: {fault.mend}",))
                for fault in service_faults(instance, now_us())
            ]
    except Exception as error:  # its storage may be any database, with errors of its own, which may show its URL
        is_told = isinstance(error, UserError)
        found = [
            Finding(
                "dagster",
                "error",
                str(error) if is_told else f"its history in {home} cannot be read: {type(error).__name__}",
                ("to mend: see what storage: in dagster.yaml names; `cowrie-assets history size` reads it as well",),
            )
        ]
    found += [*_locations(processes), *_memory(processes)]
    if found:
        yield from found
        return
    running = ", ".join(f"{each.service} {size(each.rss_bytes)}" for each in processes)
    yield Finding("dagster", "ok", running or "no service of it runs on this machine")


def _locations(processes: list[ServiceProcess]) -> Iterator[Finding]:
    for each in processes:
        if each.port is None:
            continue
        try:
            state = WebServer(f"http://127.0.0.1:{each.port}").location()
        except WebServerError as error:
            sentence, mend = str(error), "its output says why; start it again"
        else:
            if state.is_loaded:
                continue
            sentence = f"the code location is not loaded: {shown(state.error or '')}"
            mend = "mend what it says, then Deployment, Reload in the UI; `cowrie-assets watchdog` does that by itself"
        yield Finding("dagster", "error", sentence, (f"to mend: {mend}",))


def _memory(processes: list[ServiceProcess]) -> Iterator[Finding]:
    for each in processes:
        if each.rss_bytes > MOST_MEMORY_BYTES:
            message = f"the {each.service} (process {each.pid}) holds {size(each.rss_bytes)} of memory"
            mend = "start it again, as `cowrie-assets ui` and MemoryMax= of systemd do: runs are the code server's"
            yield Finding("dagster", "warning", message, (f"to mend: {mend}",))
