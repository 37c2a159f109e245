"""The rules of SQL files, which `make lint` holds: `python -m cowrie_assets_tests.sql_rules` prints what breaks one.

Keywords are upper case; a file is one statement; columns are named (`SELECT *` but for the files in `ALL_COLUMNS`); a
module names the file; and each `:bind` of it is a word of a module that names it, or one of `SHARED`.
"""

import ast
import re
import sys
from collections.abc import Iterator
from functools import cache
from pathlib import Path

from cowrie_assets.warehouse.sql import SQL_ROOT, source

ALL_COLUMNS = {"summaries/session_summaries", "reports/addresses", "reports/interesting", "reports/sessions"}
"""Files that pass rows of a statement of their own on."""
SHARED = {"start_day", "end_day", "start_us", "end_us", "known_from", "sensor_id", "top"}
"""Binds that reports give to every statement of theirs."""
_KEYWORDS = (
    "all|and|as|asc|between|by|case|cast|cross|delete|desc|distinct|do|else|end|except|exists|from|group"
    "|having|in|insert|inner|intersect|into|is|join|left|like|limit|materialized|not|null|on|or|order"
    "|over|recursive|select|set|then|union|update|using|values|when|where|with|conflict|nothing|returning"
    "|coalesce"
)
_LOWER = re.compile(rf"(?<![:.\w])({_KEYWORDS})(?![\w.])")
_STAR = re.compile(r"SELECT\s+(?:DISTINCT\s+)?(?:\w+\.)?\*|,\s*\w+\.\*")
_BIND = re.compile(r"(?<![:\w]):([a-z_]\w*)")
_NOT_CODE = re.compile(r"--[^\n]*|'(?:[^']|'')*'")
_LEAST_LETTERS = 3
_PACKAGE = Path(__file__).parents[1] / "cowrie_assets"


def broken_rules() -> Iterator[str]:
    """A line for each rule that a file breaks."""
    for path in sorted(SQL_ROOT.rglob("*.sql")):
        name = path.relative_to(SQL_ROOT).with_suffix("").as_posix()
        yield from (f"sql/{name}.sql: {what}" for what in _broken(name, path.read_text(encoding="utf-8")))


def _broken(name: str, text: str) -> Iterator[str]:
    sql = _NOT_CODE.sub(" ", text)
    for word in sorted({match[1] for match in _LOWER.finditer(sql)}):
        yield f"the keyword {word} is not upper case"
    if ";" in sql:
        yield "more than one statement"
    if _STAR.search(sql) and name not in ALL_COLUMNS:
        yield "columns are not named"
    if name.startswith("views/"):
        return
    callers = [module for module in _modules() if any(pattern.fullmatch(name) for pattern in module.names)]
    if not callers:
        yield "no module names it"
        return
    words = SHARED.union(*(module.words for module in callers))
    made = [pattern for module in callers for pattern in module.made_words]
    for bind in sorted(set(_BIND.findall(_NOT_CODE.sub(" ", source(name, "sqlite")))) - words):
        if not any(pattern.fullmatch(bind) for pattern in made):
            yield f"no module that names it knows the bind :{bind}"


class _Module:
    """The files that a module may name, as patterns, and all words in it.

    A file of the SQL folder that is named as the module's own may be named without it.
    """

    def __init__(self, path: Path) -> None:
        self.words: set[str] = set()
        self.made_words: list[re.Pattern[str]] = []
        """Those that it puts together."""
        self.names: list[re.Pattern[str]] = []
        own = path.relative_to(_PACKAGE).parts[0]
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            match node:
                case ast.Constant(value=str(value)) if re.fullmatch(r"[\w/]{1,80}", value):
                    self.words.add(value)
                    self.names.append(re.compile(f"({own}/([a-z]+/)?)?{re.escape(value)}"))
                case ast.JoinedStr(values=parts) if _says_enough(parts):
                    pattern = "".join(map(_pattern, parts))
                    self.made_words.append(re.compile(pattern))
                    self.names.append(re.compile(f"({own}/)?{pattern}"))
                case ast.Name(id=word) | ast.arg(arg=word) | ast.Attribute(attr=word) | ast.keyword(arg=str(word)):
                    self.words.add(word)


def _says_enough(parts: list[ast.expr]) -> bool:
    """Whether a text that is put together has letters of its own: else it is like any name."""
    own = "".join(str(part.value) for part in parts if isinstance(part, ast.Constant))
    return len(re.findall("[a-z]", own)) >= _LEAST_LETTERS


def _pattern(part: ast.expr) -> str:
    return re.escape(part.value) if isinstance(part, ast.Constant) and isinstance(part.value, str) else r"[\w/]+"


@cache
def _modules() -> list[_Module]:
    return [_Module(path) for path in sorted(_PACKAGE.rglob("*.py"))]


def main() -> None:
    """Print what is broken; exit code 1 where anything is."""
    found = list(broken_rules())
    for line in found:
        print(line)
    sys.exit(bool(found))


if __name__ == "__main__":
    main()
