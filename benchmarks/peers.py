"""Bulk loading beside what people would take instead: `python -m benchmarks.peers --sizes 100000 1000000`.

Each size is generated once, and loaded in one run, one after the other, by the bare loop, by pandas (`read_json` in
chunks, `to_sql`), by DuckDB (`read_json` into a table), by Polars (`scan_ndjson` into a Parquet file) and by
`cowrie-assets ingest --mode bulk` on both engines. The peers store rows; ours also tells duplicates, keeps what no
reader understands, and makes sessions, commands, logins and files. Exit code 1 where the time of ours, against that of
the bare loop, or the growth of the time with the size is more than `peers.json` allows.
"""

import argparse
import json
import sys
import tempfile
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

from benchmarks.bare_loop import bare_loop
from benchmarks.engines import Databases, add_engine_options, databases, engines_of
from benchmarks.generate import generated
from benchmarks.outcome import Outcome
from benchmarks.process_memory import Run, run_measured

STORED = Path(__file__).with_name("peers.json")
"""Ratios that were measured, and how much more is let pass; changed by hand."""
_CHUNK = 50_000
_COLORS = ("#777777", "#1b9e77", "#d95f02", "#7570b3", "#e7298a", "#66a61e")
"""Of the lines of the picture: peers, then our engines."""


def with_pandas(logs: Sequence[Path], folder: Path) -> None:
    """`read_json` in chunks of lines, `to_sql` into SQLite; lists and objects become text, as SQLite has no others."""
    import sqlite3  # noqa: PLC0415  (each peer is a process of its own, and pays for its own imports)

    import pandas as pd  # noqa: PLC0415

    connection = sqlite3.connect(folder / "peer.db")
    columns = ["sensor", "session", "eventid", "timestamp", "src_ip", "username", "password", "input", "url", "shasum"]
    for log in logs:
        for chunk in pd.read_json(log, lines=True, chunksize=_CHUNK, convert_dates=False, dtype=False):
            chunk.reindex(columns=columns).to_sql("events", connection, if_exists="append", index=False)
    connection.execute("CREATE INDEX events_session ON events (session)")
    connection.commit()
    connection.close()


def with_duckdb(logs: Sequence[Path], folder: Path) -> None:
    """`read_json` into a table; what differs in type from line to line is text."""
    import duckdb  # noqa: PLC0415

    connection = duckdb.connect(str(folder / "peer.duckdb"))
    connection.execute(
        "CREATE TABLE events AS SELECT * FROM read_json(?, format = 'newline_delimited', union_by_name = true,"
        " ignore_errors = true, maximum_object_size = 67108864)",
        [list(map(str, logs))],
    )
    connection.close()


def with_polars(logs: Sequence[Path], folder: Path) -> None:
    """`scan_ndjson`, streamed into a Parquet file; a schema of text, for what differs from line to line."""
    import polars as pl  # noqa: PLC0415

    columns = ["sensor", "session", "eventid", "timestamp", "src_ip", "username", "password", "input", "url", "shasum"]
    pl.scan_ndjson(list(logs), schema=dict.fromkeys(columns, pl.String), ignore_errors=True).sink_parquet(
        folder / "peer.parquet"
    )


def with_bare_loop(logs: Sequence[Path], folder: Path) -> None:
    """orjson and `executemany` into SQLite (`bare_loop.py`)."""
    bare_loop(logs, folder / "peer.db")


PEERS: Mapping[str, Callable[[Sequence[Path], Path], None]] = {
    "bare loop": with_bare_loop,
    "pandas": with_pandas,
    "DuckDB": with_duckdb,
    "Polars": with_polars,
}


def main() -> None:
    """The command line."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("--sizes", type=int, nargs="+", default=[300_000, 1_000_000, 3_000_000], metavar="EVENTS")
    parser.add_argument("--plot", type=Path, metavar="FILE", help="a picture (SVG) of time against size")
    parser.add_argument("--peer", choices=PEERS, help=argparse.SUPPRESS)
    parser.add_argument("--into", type=Path, help=argparse.SUPPRESS)
    parser.add_argument("--data", type=Path, help=argparse.SUPPRESS)
    add_engine_options(parser)
    given = parser.parse_args()
    if given.peer:
        PEERS[given.peer](_logs(given.data), given.into)
        return
    seconds: dict[str, dict[int, float]] = {}
    outcome = Outcome(f"bulk loading of {', '.join(f'{size:,}' for size in given.sizes)} generated events")
    with databases() as made:
        for size in sorted(given.sizes):
            data = Path(tempfile.gettempdir()) / f"cowrie-benchmark-{size}"
            generated(data, events=size, days=1, sensors=2)
            of_logs = sum(log.stat().st_size for log in _logs(data))
            for name, run, stored in _runs(made, data, given.engine):
                seconds.setdefault(name, {})[size] = run.seconds
                outcome.add(f"{size:,} events", name, run.seconds, "s")
                outcome.add(f"{size:,}: events a second", name, size / run.seconds)
                outcome.add(f"{size:,}: peak memory", name, run.peak_bytes / 2**20, "MiB")
                outcome.add(f"{size:,}: stored / logs", name, stored / of_logs)
    _compare(outcome, seconds)
    if given.plot:
        _draw(seconds, given.plot)
    sys.exit(outcome.finish(given.json, {"seconds": seconds}))


def _runs(made: Databases, data: Path, engine: str) -> "list[tuple[str, Run, int]]":
    """What each took and what it stored, in bytes, one after the other."""
    found = []
    for peer in PEERS:
        with tempfile.TemporaryDirectory(prefix="cowrie-peer-") as folder:
            command = [sys.executable, "-m", "benchmarks.peers", "--peer", peer, "--into", folder, "--data", str(data)]
            run = run_measured(command, {})
            found.append((peer, run, sum(path.stat().st_size for path in Path(folder).iterdir())))
    for each in engines_of(engine):
        with made.new(each) as database:
            program = Path(sys.executable).with_name("cowrie-assets")
            run = run_measured([str(program), "ingest", "--mode", "bulk", str(data)], database.environment)
            found.append((f"ours, {each}", run, database.size_bytes))
    return found


def _compare(outcome: Outcome, seconds: Mapping[str, Mapping[int, float]]) -> None:
    """Ours against the bare loop, and against the size: an event of the largest run against one of the smallest."""
    stored = json.loads(STORED.read_text(encoding="utf-8"))
    for name, by_size in seconds.items():
        least, most = min(by_size), max(by_size)
        is_ours = name.startswith("ours")
        ratio = by_size[most] / seconds["bare loop"][most]
        bound = stored["against_bare_loop"][name] * stored["allowance"] if is_ours else None
        outcome.add("time / bare loop, the largest", name, ratio, bound=bound)
        if least < most:
            growth = by_size[most] / most / (by_size[least] / least)
            outcome.add("an event, largest / smallest", name, growth, bound=stored["growth"] if is_ours else None)


def _draw(seconds: Mapping[str, Mapping[int, float]], file: Path) -> None:
    import leather  # noqa: PLC0415

    chart = leather.Chart("Seconds to load, by events")
    for (name, by_size), color in zip(seconds.items(), _COLORS, strict=False):
        chart.add_line([(size / 1e6, taken) for size, taken in sorted(by_size.items())], stroke_color=color, name=name)
    chart.add_x_axis(name="million events")
    chart.add_y_axis(name="seconds")
    chart.to_svg(str(file), width=900, height=500)


def _logs(data: Path) -> list[Path]:
    return sorted(data.rglob("cowrie.json*"))


if __name__ == "__main__":
    main()
