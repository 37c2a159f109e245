"""Numbers of things, bytes and time spans in sentences."""


def counted(number: int, thing: str, things: str | None = None) -> str:
    """`1 log`, `26,791 logs`; `things` is the plural where it is not `thing` with an s."""
    return f"{number:,} {thing if number == 1 else things or thing + 's'}"


def size(number: float) -> str:
    """Bytes for people: `814 B`, `12.8 MB`; a MB is 1,000,000 bytes."""
    for unit in ("B", "kB", "MB", "GB"):
        if number < 1000:  # noqa: PLR2004
            return f"{number:.0f} {unit}" if unit == "B" else f"{number:.1f} {unit}"
        number /= 1000
    return f"{number:.1f} TB"


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
