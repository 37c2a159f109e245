"""What the status files say of runs that ended badly, or did not end."""

from collections.abc import Iterator
from pathlib import Path

from cowrie_assets.amounts import counted
from cowrie_assets.clock import now_us
from cowrie_assets.health.finding import Finding
from cowrie_assets.printable import shown
from cowrie_assets.telemetry.status_document import age_seconds
from cowrie_assets.telemetry.status_files import read_documents

_AGAIN = {
    "delta_ingest": "cowrie-assets ingest",
    "bulk_ingest": "cowrie-assets ingest --mode bulk",
    "refresh_summaries": "cowrie-assets ingest",
    "rebuild_session_summaries": "cowrie-assets rebuild",
    "reporting": "cowrie-assets backfill FIRST LAST, which `cowrie-assets status` names",
    "publishing": "cowrie-assets publication run",
    "enrichment": "cowrie-assets enrich",
    "import": "cowrie-assets db import SOURCE",
    "move": "cowrie-assets db move TARGET",
}
"""What goes on from where a run of a phase ended: what was committed stays."""

_TOLD_SECONDS = 7 * 86_400
"""A command that failed and was never given again, for it was wrong, is not told for ever."""


def phase_findings(folder: Path | None) -> Iterator[Finding]:
    """One for each phase whose latest run failed, was killed or is silent, as far as that was in the last seven days;
    where none did, one for all of them."""
    if folder is None:
        return
    documents = [each for each in read_documents(folder) if age_seconds(each, now_us()) < _TOLD_SECONDS]
    for document in documents:
        who = f"{document['phase']} (process {document['pid']} on {shown(document['hostname'], 40)})"
        again = _AGAIN.get(document["phase"], "run the command again")
        match document["state"]:
            case "failed":
                sentence = f"{who} failed at {document['last_updated'][:19]}Z: {shown(document['error'] or '')}"
            case "killed":
                sentence = f"{who} was killed: it was last heard of at {document['last_updated'][:19]}Z"
            case "silent":
                sentence = f"{who} says nothing since {document['last_updated'][:19]}Z, and has not ended"
                again = f"see whether process {document['pid']} hangs there; where it is gone, {again}"
            case _:
                continue
        yield Finding("runs", "warning", sentence, (f"to mend: {again}",))
    if all(document["state"] in ("running", "finished") for document in documents):
        running = [document["phase"] for document in documents if document["state"] == "running"]
        said = f"; {', '.join(running)} in work" if running else ""
        yield Finding("runs", "ok", f"{counted(len(documents), 'phase')} in {folder}{said}")
