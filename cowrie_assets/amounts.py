"""Numbers for people: counts, sizes, times, and what is counted."""


def counted(number: int, thing: str, things: str | None = None) -> str:
    """`1 log`, `26,791 logs`; `things` is the plural where it is not `thing` with an s."""
    return f"{number:,} {thing if number == 1 else things or thing + 's'}"


def count(number: int) -> str:
    """`26791` as `26,791`."""
    return f"{number:,}"


def size(number: float) -> str:
    """Bytes for people: `814 B`, `12.8 MB`; a MB is 1,000,000 bytes."""
    for unit in ("B", "kB", "MB", "GB"):
        if number < 1000:  # noqa: PLR2004
            return f"{number:.0f} {unit}" if unit == "B" else f"{number:.1f} {unit}"
        number /= 1000
    return f"{number:.1f} TB"


def duration(seconds: float) -> str:
    """Seconds for people: `0.8 s`, `42 s`, `3 min 20 s`, `2 h 5 min`."""
    if seconds < 10:  # noqa: PLR2004
        return f"{seconds:.1f} s"
    minutes, rest = divmod(round(seconds), 60)
    if not minutes:
        return f"{rest} s"
    hours, minutes = divmod(minutes, 60)
    return f"{hours} h {minutes} min" if hours else f"{minutes} min {rest} s"


def age(microseconds: int) -> str:
    """A time span for people, in its two largest units: `40 s`, `25 min`, `3 h 5 min`, `12 d 4 h`."""
    minutes, seconds = divmod(max(microseconds, 0) // 1_000_000, 60)
    hours, minutes = divmod(minutes, 60)
    days, hours = divmod(hours, 24)
    if days:
        return f"{days} d {hours} h"
    if hours:
        return f"{hours} h {minutes} min"
    return f"{minutes} min" if minutes else f"{seconds} s"
