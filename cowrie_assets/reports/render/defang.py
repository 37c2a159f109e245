"""URLs and hosts written so that nothing makes a link of them, and read back."""

import re

_SCHEMES = {"http": "hxxp", "https": "hxxps", "ftp": "fxp", "ftps": "fxps", "sftp": "sfxp", "tftp": "tfxp"}
_SCHEME = r"[A-Za-z][A-Za-z0-9+.-]{0,15}"
_REFANGED = {safe: scheme for scheme, safe in _SCHEMES.items()}
_URL = re.compile(rf"""({_SCHEME})://((?:(?!{_SCHEME}://)[^\s/?#"'<>|;&])*)""")
"""What looks like a host ends where another URL begins."""
_BARE_HOST = re.compile(r"(?<![\w./\]-])((?:[A-Za-z0-9-]{1,63}\.){1,9}[A-Za-z0-9-]{1,63})(?=(?::[0-9]{1,5})?/)")
_NETWORK = re.compile(r"[0-9.]{7,15}/[0-9]{1,2}|[0-9A-Fa-f:]{2,39}/[0-9]{1,3}")
_DEFANGED_SCHEME = re.compile(rf"(?i)\b({'|'.join(sorted(_SCHEMES.values()))})(?=://|\[:\]//)")
_DEFANGED_DOT = re.compile(r"(?i)\[(?:\.|dot)\]|\((?:\.|dot)\)|\{\.\}")
_BARE_WWW = re.compile(r"(?i)(?<![\w./\]-])www\.(?=\w)")


def defang(text: str, *, is_name: bool = False) -> str:
    """`text` with URLs that nothing makes a link of: `hxxp://1[.]2[.]3[.]4/a`; with no scheme `1[.]2[.]3[.]4/a`.

    A network (`192.0.2.0/24`) is no URL and stays. What `is_name`, as a label of VirusTotal (`trojan.mirai/gafgyt`),
    the name of a list or a sentence that quotes such, holds no host but behind a scheme.
    """
    if ("." not in text and "://" not in text) or _NETWORK.fullmatch(text):
        return text
    without_schemes = _URL.sub(lambda url: f"{_defanged_scheme(url[1])}{url[2].replace('.', '[.]')}", text)
    without_hosts = (
        without_schemes if is_name else _BARE_HOST.sub(lambda host: host[1].replace(".", "[.]"), without_schemes)
    )
    return _BARE_WWW.sub("www[.]", without_hosts)


def refang(text: str) -> str:
    """`text` as it was before `defang`, also by others (`[.]`, `(.)`, `[dot]`); a text without these stays."""
    with_schemes = _DEFANGED_SCHEME.sub(lambda scheme: _REFANGED[scheme[1].lower()], text)
    return _DEFANGED_DOT.sub(".", with_schemes.replace("[:]", ":"))


def _defanged_scheme(scheme: str) -> str:
    safe = _SCHEMES.get(scheme.lower())
    return f"{safe}://" if safe else f"{scheme}[:]//"
