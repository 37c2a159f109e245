"""The normal form of a command: what varies between runs of the same attack folded, so that they group as one.

It serves grouping only; the command itself stays as typed. docs/RISK.md lists the rules in their order. The normal form
of a normal form is itself, and it has at most `MAX_CHARACTERS`.
"""

import ipaddress
import re
from collections import Counter
from collections.abc import Callable
from hashlib import blake2b
from typing import NamedTuple

from cowrie_assets.cowrie.passwords import PASSWORD, fold_passwords, program_name
from cowrie_assets.cowrie.programs import USUAL_PROGRAMS
from cowrie_assets.cowrie.word_spans import stages_of

READ_CHARACTERS = 65_536
"""What stands behind so many characters does not enter the normal form."""
MAX_CHARACTERS = 1_000
CUT = "<cut>"
"""Ends a normal form that was longer."""

_BLANKS = re.compile("[ \t\n\r\v\f\x85\xa0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000]+")
_UNSEEN = re.compile(
    "[\x00-\x1f\x7f-\x9f\xad\u061c\u180e\u200b-\u200f\u202a-\u202e\u2060-\u206f\ud800-\udfff\ufeff\ufff9-\ufffb"
    "\U000e0000-\U000e007f]"
)
_NOT_TEXT = re.compile("[\x00-\x08\x0e-\x1a\x1c-\x1f\x80-\x84\x86-\x9f\ufffd]")
_BINARY_CHARACTERS = 4
_BINARY_SHARE = 16
"""So many control or undecodable characters, and one in 16 of all, make a command binary data."""

_SPELLED_WITH_DIGITS = frozenset(
    {
        "base64",
        "base32",
        "md5sum",
        "sha1sum",
        "sha256sum",
        "sha512sum",
        "bzip2",
        "bunzip2",
        "python2",
        "python3",
        "pip3",
    }
    | {"x86", "x86_64", "i386", "i486", "i586", "i686", "arm4", "arm5", "arm6", "arm7", "aarch64", "mips64", "lib64"}
)
_DESCRIPTORS = frozenset({"0", "1", "2"})
_HEX = re.compile(r"0[xX][0-9a-fA-F]+|(?=[a-fA-F]*[0-9])(?=[0-9]*[a-fA-F])[0-9a-fA-F]{8,}")
_DIGITS, _UPPER, _LOWER = re.compile("[0-9]+"), re.compile("[A-Z]"), re.compile("[a-z]")
_LONG_WORD = 64
_PATH_LIKE = 16
"""A slash in 16 characters or fewer: a path, no base64."""
_FEW_ESCAPES = 3
_RANDOM_LETTERS = 3
_SETS_A_PASSWORD = re.compile(
    r"""(?:echo|printf)\ (?:-[neE]{1,3}\ )?['"]?(?:[^:'"\ |;&<>]{1,32}:)?<password>['"]?\ ?\|\ ?
    (?:sudo\ )?(?:/usr/s?bin/|/bin/)?(?:ch)?passwd(?:\ [^\ |;&<>]{1,32})?(?:\ ?\|\ ?(?:ba)?sh)?
    |(?:sudo\ )?(?:/usr/s?bin/|/bin/)?(?:ch)?passwd(?:\ [^\ |;&<>]{1,32})?\ ?
    <<<\ ?['"]?(?:[^:'"\ |;&<>]{1,32}:)?<password>['"]?
    |(?:Enter|Retype|Re-enter)\ new\ (?:UNIX\ )?password:|New\ password:""",
    re.VERBOSE,
)

_SHAPE_BITS, _FORM_BITS = 27, 36
_URL = re.compile(r"(?<![A-Za-z0-9+.-])[A-Za-z][A-Za-z0-9+.-]{1,15}://(?:[^ '\"`;|<>()&]|&(?=[A-Za-z0-9%_]))+")
_RUN_OR_SAVED = re.compile(r"(?:(?<![A-Za-z0-9_./])\./| -[oO] ?)([A-Za-z0-9_./-]++)(?!<)")
_FILE_NAME = re.compile(r"(?<![A-Za-z0-9_.<>-])[A-Za-z0-9_.-]++(?!<)")


def normalize_command(command: str) -> str:
    """The normal form of `command`. Total, and linear in its length."""
    text = command[:READ_CHARACTERS]
    if not (text.isascii() and text.isprintable() and "  " not in text):
        if _is_binary(text):
            return "<binary>"
        text = _UNSEEN.sub(_visible, _BLANKS.sub(" ", text))
    text = text.strip(" ")
    if len(command) > READ_CHARACTERS:
        text += CUT
    while True:
        folded = text
        for rule in FOLDS:
            if rule.needs in folded:
                folded = rule.pattern.sub(rule.replacement, folded)
        folded = _shortened(folded)
        if folded == text:
            return "<binary>" if "\ufffd" in text and _is_binary(text) else text
        text = folded


def behaviour_form(normal: str) -> str:
    """What a command of a normal form counts as where behaviours are compared.

    Lines that do nothing but set a password, and the prompts for one that bots send back, are one act in many words:
    a bot that takes `passwd` where another time it takes `chpasswd` behaves alike.
    """
    return PASSWORD if _SETS_A_PASSWORD.fullmatch(normal) else normal


def behaviour_shape(normal: str) -> frozenset[str]:
    """The usual programs that a normal form runs, `""` for any other: what stays of it whatever words a bot makes up.

    Arguments, order and repetition count for nothing.
    """
    stages = stages_of(behaviour_form(normal), reads_document=lambda _: False)
    names = {program_name(stage) for stage in stages if stage.words}
    return frozenset(name if name in USUAL_PROGRAMS else "" for name in names)


def behaviour_signature(normal: str) -> int:
    """63 bits, the same on every database, where a text's number follows the loading: 36 that stand for
    `behaviour_form(normal)`, then 27 that stand for its `behaviour_shape`."""
    shape = " ".join(sorted(behaviour_shape(normal)))
    return _bits(behaviour_form(normal), _FORM_BITS) << _SHAPE_BITS | _bits(shape, _SHAPE_BITS)


def _bits(text: str, number: int) -> int:
    digest = blake2b(text.encode("utf-8", "surrogatepass"), digest_size=8).digest()
    return int.from_bytes(digest, "big") >> (64 - number)


def _is_binary(text: str) -> bool:
    suspects = len(_NOT_TEXT.findall(text))
    return suspects >= _BINARY_CHARACTERS and suspects * _BINARY_SHARE >= len(text)


def _visible(match: re.Match[str]) -> str:
    code = ord(match.group())
    if code <= 0xFF:  # noqa: PLR2004  (two hex digits)
        return f"\\x{code:02x}"
    return f"\\u{code:04x}" if code <= 0xFFFF else f"\\U{code:08x}"  # noqa: PLR2004  (four hex digits)


def _shortened(text: str) -> str:
    if len(text) <= MAX_CHARACTERS:
        return text
    head = text[: MAX_CHARACTERS - len(CUT)]
    opened = head.rfind("<", len(head) - len("<binary>"))
    return (head if opened < 0 or ">" in head[opened:] else head[:opened]) + CUT


def _urls(match: re.Match[str]) -> str:
    """URLs, and the names of files that come again: of the file that a URL gives, of one that is saved or run here."""
    text = match.group()
    urls = _URL.findall(text) if "://" in text else []
    paths = (re.split("[?#]", url.partition("://")[2], maxsplit=1)[0] for url in urls)
    names = {path.rpartition("/")[2] for path in paths if "/" in path}
    if urls:
        text = _URL.sub("<url>", text)
    local = {path.rpartition("/")[2] for path in _RUN_OR_SAVED.findall(text)} - names
    if local:
        times = Counter(_FILE_NAME.findall(text))
        names |= {name for name in local if times[name] > 1}
    names = {name for name in names if not (name.isdigit() or name.startswith("-") or name.strip(".") == "")}
    names -= USUAL_PROGRAMS
    return _FILE_NAME.sub(lambda each: "<name>" if each[0] in names else each[0], text) if names else text


def _ipv6(match: re.Match[str]) -> str:
    text = match.group()
    try:
        ipaddress.IPv6Address(text)
    except ValueError:
        return text
    return "<ip>"


def _escapes(match: re.Match[str]) -> str:
    text = match.group()
    return "<hex>" if text.count("\\") > _FEW_ESCAPES else text


def _blob(match: re.Match[str]) -> str:
    blob = match.group()
    has_all_kinds = _UPPER.search(blob) and _LOWER.search(blob) and _DIGITS.search(blob)
    if has_all_kinds and not _HEX.fullmatch(blob) and blob.count("/") * _PATH_LIKE <= len(blob):
        return "<base64>"
    return "<long>" if len(blob) >= _LONG_WORD and "/" not in blob else blob


def _word_with_digits(match: re.Match[str]) -> str:
    word = match.group()
    if word in _SPELLED_WITH_DIGITS or (word in _DESCRIPTORS and _stands_at_redirection(match)):
        return word
    if word.isdigit():
        return "<n>"
    if _HEX.fullmatch(word):
        return "<hex>"
    folded = _DIGITS.sub("<n>", word)
    letters = _DIGITS.sub("", word).replace("_", "")
    varied = folded.count("<n>") > 1 or (_UPPER.search(letters, 1) is not None and _LOWER.search(letters) is not None)
    return "<name>" if varied and len(letters) >= _RANDOM_LETTERS else folded


def _stands_at_redirection(match: re.Match[str]) -> bool:
    text, start, end = match.string, match.start(), match.end()
    return text[end : end + 1] == ">" or text[max(0, start - 2) : start] == ">&"


class Fold(NamedTuple):
    """One rule of the normal form."""

    name: str
    needs: str
    """It can apply only where this text stands: saves looking."""
    pattern: re.Pattern[str]
    replacement: str | Callable[[re.Match[str]], str]
    """Shorter than what it replaces, `<...>` not counted, or equal to it: hence folding comes to an end."""


FOLDS: tuple[Fold, ...] = (
    Fold("password", "", re.compile(r"\A.+\Z", re.DOTALL), lambda match: fold_passwords(match[0])),
    Fold(
        "key",
        "AAAA",
        re.compile(r"(?<![A-Za-z0-9+/])AAAA[A-Za-z0-9+/]{20,}={0,3}(?: [^ \"'`\\;|&<>]{1,128}+(?=\\?[\"']| ?>))?"),
        "<key>",
    ),
    Fold("url", "/", re.compile(r"\A.+\Z", re.DOTALL), _urls),
    Fold(
        "ipv6",
        ":",
        re.compile(
            r"(?<![0-9A-Za-z_.:])(?:[0-9A-Fa-f]{0,4}:){2,7}(?:[0-9]{1,3}(?:\.[0-9]{1,3}){3}|[0-9A-Fa-f]{0,4})(?![0-9A-Za-z_:])"
        ),
        _ipv6,
    ),
    Fold(
        "ipv4",
        ".",
        re.compile(r"(?<![0-9A-Za-z_.])[0-9]{1,3}(?:\.[0-9]{1,3}){3}(?![0-9A-Za-z_]|\.[0-9])"),
        "<ip>",
    ),
    Fold("escapes", "\\", re.compile(r"(?:\\x[0-9A-Fa-f]{2}|\\u[0-9a-f]{4}|\\U[0-9a-f]{8}|\\0?[0-7]{3})+"), _escapes),
    Fold("blob", "", re.compile(r"(?<![A-Za-z0-9+/])[A-Za-z0-9+/]{24,}={0,2}"), _blob),
    Fold("applet", "busybox ", re.compile(r"(?<=busybox )[a-z0-9]*[A-Z][A-Za-z0-9]*"), "<name>"),
    Fold(
        "scratch",
        "/",
        re.compile(
            r"(/(?:tmp|shm|run)/\.?)"
            r"(?:(?<=/tmp/|/shm/)[A-Za-z]{5,}|[A-Za-z]?[a-z]+[A-Z][A-Za-z]*|[b-df-hj-np-tv-xz]{5,})(?![A-Za-z0-9_])"
        ),
        r"\1<name>",
    ),
    Fold(
        "number",
        "",
        re.compile(
            r"(?:(?<![A-Za-z0-9_\\])|(?<=\\[nrtabefv])|(?<=\\x[0-9A-Fa-f]{2})|(?<=\\)(?![nrtabefvxuU0-7]))"
            r"[A-Za-z_]*[0-9][A-Za-z0-9_]*"
        ),
        _word_with_digits,
    ),
)
"""The rules in their order; they are applied again until nothing changes."""
