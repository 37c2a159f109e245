"""The one JSON writer of documents."""

import json

import orjson


def dump(document: object, *, pretty: bool = True) -> bytes:
    """`document` as UTF-8 JSON with its keys in order and a newline at the end.

    NUL and lone surrogates survive. No UTF-8 encoder takes a lone surrogate: a document that holds one is written in
    ASCII, with every other character as an escape, and reads back the same.
    """
    options = orjson.OPT_APPEND_NEWLINE | (orjson.OPT_INDENT_2 if pretty else 0)
    try:
        return orjson.dumps(document, option=options)
    except orjson.JSONEncodeError:
        separators = None if pretty else (",", ":")
        text = json.dumps(
            document, ensure_ascii=True, allow_nan=False, indent=2 if pretty else None, separators=separators
        )
        return text.encode("ascii") + b"\n"
