"""Signs that risk rules look for in one invocation: what it fetches, writes, removes, kills or runs."""

import re
from collections.abc import Callable, Collection

from cowrie_assets.cowrie.invocation import SHELLS, Invocation
from cowrie_assets.cowrie.operands import fetched

Sign = Callable[[Invocation], bool]

INTERPRETERS = frozenset({"python", "python2", "python3", "perl", "php", "ruby", "lua", "node"})
_COPIERS = frozenset({"cp", "mv", "install", "ln", "scp", "rsync"})
_CHANGERS = frozenset({"tee", "touch", "vi", "vim", "nano", "wget", "curl", "dd"})
_ANYONE_WRITES = ("./", "../", "/tmp/", "/var/tmp/", "/dev/shm/", "/var/run/", "/run/", "/mnt/", "~/", "/root/")  # noqa: S108  (what attackers use)
_SYSTEM_SCRIPTS = ("/etc/", "/usr/", "/bin/", "/opt/")
_HOST = re.compile(r"(?:[A-Za-z][A-Za-z0-9+.-]{0,15}://)?(?:[^/@?#\\s]{0,256}@)?([A-Za-z0-9_.-]{1,253})")
"""Of a url, with a scheme or without one."""
_OWN_ADDRESS = frozenset(
    {
        "2ip.ru",
        "api.ip.sb",
        "checkip.amazonaws.com",
        "checkip.dyndns.com",
        "checkip.dyndns.org",
        "cip.cc",
        "icanhazip.com",
        "ident.me",
        "ifconfig.co",
        "ifconfig.io",
        "ifconfig.me",
        "ip-api.com",
        "ip.cn",
        "ipecho.net",
        "ipify.org",
        "ipinfo.io",
        "myexternalip.com",
        "myip.com",
        "myip.ipip.net",
        "myip.opendns.com",
        "whatismyip.akamai.com",
        "wtfismyip.com",
    }
)
"""Services that tell who asks his address; names below them are theirs, too."""
_WHOLE_TREES = frozenset(
    {
        "/",
        "/*",
        "~",
        "~/",
        *(
            f"/{name}{rest}"
            for name in ("root", "home", "etc", "usr", "var", "bin", "boot", "lib")
            for rest in ("", "/", "/*")
        ),
    }
)
_EXECUTABLE_MODE = re.compile(
    r"[ugoa]{0,4}[+=][rwst]{0,4}x[rwxst]{0,4}|[0-7]?[1357][0-7]{2}|[0-7]{1,2}[1357][0-7]|[0-7]{2,3}[1357]"
)
_APPLET_TOKEN = re.compile(r"[A-Za-z0-9]{0,32}[A-Z][A-Za-z0-9]{0,32}")
_HEX_ESCAPE = re.compile(r"\\x[0-9a-fA-F]{2}")
_DROPPED_BYTES = 8
_NOT_A_FILE = ("/dev/null", "if=", "bs=", "count=", "-")
_BLOCK_DEVICES = ("/dev/sd", "/dev/hd", "/dev/vd", "/dev/nvme", "/dev/mmcblk", "/dev/mtd")


def mentions(*fragments: str) -> Sign:
    """One of `fragments` stands among its words."""
    return lambda invocation: any(fragment in invocation.typed for fragment in fragments)


def has(*words: str) -> Sign:
    """One of `words` is an argument."""
    wanted = frozenset(words)
    return lambda invocation: not wanted.isdisjoint(invocation.arguments)


def option(letters: str) -> Sign:
    """An option word such as `-rf` holds one of `letters`."""
    return lambda invocation: any(
        word.startswith("-") and not set(letters).isdisjoint(word[1:]) for word in invocation.arguments
    )


def has_operand(invocation: Invocation) -> bool:
    """Some argument is no option."""
    return any(not word.startswith("-") for word in invocation.arguments)


def bare(invocation: Invocation) -> bool:
    """No argument at all: it waits for its input, or a probe asks whether it exists."""
    return not invocation.arguments


def changes(*fragments: str) -> Sign:
    """It writes, copies over or edits a file whose path holds one of `fragments`."""

    def sign(invocation: Invocation) -> bool:
        paths = _changed_paths(invocation)
        return bool(paths) and any(fragment in path for path in paths for fragment in fragments)

    return sign


def _changed_paths(invocation: Invocation) -> tuple[str, ...]:
    if invocation.program in _COPIERS:
        return (*invocation.writes, *invocation.arguments[-1:])
    if invocation.program in _CHANGERS or (invocation.program == "sed" and option("i")(invocation)):
        return (*invocation.writes, *invocation.arguments)
    return invocation.writes


def fetches(invocation: Invocation) -> bool:
    """A downloader is given something to fetch, and it is not merely the own public address."""
    if not has_operand(invocation) or not fetches_elsewhere(_OWN_ADDRESS)(invocation):
        return False
    return invocation.program != "git" or invocation.arguments[0] in {"clone", "pull", "fetch"}


def asks_own_address(invocation: Invocation) -> bool:
    """A service is asked for the address that the machine has in the Internet."""
    return fetches_from(_OWN_ADDRESS)(invocation)


def fetches_from(hosts: Collection[str]) -> Sign:
    """It is told to fetch from one of `hosts`, or from a name below one."""
    known = frozenset(hosts)
    return lambda invocation: any(_lies_below(host, known) for host in _hosts(invocation))


def fetches_elsewhere(hosts: Collection[str]) -> Sign:
    """It is told to fetch from another host than one of `hosts`, or from none that can be read."""
    known = frozenset(hosts)

    def sign(invocation: Invocation) -> bool:
        asked = _hosts(invocation)
        return not asked or not all(_lies_below(host, known) for host in asked)

    return sign


def _hosts(invocation: Invocation) -> list[str]:
    """The hosts of what it is told to fetch: the rest of a url, and what options hold, is the attacker's choice."""
    return [match[1].lower() for word in fetched(invocation) if (match := _HOST.match(word))]


def _lies_below(host: str, known: frozenset[str]) -> bool:
    while host not in known:
        _, dot, host = host.partition(".")
        if not dot:
            return False
    return True


def feeds_shell(invocation: Invocation) -> bool:
    """A shell runs what it puts out."""
    return invocation.feeds_shell


def opens_netcat_shell(invocation: Invocation) -> bool:
    """A network tool is told to run a program for its peer."""
    if any(
        word.startswith(("-e", "--exec", "--sh-exec", "exec:", "EXEC:", "SYSTEM:")) or word == "-c"
        for word in invocation.arguments
    ):
        return True
    return any(word.rsplit("/", 1)[-1] in SHELLS for word in invocation.arguments)


def listens(invocation: Invocation) -> bool:
    """A network tool waits for its peer to connect."""
    return option("l")(invocation) or "LISTEN" in invocation.typed


def switches_user(invocation: Invocation) -> bool:
    """`su`, or a program through `sudo`."""
    return invocation.program in {"su", "sudo", "doas"} or not {"sudo", "doas"}.isdisjoint(invocation.wrappers)


def runs_dropped_file(invocation: Invocation) -> bool:
    """It runs a file from where anyone can write, or a script that is not the system's."""
    if invocation.program in SHELLS or invocation.program in INTERPRETERS or invocation.program in {"source", "."}:
        script = invocation.arguments[0] if invocation.arguments else "-"
        return not script.startswith(("-", *_SYSTEM_SCRIPTS))
    return invocation.path.startswith(_ANYONE_WRITES) and bool(invocation.program)


def makes_executable(invocation: Invocation) -> bool:
    """`chmod` with a mode that lets someone run the file."""
    return any(_EXECUTABLE_MODE.fullmatch(word) for word in invocation.arguments)


def removes_whole_trees(invocation: Invocation) -> bool:
    """`rm -r` of the system or of all homes."""
    return option("rR")(invocation) and not _WHOLE_TREES.isdisjoint(invocation.arguments)


def overwrites_device(invocation: Invocation) -> bool:
    """Output goes straight to a disk or to flash memory."""
    targets = (*invocation.writes, *(word[3:] for word in invocation.arguments if word.startswith("of=")))
    return any(target.startswith(_BLOCK_DEVICES) for target in targets)


def drops_bytes(invocation: Invocation) -> bool:
    """Escaped bytes are written to a file: an ELF header, or 8 bytes and more."""
    if not invocation.writes:
        return False
    return "\\x7f\\x45" in invocation.typed.lower() or len(_HEX_ESCAPE.findall(invocation.typed)) >= _DROPPED_BYTES


def echoes_escapes(invocation: Invocation) -> bool:
    """Fewer escaped bytes: a test whether `echo -e` can drop a binary here."""
    return any(escape in invocation.typed for escape in ("\\x", "\\0", "\\1"))


_FIREWALLS = frozenset({"iptables", "ip6tables"})
_DEFENCES = (
    *(
        "iptables",
        "nftables",
        "ufw",
        "firewalld",
        "apparmor",
        "selinux",
        "auditd",
        "syslog",
        "fail2ban",
        "clamav",
        "wazuh",
        "ossec",
    ),
    *("aegis", "aliyun", "cloudmonitor", "falcon-sensor"),
)
_ENDS = frozenset({"stop", "disable", "mask", "remove", "purge", "uninstall", "erase", "off", "--del", "0"})
_OPENS = frozenset({"-F", "-X", "-D", "--flush", "ACCEPT"})


def turns_defence_off(invocation: Invocation) -> bool:
    """A firewall, a guard or the system log is stopped, opened or removed."""
    if invocation.program in _FIREWALLS:
        return not _OPENS.isdisjoint(invocation.arguments)
    if invocation.program in {"setenforce", "ufw"}:
        return not _ENDS.isdisjoint(invocation.arguments)
    words = invocation.typed.lower()
    if not any(defence in words for defence in _DEFENCES):
        return False
    return invocation.program in {"rm", "kill", "pkill", "killall", "sed"} or not _ENDS.isdisjoint(invocation.arguments)


def writes_a_file(invocation: Invocation) -> bool:
    """Its output is kept in a file."""
    targets = invocation.writes or (invocation.arguments if invocation.program in {"tee", "dd"} else ())
    return any(not target.startswith(_NOT_A_FILE) for target in targets)


def is_applet_token(invocation: Invocation) -> bool:
    """BusyBox is asked for an applet that cannot exist, to see its error: `/bin/busybox ECCHI`."""
    return "busybox" in invocation.wrappers and _APPLET_TOKEN.fullmatch(invocation.program) is not None
