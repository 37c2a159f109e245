"""Writes Cowrie 3.1 logs of realistic shape: `python -m benchmarks.generate OUT --events 1000000`.

The same arguments give the same bytes. Sessions overlap and span midnight; lines stand in time order, in one file a day
and sensor (`OUT/<sensor>/cowrie.json.<day>`). Standard output is the exact count of what was written, as JSON.
"""

import argparse
import heapq
import json
import random
from collections.abc import Iterator
from dataclasses import asdict, dataclass, fields
from datetime import UTC, date, datetime
from pathlib import Path
from typing import BinaryIO

import orjson

from benchmarks.attack import Attack, Event
from benchmarks.vocabulary import Vocabulary

_US = 1_000_000
_DAY_US = 86_400 * _US
_SHAPE = 1
"""Raised when the same arguments give other logs."""
_EVENTS_PER_SESSION = 8.3
"""A guess that spreads the sessions evenly; their number comes out by itself."""


@dataclass(slots=True)
class Counts:
    """What was written, by the counting rules of the data contract."""

    events: int = 0
    bytes: int = 0
    sessions: int = 0
    closed: int = 0
    commands: int = 0
    login_successes: int = 0
    login_failures: int = 0
    file_downloads: int = 0
    file_uploads: int = 0

    def add(self, event: Event) -> None:
        """Count one event, its line apart."""
        self.events += 1
        match event.eventid:
            case "cowrie.session.connect":
                self.sessions += 1
            case "cowrie.session.closed":
                self.closed += 1
            case "cowrie.command.input" if "realm" not in event.fields:
                self.commands += 1
            case "cowrie.login.success":
                self.login_successes += 1
            case "cowrie.login.failed":
                self.login_failures += 1
            case "cowrie.session.file_download":
                self.file_downloads += 1
            case "cowrie.session.file_upload":
                self.file_uploads += 1

    def __iadd__(self, other: "Counts") -> "Counts":
        for name in (field.name for field in fields(self)):
            setattr(self, name, getattr(self, name) + getattr(other, name))
        return self


def generate(
    out: Path, *, events: int, days: int = 1, sensors: int = 2, start: date = date(2026, 8, 1), seed: int = 7
) -> Counts:
    """Write exactly `events` events, evenly over `days` and `sensors`; the last sessions may end on the day behind."""
    total = Counts()
    for number in range(sensors):
        share = events // sensors + (number < events % sensors)
        total += write_sensor(out / f"hp-{number + 1:02}", number, share, start=start, days=days, seed=seed)
    return total


def generated(out: Path, *, events: int, days: int = 1, sensors: int = 2, start: date = date(2026, 8, 1)) -> Counts:
    """As `generate`, but what the same arguments wrote before is taken again."""
    arguments = {"events": events, "days": days, "sensors": sensors, "start": start.isoformat(), "shape": _SHAPE}
    record = out / "generated.json"
    if record.exists():
        known = json.loads(record.read_text())
        if known["arguments"] == arguments:
            return Counts(**known["counts"])
        raise SystemExit(
            f"{out} holds logs of other arguments ({known['arguments']}): remove it, or name another folder"
        )
    counts = generate(out, events=events, days=days, sensors=sensors, start=start)
    record.write_text(json.dumps({"arguments": arguments, "counts": asdict(counts)}))
    return counts


def write_sensor(folder: Path, number: int, events: int, *, start: date, days: int, seed: int) -> Counts:
    folder.mkdir(parents=True, exist_ok=True)
    rng = random.Random(f"{seed}-{number}")
    uuid = f"{rng.getrandbits(32):08x}-d3e1-11f1-bc1e-858d37f08ef6"
    counts = Counts()
    log: BinaryIO | None = None
    day, day_ends_us = "", 0
    for attack, event in _in_time_order(Vocabulary(rng), events, start, days):
        if event.at_us >= day_ends_us:
            day = datetime.fromtimestamp(event.at_us // _US, UTC).date().isoformat()
            day_ends_us = (event.at_us // _DAY_US + 1) * _DAY_US
            if log is not None:
                log.close()
            log = (folder / f"cowrie.json.{day}").open("wb")
        line = _line(attack, event, day, folder.name, uuid, with_epoch=number % 2 == 1)
        assert log is not None
        log.write(line)
        counts.add(event)
        counts.bytes += len(line)
    if log is not None:
        log.close()
    return counts


def _in_time_order(vocabulary: Vocabulary, events: int, start: date, days: int) -> Iterator[tuple[Attack, Event]]:
    """The events of all sessions, merged; the time between two starts is drawn so that the last falls near the end."""
    now_us = int(datetime(start.year, start.month, start.day, tzinfo=UTC).timestamp()) * _US
    end_us = now_us + days * _DAY_US
    waiting: list[tuple[int, int, Attack, Event]] = []
    made = 0
    while made < events:
        mean_us = max(0, end_us - now_us) * _EVENTS_PER_SESSION / (events - made)
        now_us = min(end_us - 1, now_us + int(vocabulary.rng.expovariate(1) * mean_us))
        while waiting and waiting[0][0] < now_us:
            _, _, attack, event = heapq.heappop(waiting)
            yield attack, event
        attack = Attack(vocabulary, now_us)
        for event in attack.events[: events - made]:
            made += 1
            heapq.heappush(waiting, (event.at_us, made, attack, event))
    while waiting:
        _, _, attack, event = heapq.heappop(waiting)
        yield attack, event


def _line(attack: Attack, event: Event, day: str, sensor: str, uuid: str, *, with_epoch: bool) -> bytes:
    seconds, microseconds = divmod(event.at_us % _DAY_US, _US)
    minutes, second = divmod(seconds, 60)
    hour, minute = divmod(minutes, 60)
    document = {
        "session": attack.session,
        "protocol": attack.protocol,
        "src_ip": attack.src_ip,
        "src_port": attack.src_port,
        "dst_ip": "127.0.0.1",
        "dst_port": attack.dst_port,
        **event.fields,
        "eventid": event.eventid,
        "sensor": sensor,
        "uuid": uuid,
        "timestamp": f"{day}T{hour:02}:{minute:02}:{second:02}.{microseconds:06}Z",
        "message": event.message,
    }
    if with_epoch:
        document["epoch"] = event.at_us // 1000
    return orjson.dumps(document, option=orjson.OPT_APPEND_NEWLINE)


def main() -> None:
    """The command line."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("out", type=Path)
    amount = parser.add_mutually_exclusive_group()
    amount.add_argument("--events", type=int, default=1_000_000, help="in all (default 1,000,000)")
    amount.add_argument("--events-per-day", type=int, help="in all is this times --days")
    parser.add_argument("--days", type=int, default=1)
    parser.add_argument("--sensors", type=int, default=2)
    parser.add_argument("--start", type=date.fromisoformat, default=date(2026, 8, 1))
    parser.add_argument("--seed", type=int, default=7)
    given = parser.parse_args()
    events = given.events_per_day * given.days if given.events_per_day else given.events
    counts = generate(
        given.out, events=events, days=given.days, sensors=given.sensors, start=given.start, seed=given.seed
    )
    print(json.dumps(asdict(counts)))


if __name__ == "__main__":
    main()
