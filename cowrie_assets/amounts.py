"""Numbers of things in sentences."""


def counted(number: int, thing: str, things: str | None = None) -> str:
    """`1 log`, `26,791 logs`; `things` is the plural where it is not `thing` with an s."""
    return f"{number:,} {thing if number == 1 else things or thing + 's'}"
