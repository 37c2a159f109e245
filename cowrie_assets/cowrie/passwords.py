"""Where a command line holds a password: what `passwd` and its kin are fed, what options and variables hold.

The line is split as a shell would split it, without running anything, and each password becomes `<password>`, whatever
it holds: a bot that sets a random one types one command. The work grows linearly with the length of the line, and what
was folded once stays as it is.
"""

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import NamedTuple

from cowrie_assets.cowrie.word_spans import Stage, Word, stages_of

PASSWORD = "<password>"  # noqa: S105  (what stands in place of one)

_TELLTALES = (
    *("pass", "usermod", "useradd", "adduser", "groupmod", "mysql", "mariadb", "newusers"),
    *("plink", "pscp", "ftpget"),
)
_TELLTALE_PATTERNS = tuple(
    re.compile(pattern, re.DOTALL)
    for pattern in (
        *(r"su(?!\w)(?<!\wsu)", r"doas(?!\w)(?<!\wdoas)", r"sudo(?!\w)(?<!\wsudo).{0,64}-s"),
        *(r"net(?<!\wnet)1? +user", r"-u ?[^ ]{1,64}:"),
    )
)
"""Each begins with letters to look for, which is what makes a search fast in a line of 60 kB."""
_DEEPEST = 4
"""So many lines in quotes in a line are looked into."""

_QUOTED = re.compile(r"(\$?(['\"]))(.*)(\2)", re.DOTALL)
_LAST_QUOTE = re.compile(r"\\?[\"']?\Z")
_USER_FIRST = re.compile(r"((?:\A|\\n| )(?:\\?[\"'])?[^:\\ \"']{1,64}:)(?:[^\\]|\\(?!n|[\"']\Z))+")
_VARIABLE = re.compile(r"([A-Za-z0-9_]{0,64}pass(?:wd|word)?=)(.+)", re.IGNORECASE | re.DOTALL)
_LONG_OPTION = re.compile(r"(--?(?:[a-z0-9]{1,32}-)?pass(?:wd|word)?=)(.+)", re.IGNORECASE | re.DOTALL)
_FORMAT = re.compile(r"(?:%s|\\n|\\r| )*")
_CRYPTED = re.compile(r"(crypt ?\( ?\\?[\"'])[^\"'\\<]{1,256}+(?=\\?[\"'])")
"""`perl -e 'print crypt("X", "aa")'`."""
_METHOD_OPTIONS = frozenset({"-m", "-S", "--method", "--salt", "-R", "--rounds"})

_WRAPPERS = frozenset(
    {"sudo", "doas", "busybox", "toybox", "env", "nohup", "exec", "command", "builtin", "setsid", "nice", "time"}
    | {"then", "do", "if", "else", "!", "{"}
)
_WITH_VALUE = frozenset({"-u", "-g", "-p", "-C", "-h", "-n", "--user", "--group", "--prompt"})
_ASSIGNMENT = re.compile(r"[A-Za-z_][A-Za-z0-9_]{0,64}=")
_FED = re.compile(r"[a-z0-9]{0,8}passwd|newusers|su|cryptsetup")
"""Programs that read a password from their input."""
_FED_WITH_USERS = frozenset({"chpasswd", "newusers"})
_SPEAKERS = frozenset({"echo", "printf", "yes"})


class _Edit(NamedTuple):
    start: int
    end: int
    text: str


class _Program(NamedTuple):
    """What a simple command runs."""

    name: str
    arguments: Sequence[Word]
    fed: bool
    """It reads a password from its input."""


def fold_passwords(line: str, depth: int = 0) -> str:
    """`line` with each password in it replaced by `<password>`, and the name of a new account by `<name>`. Total."""
    if "crypt" in line:
        line = _CRYPTED.sub(rf"\1{PASSWORD}", line)
    if not _may_hold_one(line):
        return line
    parts, done = [], 0
    for edit in sorted(_edits(line, depth), key=lambda edit: edit.start):
        if edit.start >= done:
            parts += [line[done : edit.start], edit.text]
            done = edit.end
    return "".join([*parts, line[done:]])


def _may_hold_one(line: str) -> bool:
    """Whether anything in a line, however written, says that it may hold a password; most lines are done with here."""
    folded = line.casefold()
    if any(word in folded for word in _TELLTALES):
        return True
    return any(pattern.search(folded) for pattern in _TELLTALE_PATTERNS)


def _edits(line: str, depth: int) -> Iterator[_Edit]:
    """What to replace; backwards, because each stage stands before its sink."""
    feeds: dict[Stage | None, str] = {None: ""}
    for stage in reversed(stages_of(line, reads_document=lambda each: _program(each).fed)):
        program = _program(stage)
        feeding = feeds[stage.takes_output()]
        feeds[stage] = program.name if program.fed else feeding
        yield from _of_input(stage, program, feeding)
        yield from _of_words(stage.words)
        of_arguments = _ARGUMENTS.get(program.name)
        if of_arguments is not None:
            yield from of_arguments(program.arguments)
        if depth < _DEEPEST:
            yield from _of_lines_within([*stage.words, *stage.here], depth)


def program_name(stage: Stage) -> str:
    """The program that a simple command runs, without its folder and wrappers; empty where it is none."""
    return _program(stage).name


def _program(stage: Stage) -> _Program:
    asks_input = False
    index, words = 0, stage.words
    while index < len(words):
        word = words[index].text
        name = word.rsplit("/", 1)[-1]
        if name in _WRAPPERS or _ASSIGNMENT.match(word):
            index += 1
            while index < len(words) and words[index].raw.startswith("-"):
                asks_input |= name == "sudo" and "S" in words[index].text
                index += 2 if words[index].text in _WITH_VALUE else 1
            continue
        arguments = words[index + 1 :]
        openssl = name == "openssl" and any(each.text == "-stdin" for each in arguments)
        return _Program(name, arguments, asks_input or openssl or _FED.fullmatch(name) is not None)
    return _Program("sudo" if asks_input else "", (), asks_input)


# ------------------------------------------------------------------------------------------------- what is fed


def _of_input(stage: Stage, program: _Program, feeds: str) -> Iterator[_Edit]:
    """Of what is said to a program that reads a password, and of what such a one is redirected from."""
    if program.fed:
        with_users = program.name in _FED_WITH_USERS
        yield from _said([*stage.here, *(program.arguments if with_users else ())], with_users=with_users)
    elif feeds:
        words = [*stage.here]
        speaks = next(
            (index for index, word in enumerate(stage.words) if word.text.rsplit("/", 1)[-1] in _SPEAKERS), None
        )
        words += stage.words[speaks + 1 :] if speaks is not None else ()
        yield from _said(words, with_users=feeds in _FED_WITH_USERS)


def _said(words: Sequence[Word], *, with_users: bool) -> Iterator[_Edit]:
    formatted = False
    for word in words:
        before, body, after = _parts(word.raw)
        if with_users and "%s" in body:
            formatted = True
        elif with_users and formatted and ":" not in body:
            yield _folded(word)
        elif with_users:
            yield _Edit(word.start, word.end, before + _USER_FIRST.sub(r"\1" + PASSWORD, body) + after)
        elif not (word.raw.startswith("-") and len(word.raw) <= len("-en")) and not _FORMAT.fullmatch(body):
            yield _folded(word)


def _parts(raw: str) -> tuple[str, str, str]:
    """Opening quote, what is in it, closing quote."""
    quoted = _QUOTED.fullmatch(raw)
    return (quoted[1], quoted[3], quoted[4]) if quoted else ("", raw, "")


def _folded(word: Word, kept: int = 0) -> _Edit:
    """The password that `word` is behind its first `kept` characters, its quotes kept."""
    before, body, after = _parts(word.raw[kept:])
    if not before:
        end = _LAST_QUOTE.search(body)
        after = end[0] if end and body.startswith(("\\", '"', "'")) else ""
        before = after
    return _Edit(word.start + kept, word.end, f"{before}{PASSWORD}{after}")


# --------------------------------------------------------------------------------------------- options and variables


def _of_words(words: Sequence[Word]) -> Iterator[_Edit]:
    """Of variables and options that say by their name that they hold one, whatever runs."""
    for index, word in enumerate(words):
        match = _VARIABLE.fullmatch(word.raw) or _LONG_OPTION.fullmatch(word.raw)
        if match:
            yield _folded(word, len(match[1]))
        elif word.raw in ("--password", "--passwd", "--pass", "-password", "-pw"):
            yield from map(_folded, words[index + 1 : index + 2])
        elif word.raw in ("-u", "--user") and ":" in "".join(each.raw for each in words[index + 1 : index + 2]):
            yield from _said(words[index + 1 : index + 2], with_users=True)


def _of_accounts(arguments: Sequence[Word]) -> Iterator[_Edit]:
    """`usermod -p X`, `useradd -ou 0 -pX`."""
    for index, word in enumerate(arguments):
        if re.fullmatch("-[a-zA-Z]{0,8}p", word.raw):
            yield from (_folded(each) for each in arguments[index + 1 : index + 2] if each.raw not in ("$", '"$'))
        elif word.raw.startswith("-p"):
            yield _folded(word, len("-p"))


def _of_new_accounts(arguments: Sequence[Word]) -> Iterator[_Edit]:
    """`useradd -m -p X NAME`: whoever adds an account makes up its name too."""
    yield from _of_accounts(arguments)
    names = [word for word in (*arguments[-1:], *arguments[:1]) if not word.raw.startswith(("-", '"$', "$"))]
    yield from (_Edit(word.start, word.end, "<name>") for word in names[:1])


def _of_clients(arguments: Sequence[Word]) -> Iterator[_Edit]:
    """`mysql -pX`, `mysqladmin password X`."""
    for index, word in enumerate(arguments):
        if re.fullmatch("-p.+", word.raw, re.DOTALL):
            yield _folded(word, len("-p"))
        elif word.raw == "password":
            yield from map(_folded, arguments[index + 1 : index + 2])


def _of_digests(arguments: Sequence[Word]) -> Iterator[_Edit]:
    """`openssl passwd -1 -salt X Y`, `mkpasswd -m sha-512 X`."""
    operands = arguments[1:] if arguments and arguments[0].text == "passwd" else arguments
    for before, word in zip((None, *operands), operands, strict=False):
        if not word.raw.startswith("-") and (before is None or before.raw not in _METHOD_OPTIONS):
            yield _folded(word)


def _of_openssl(arguments: Sequence[Word]) -> Iterator[_Edit]:
    return _of_digests(arguments) if arguments and arguments[0].text == "passwd" else iter(())


def _of_htpasswd(arguments: Sequence[Word]) -> Iterator[_Edit]:
    """`htpasswd -bc FILE USER X`."""
    if any(re.fullmatch("-[a-zA-Z0-9]{0,8}b[a-zA-Z0-9]{0,8}", word.raw) for word in arguments):
        yield _folded(arguments[-1])


def _of_net(arguments: Sequence[Word]) -> Iterator[_Edit]:
    """`net user NAME X /add`."""
    if arguments and arguments[0].text == "user":
        yield from (_folded(word) for word in arguments[2:3] if not word.raw.startswith("/"))


_ARGUMENTS: Mapping[str, Callable[[Sequence[Word]], Iterator[_Edit]]] = {
    **dict.fromkeys(("usermod", "groupadd", "groupmod", "sshpass", "ftpget"), _of_accounts),
    **dict.fromkeys(("useradd", "adduser"), _of_new_accounts),
    **dict.fromkeys(("mysql", "mysqldump", "mysqladmin", "mariadb", "mariadb-admin", "mariadb-dump"), _of_clients),
    "mkpasswd": _of_digests,
    "openssl": _of_openssl,
    "htpasswd": _of_htpasswd,
    **dict.fromkeys(("net", "net1"), _of_net),
}


def _of_lines_within(words: Sequence[Word], depth: int) -> Iterator[_Edit]:
    """Of lines in quotes: `sh -c "echo root:X | chpasswd"`."""
    for word in words:
        before, body, after = _parts(word.raw)
        if before and " " in body:
            folded = fold_passwords(body, depth + 1)
            if folded != body:
                yield _Edit(word.start, word.end, f"{before}{folded}{after}")
