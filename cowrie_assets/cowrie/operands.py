"""What programs are told to fetch from or to connect to: operands, not what merely stands in a line.

`wget http://x/a` fetches `http://x/a`; `echo http://x/a`, `curl -A http://x/a y`, `# wget http://x/a` do not.
"""

import re
from collections.abc import Iterator

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


def fetched(run: Invocation) -> Iterator[str]:
    """The words that a downloader is told to fetch; of other programs none."""
    if run.program not in _DOWNLOADERS:
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
