"""Where secrets lie, and how one is fetched: a setting holds a reference, never the secret itself.

| reference | is |
|---|---|
| `env:NAME`, `${NAME}` | the environment variable |
| `file:/path` | the file's content, a newline at its end left off |
| `op://vault/item/field` | what `op read` (1Password) prints |
| `vault://path[#field]` | the field of `vault kv get -format=json` (Vault); the only one where none is named |
| `aws-sm://[region/]id[#key]` | what `aws secretsmanager` gives; with a key, of the JSON object in it |
| `sops://file[#a.b]` | what `sops -d` decrypts; with a path, that value of the document |

The tools are run without a shell and find their own credentials as they do on the command line. A secret is fetched
when it is needed and kept nowhere. Errors and logs name the reference, never the value, nor what a tool printed.
"""

import json
import logging
import os
import re
import shutil
import signal
import stat
import subprocess
from collections.abc import Callable
from pathlib import Path

from cowrie_assets.regular_file import open_regular

_LOG = logging.getLogger(__name__)
_TOOL_SECONDS = 30.0
_MOST_BYTES = 64 * 1024
_REFERENCE = re.compile(r"(?:(env|file):|(op|vault|aws-sm|sops)://)(.*)", re.DOTALL)
_VARIABLE = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")
_IN_BRACES = re.compile(r"\$\{([^}]*)\}")
_REGION = re.compile(r"[a-z]{2}(?:-[a-z]+)+-\d")
_FORMS = "env:NAME, ${NAME}, file:/path, op://vault/item/field, vault://path#field, aws-sm://region/id#key or sops://file#a.b"


class SecretError(ValueError):
    """A secret that cannot be had; the message names the reference, never the value."""


def is_reference(text: str) -> bool:
    """Whether `text` is written as a reference; what it refers to need not be there."""
    return _IN_BRACES.fullmatch(text) is not None or _REFERENCE.fullmatch(text) is not None


def resolve(reference: str) -> str:
    """The secret that `reference` names, never empty. Takes up to 30 s where a tool fetches it. Raises SecretError."""
    braces = _IN_BRACES.fullmatch(reference)
    match = _REFERENCE.fullmatch(f"env:{braces[1]}" if braces else reference)
    if match is None:
        raise SecretError(f"a secret is given by reference: {_FORMS}; this is none (it is not shown: it may be one)")
    if not match[3].isprintable():
        raise SecretError(f"the reference {reference!r} holds characters that cannot be printed")
    value = _FETCH[match[1] or match[2]](reference, match[3]).removesuffix("\n").removesuffix("\r")
    if not value:
        raise SecretError(f"{reference} is empty")
    return value


def at_hand(reference: str) -> str | None:
    """The secret where no program has to be run for it; None where one has to, and is there. Raises SecretError."""
    tool = _TOOLS.get(reference.partition(":")[0])
    if tool is None:
        return resolve(reference)
    _program(reference, tool)
    return None


def _from_environment(reference: str, name: str) -> str:
    if _VARIABLE.fullmatch(name) is None:
        raise SecretError(f"{reference} does not name an environment variable: write env:NAME")
    value = os.environ.get(name)
    if value is None:
        raise SecretError(f"{reference}: the environment variable {name} is not set")
    return value


def _from_file(reference: str, place: str) -> str:
    path = Path(place)
    if not path.is_absolute():
        raise SecretError(f"{reference} must hold an absolute path: file:/run/secrets/name")
    try:
        with open_regular(path) as file:
            mode = os.fstat(file.fileno()).st_mode
            content = file.read(_MOST_BYTES + 1)
    except OSError as error:
        raise SecretError(f"{reference} cannot be read: {error.strerror}") from None
    if mode & stat.S_IROTH:
        _LOG.warning("%s can be read by everyone on this machine; chmod 600 would keep it a secret", reference)
    return _text(reference, content)


def _from_1password(reference: str, place: str) -> str:
    if not all(place.split("/")) or "/" not in place:
        raise SecretError(f"{reference} must be written op://vault/item/field")
    return _run(reference, "op", "read", reference)


def _from_vault(reference: str, place: str) -> str:
    path, _, field = place.partition("#")
    answer = _json(reference, _run(reference, "vault", "kv", "get", "-format=json", _argument(reference, path)))
    fields = answer.get("data") if isinstance(answer, dict) else None
    if isinstance(fields, dict) and isinstance(fields.get("data"), dict) and "metadata" in fields:
        fields = fields["data"]  # of the second version of Vault's key-value engine
    if not isinstance(fields, dict):
        raise SecretError(f"{reference}: vault gave no fields")
    if not field and len(fields) != 1:
        raise SecretError(f"{reference} holds {len(fields)} fields; name one: vault://{path}#field")
    return _scalar(reference, fields, field or next(iter(fields)))


def _from_aws(reference: str, place: str) -> str:
    name, _, key = place.partition("#")
    region, slash, rest = name.partition("/")
    in_region = bool(slash) and _REGION.fullmatch(region) is not None
    secret_id = _argument(reference, rest if in_region else name)
    options = [f"--region={region}"] if in_region else []
    command = ("secretsmanager", "get-secret-value", "--output=json", *options, f"--secret-id={secret_id}")
    secret = _scalar(reference, _json(reference, _run(reference, "aws", *command)), "SecretString")
    return _scalar(reference, _json(reference, secret), key) if key else secret


def _from_sops(reference: str, place: str) -> str:
    name, _, keys = place.partition("#")
    file = str(Path(_argument(reference, name)).absolute())
    extract = ["--extract", "".join(f"[{json.dumps(key)}]" for key in keys.split("."))] if keys else []
    return _run(reference, "sops", "-d", *extract, file)


_FETCH: dict[str, Callable[[str, str], str]] = {
    "env": _from_environment,
    "file": _from_file,
    "op": _from_1password,
    "vault": _from_vault,
    "aws-sm": _from_aws,
    "sops": _from_sops,
}


_TOOLS = {"op": "op", "vault": "vault", "aws-sm": "aws", "sops": "sops"}
"""The programs that fetch secrets, by how their references begin."""


def _program(reference: str, tool: str) -> str:
    program = shutil.which(tool)
    if program is None:
        raise SecretError(f"{reference} needs the program {tool!r}, which is not on PATH: install it")
    return program


def _argument(reference: str, name: str) -> str:
    """`name` where a tool cannot take it for an option."""
    if not name or name.startswith("-"):
        raise SecretError(f"{reference} names no secret: a name is wanted that does not begin with a dash")
    return name


def _run(reference: str, tool: str, *arguments: str) -> str:
    """What `tool` prints. It and all it started are ended where it takes too long."""
    process = subprocess.Popen(  # noqa: S603  (no shell; the arguments are checked)
        [_program(reference, tool), *arguments],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        env={**os.environ, "AWS_PAGER": ""},
        start_new_session=True,
    )
    with process:
        try:
            output, _ = process.communicate(timeout=_TOOL_SECONDS)
        except BaseException as error:
            os.killpg(process.pid, signal.SIGKILL)
            if isinstance(error, subprocess.TimeoutExpired):
                raise SecretError(f"{reference}: {tool} did not answer within {_TOOL_SECONDS:.0f} s") from None
            raise
    if process.returncode:
        command = " ".join((tool, *arguments))
        raise SecretError(f"{reference}: {tool} failed (exit code {process.returncode}); `{command}` tells why")
    return _text(reference, output)


def _text(reference: str, content: bytes) -> str:
    if len(content) > _MOST_BYTES:
        raise SecretError(f"{reference} is longer than {_MOST_BYTES // 1024} KiB: that is no secret")
    try:
        return content.decode("utf-8")
    except UnicodeDecodeError:
        raise SecretError(f"{reference} is not UTF-8 text") from None


def _json(reference: str, text: str) -> object:
    try:
        return json.loads(text)
    except ValueError:
        raise SecretError(f"{reference}: JSON was expected and is not what came") from None


def _scalar(reference: str, fields: object, name: str) -> str:
    value = fields.get(name) if isinstance(fields, dict) else None
    if isinstance(value, bool) or not isinstance(value, (str, int, float)):
        raise SecretError(f"{reference}: there is no {name!r} with a text in it")
    return str(value)
