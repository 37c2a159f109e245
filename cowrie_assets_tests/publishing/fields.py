"""How a server takes a document: by the fields of the index, with the errors that the real ones give."""

import re
from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any, NamedTuple

MAX_TERM_BYTES = 32766
"""The longest text that Lucene indexes as one term."""

_COMMON = {"long", "double", "keyword", "date", "boolean", "nested", "object"}
_TYPES = {"elasticsearch": _COMMON | {"flattened"}, "opensearch": _COMMON | {"flat_object"}}
_PARAMETERS = {"type", "properties", "dynamic", "ignore_above", "enabled"}
_DATE = re.compile(r"\d{4}-\d\d-\d\d(T\d\d:\d\d(:\d\d(\.\d{1,9})?)?(Z|[+-]\d\d:?\d\d)?)?")


class FieldError(ValueError):
    """A document, or a mapping, that the server refuses."""


def check_mapping(product: str, mapping: Mapping[str, Any], path: str = "") -> int:
    """Refuse what no server knows; gives the number of nested fields."""
    if unknown := mapping.keys() - _PARAMETERS:
        raise FieldError(f"unknown parameter {sorted(unknown)} on mapper [{path}]")
    kind = mapping.get("type", "object")
    if kind not in _TYPES[product]:
        raise FieldError(f"No handler for type [{kind}] declared on field [{path}]")
    below = mapping.get("properties", {})
    return (kind == "nested") + sum(check_mapping(product, each, f"{path}.{name}") for name, each in below.items())


def conflicts(old: Mapping[str, Any], new: Mapping[str, Any], path: str = "") -> Iterator[str]:
    """The fields whose type would change, which no index allows."""
    for name, mapping in new.get("properties", {}).items():
        there = old.get("properties", {}).get(name)
        where = f"{path}{name}"
        if there is not None and there.get("type", "object") != mapping.get("type", "object"):
            yield where
        elif there is not None:
            yield from conflicts(there, mapping, f"{where}.")


def merged(old: Mapping[str, Any], new: Mapping[str, Any]) -> dict[str, Any]:
    """A mapping with the fields of both."""
    result = {**old, **{name: value for name, value in new.items() if name != "properties"}}
    if "properties" in old or "properties" in new:
        fields = dict(old.get("properties", {}))
        for name, mapping in new.get("properties", {}).items():
            fields[name] = merged(fields[name], mapping) if name in fields else mapping
        result["properties"] = fields
    return result


def check_document(product: str, mapping: Mapping[str, Any], document: Mapping[str, Any]) -> int:
    """Refuse a document that the fields cannot take; gives the number of nested objects in it."""
    return _object(mapping, document, "", _Rules(mapping.get("dynamic", "true"), product == "opensearch"))


class _Rules(NamedTuple):
    dynamic: str
    """What becomes of a name that the mapping does not have."""
    takes_blanks: bool
    """Whether a name may be blanks."""


def _object(mapping: Mapping[str, Any], value: Mapping[str, Any], path: str, rules: _Rules) -> int:
    nested = 0
    for name, below in value.items():
        where = f"{path}{name}"
        if not name:
            raise FieldError("field name cannot be an empty string")
        if not name.strip() and not rules.takes_blanks:
            raise FieldError(f"Field name cannot contain only whitespace: [{name}]")
        if not all(name.split(".")):
            raise FieldError(f"object field starting or ending with a [.] makes object resolution ambiguous: [{name}]")
        field = mapping.get("properties", {}).get(name)
        if field is not None:
            nested += _value(field, below, where, rules)
        elif rules.dynamic == "strict":
            raise FieldError(f"mapping set to strict, dynamic introduction of [{name}] is not allowed")
        elif rules.dynamic == "true":
            raise FieldError(f"[{where}] would be added as a field: these templates are to allow none")
    return nested


def _value(field: Mapping[str, Any], value: Any, path: str, rules: _Rules) -> int:
    kind = field.get("type", "object")
    if field.get("enabled") is False or value is None:
        return 0
    if kind == "flattened":
        _flattened(value, path)
        return 0
    if isinstance(value, list):
        return sum(_value(field, each, path, rules) for each in value)
    if kind in ("object", "nested"):
        if not isinstance(value, dict):
            raise FieldError(
                f"object mapping for [{path}] tried to parse field [{path}] as object, but found a concrete value"
            )
        return (kind == "nested") + _object(field, value, f"{path}.", rules)
    if isinstance(value, dict):
        raise FieldError(f"failed to parse field [{path}] of type [{kind}] in document with id")
    _scalar(field, kind, value, path)
    return 0


def _scalar(field: Mapping[str, Any], kind: str, value: Any, path: str) -> None:
    fits = True
    if kind == "keyword":
        text = str(value)
        shown = len(text.encode("utf-16-le", "surrogatepass")) // 2 <= field.get("ignore_above", 2**31)
        if shown and len(text.encode("utf-8", "replace")) > MAX_TERM_BYTES:
            raise FieldError(f'Document contains at least one immense term in field="{path}"')
    elif kind in ("long", "double"):
        number = _number(value)
        fits = number is not None and (kind == "double" or -(2**63) <= number < 2**63)
    elif kind == "boolean":
        fits = isinstance(value, bool) or value in ("true", "false", "")
    elif kind == "date":
        fits = isinstance(value, str) and _DATE.fullmatch(value) is not None and _is_day(value)
    if not fits:
        shown_value = str(value)[:50]
        raise FieldError(
            f"failed to parse field [{path}] of type [{kind}] in document. Preview of field's value: '{shown_value}'"
        )


def _number(value: Any) -> float | None:
    """Numbers are taken from texts too."""
    try:
        return None if isinstance(value, bool) else float(value) if isinstance(value, str) else value
    except ValueError:
        return None


def _is_day(text: str) -> bool:
    try:
        datetime.fromisoformat(text[:10])
    except ValueError:
        return False
    return True


def _flattened(value: Any, path: str) -> None:
    if not isinstance(value, dict):
        raise FieldError(f"Failed to parse object: expecting START_OBJECT for [{path}]")
    for key, below in value.items():
        if "\0" in key:
            raise FieldError(f"Keys in [flattened] fields cannot contain the reserved character \\0. Key: [{key!r}]")
        if len(key.encode("utf-8", "replace")) > MAX_TERM_BYTES:
            raise FieldError(f"Flattened field [{path}] contains one immense field")
        if isinstance(below, dict):
            _flattened(below, f"{path}.{key}")
