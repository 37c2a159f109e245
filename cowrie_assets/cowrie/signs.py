"""Signs that risk rules look for in one invocation: what it fetches, writes, removes, kills or runs."""

import re
from collections.abc import Callable

from cowrie_assets.cowrie.invocation import SHELLS, Invocation

Sign = Callable[[Invocation], bool]

INTERPRETERS = frozenset({"python", "python2", "python3", "perl", "php", "ruby", "lua", "node"})
_COPIERS = frozenset({"cp", "mv", "install", "ln", "scp", "rsync"})
_CHANGERS = frozenset({"tee", "touch", "vi", "vim", "nano", "wget", "curl", "dd"})
_ANYONE_WRITES = ("./", "../", "/tmp/", "/var/tmp/", "/dev/shm/", "/var/run/", "/run/", "/mnt/", "~/", "/root/")  # noqa: S108  (what attackers use)
_SYSTEM_SCRIPTS = ("/etc/", "/usr/", "/bin/", "/opt/")
_OWN_ADDRESS = (
    "ipinfo.io",
    "ifconfig.",
    "ipify.org",
    "icanhazip",
    "ip-api.com",
    "checkip.",
    "ident.me",
    "myip",
    "api.ip.sb",
)
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
    if not has_operand(invocation) or asks_own_address(invocation):
        return False
    return invocation.program != "git" or invocation.arguments[0] in {"clone", "pull", "fetch"}


def asks_own_address(invocation: Invocation) -> bool:
    """A service is asked for the address that the machine has in the Internet."""
    return any(place in invocation.typed for place in _OWN_ADDRESS)


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
