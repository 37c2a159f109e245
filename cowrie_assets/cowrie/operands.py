"""What programs are told to fetch from or to connect to: operands, not what merely stands in a line.

`wget http://x/a` fetches `http://x/a`, and so does `U=http://x/a; wget $U`; `echo http://x/a`, `curl -A http://x/a y`,
`# wget http://x/a` do not.
"""

import re
from collections.abc import Iterable, Iterator
from itertools import pairwise

from cowrie_assets.cowrie.invocation import Invocation

_CURL_LONG = (
    "cacert cert connect-timeout connect-to config cookie cookie-jar data data-ascii data-binary data-raw"
    " data-urlencode doh-url dump-header form form-string header interface key limit-rate max-filesize max-redirs"
    " max-time noproxy output output-dir pass post301 preproxy proxy proxy-header proxy-user quote range referer"
    " request resolve retry retry-delay retry-max-time socks4 socks4a socks5 socks5-hostname speed-limit speed-time"
    " trace upload-file url-query user user-agent write-out"
)
_WGET_LONG = (
    "append-output base body-data body-file ca-certificate certificate config connect-timeout dns-timeout domains"
    " execute ftp-password ftp-user header http-password http-user input-file limit-rate load-cookies method"
    " output-document output-file password post-data post-file prefer-family private-key proxy-password proxy-user"
    " quota read-timeout referer save-cookies timeout tries user user-agent wait directory-prefix"
)
_VALUED = {
    "curl": ("AbcCdDeEFHKmoPQrtTuUwxXyYz", frozenset(_CURL_LONG.split())),
    "wget": ("aABDeiIloOPQRtTUwXY", frozenset(_WGET_LONG.split())),
}
"""Of a downloader, the letters and the long names of the options that take a value."""
_DOWNLOADERS = frozenset(_VALUED) | {"aria2c", "axel", "fetch", "ftp", "ftpget", "GET", "lwp-download", "lynx", "tftp"}
_SPEAKERS = frozenset({"", ":", "echo", "printf", "grep", "egrep", "fgrep", "sed", "awk", "export", "alias"})
"""Programs that only tell or look for their words."""
_NO_POOL = _SPEAKERS | _DOWNLOADERS | {"ssh", "scp", "sftp"}
_POOL = re.compile(r"(?:-o=?|--url=|--pool=)(.+)", re.DOTALL)
_POOL_OPTIONS = frozenset({"-o", "--url", "--pool"})
_INTERPRETER = re.compile(r"(?:python|perl|php|ruby|node)[0-9.]{0,8}")
_CODE_OPTION = re.compile(r"-[A-Za-z]{0,8}[cerE]")
_URL_IN_CODE = re.compile(r"(?:https?|ftp)://[^\s'\"`\\;,()<>]{3,501}")
"""One character more than a whole url may have (`artefacts`)."""
_ASSIGNMENT = re.compile(r"([A-Za-z_][A-Za-z0-9_]{0,63})=(.*)", re.DOTALL)
_VARIABLE = re.compile(r"\$(?:([A-Za-z_][A-Za-z0-9_]{0,63})|\{([A-Za-z_][A-Za-z0-9_]{0,63})\})")
_DECLARERS = frozenset({"export", "declare", "typeset", "readonly", "local"})
_LONGEST_VALUE = 512
_MOST_REPLACED = 200
"""Of a line, variables that are replaced by what they hold."""


class Variables:
    """What the variables of a line hold, as far as plain assignments before tell: `U=http://x/a`, `export P=99`.

    One that is set in front of a program (`U=x wget $U`) is none: the shell puts in what it held before.
    """

    def __init__(self) -> None:
        self._values: dict[str, str] = {}
        self._left = _MOST_REPLACED

    def resolved(self, run: Invocation) -> Invocation:
        """`run` with what its variables hold; what it assigns itself is kept for those behind it."""
        if self._values and self._left and "$" in run.typed:
            path = self._replaced(run.path)
            run = run._replace(
                program=path.rsplit("/", 1)[-1],
                path=path,
                arguments=tuple(map(self._replaced, run.arguments)),
                writes=tuple(map(self._replaced, run.writes)),
                typed=self._replaced(run.typed),
            )
        if not run.program and not run.wrappers:
            self._assign(run.typed.split(" "))
        elif run.program in _DECLARERS:
            self._assign(run.arguments)
        return run

    def _assign(self, words: Iterable[str]) -> None:
        for word in words:
            if match := _ASSIGNMENT.fullmatch(word):
                self._values[match[1]] = match[2][:_LONGEST_VALUE]

    def _replaced(self, text: str) -> str:
        if "$" not in text or not self._left:
            return text
        replaced, times = _VARIABLE.subn(self._value, text, count=self._left)
        self._left -= times
        return replaced

    def _value(self, match: re.Match[str]) -> str:
        return self._values.get(match[1] or match[2], match[0])


def fetched(run: Invocation) -> Iterator[str]:
    """The words that a downloader is told to fetch, and the URLs in code that an interpreter is given (`python -c`);
    of other programs none."""
    if run.program not in _DOWNLOADERS:
        yield from _in_code(run)
        return
    letters, names = _VALUED.get(run.program, ("", frozenset()))
    words = iter(run.arguments)
    for word in words:
        if word == "--":
            yield from words
        elif word == "--url":
            yield next(words, "")
        elif word.startswith("--url="):
            yield word.removeprefix("--url=")
        elif word.startswith("--"):
            if word[2:] in names:
                next(words, None)
        elif word.startswith("-") and len(word) > 1:
            value_at = next((place for place, letter in enumerate(word) if letter in letters), len(word))
            if value_at == len(word) - 1:
                next(words, None)
        else:
            yield word


def _in_code(run: Invocation) -> Iterator[str]:
    if _INTERPRETER.fullmatch(run.program):
        for option, code in pairwise(run.arguments):
            if _CODE_OPTION.fullmatch(option):
                yield from _URL_IN_CODE.findall(code)


def connecting(run: Invocation) -> str:
    """The words of a program that may connect to what they name; of one that only tells or fetches them, the files that
    it writes to: `/dev/tcp/HOST/PORT` is one."""
    return " ".join(run.writes) if run.program in _SPEAKERS or run.program in _DOWNLOADERS else run.typed


def pools(run: Invocation) -> Iterator[str]:
    """What stands where a miner is told its pool: `-o POOL`, `--url=POOL`. Miners have any name."""
    if run.program in _NO_POOL:
        return
    words = iter(run.arguments)
    for word in words:
        if word in _POOL_OPTIONS:
            yield next(words, "")
        elif match := _POOL.fullmatch(word):
            yield match[1]
