"""Secret references. The tools are stand-ins put on PATH: scripts that take the arguments and print the answers of
which the tools' manuals tell (`op read`, `vault kv get`, `aws secretsmanager get-secret-value`, `sops -d`).
"""

import json
import logging
import os
from pathlib import Path

import pytest

from cowrie_assets import secrets
from cowrie_assets.secrets import SecretError, is_reference, resolve

VALUE = "correct horse; $(battery) staple"


class Tools:
    """Stand-ins in a folder of their own; each notes its arguments, a line each."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def put(self, name: str, output: str = "", code: int = 0, script: str = "") -> None:
        (self.folder / f"{name}.out").write_text(output)
        program = self.folder / name
        program.write_text(
            "#!/bin/sh\n"
            f'printf "%s\\n" "$@" > "{self.folder / name}.args"\n{script}\n'
            f'cat "{self.folder / name}.out"\necho {VALUE!r} >&2\nexit {code}\n'
        )
        program.chmod(0o755)

    def arguments(self, name: str) -> list[str]:
        return (self.folder / f"{name}.args").read_text().splitlines()


@pytest.fixture
def tools(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Tools:
    folder = tmp_path / "bin"
    folder.mkdir()
    monkeypatch.setenv("PATH", f"{folder}:/usr/bin:/bin")
    return Tools(folder)


@pytest.mark.parametrize(
    ("text", "is_one"),
    [
        ("env:NAME", True),
        ("${NAME}", True),
        ("file:/run/secrets/x", True),
        ("op://vault/item/field", True),
        ("vault://secret/cowrie#key", True),
        ("aws-sm://eu-central-1/cowrie#key", True),
        ("sops:///etc/x.yaml#a.b", True),
        ("https://hooks.example/T0/B0/x", False),
        ("hunter2", False),
        ("environment:NAME", False),
        ("$NAME", False),
        ("", False),
    ],
)
def test_what_is_a_reference(text: str, is_one: bool) -> None:
    assert is_reference(text) is is_one


@pytest.mark.parametrize("reference", ["env:COWRIE_TEST", "${COWRIE_TEST}"])
def test_from_the_environment(reference: str, monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(SecretError, match="COWRIE_TEST is not set"):
        resolve(reference)
    monkeypatch.setenv("COWRIE_TEST", VALUE)
    assert resolve(reference) == VALUE
    monkeypatch.setenv("COWRIE_TEST", "")
    with pytest.raises(SecretError, match="is empty"):
        resolve(reference)


@pytest.mark.parametrize(
    ("content", "value"), [("a b", "a b"), ("x\n", "x"), ("x\r\n", "x"), ("x\n\n", "x\n"), (" x ", " x ")]
)
def test_from_a_file_without_its_last_newline(tmp_path: Path, content: str, value: str) -> None:
    file = tmp_path / "secret"
    file.write_bytes(content.encode())
    assert resolve(f"file:{file}") == value


def test_a_file_that_everyone_can_read_is_told_by_its_reference(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    file = tmp_path / "secret"
    file.write_text(VALUE)
    file.chmod(0o600)
    with caplog.at_level(logging.DEBUG):
        resolve(f"file:{file}")
        assert caplog.text == ""
        file.chmod(0o644)
        resolve(f"file:{file}")
    assert f"file:{file} can be read by everyone" in caplog.text
    assert VALUE not in caplog.text


@pytest.mark.parametrize(
    ("content", "complaint"),
    [(b"", "is empty"), (b"\n", "is empty"), (b"\xff\xfe", "not UTF-8"), (b"x" * 70_000, "64 KiB")],
)
def test_files_that_hold_no_secret(tmp_path: Path, content: bytes, complaint: str) -> None:
    file = tmp_path / "secret"
    file.write_bytes(content)
    with pytest.raises(SecretError, match=complaint) as raised:
        resolve(f"file:{file}")
    assert f"file:{file}" in str(raised.value)


def test_files_that_cannot_be_read(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    for reference in (*(f"file:{tmp_path / name}" for name in ("none", "", "pipe")), "file:relative", "file:"):
        with pytest.raises(SecretError) as raised:
            resolve(reference)
        assert reference in str(raised.value)


def test_1password(tools: Tools) -> None:
    tools.put("op", f"{VALUE}\n")
    assert resolve("op://Honeypot/mail server/password") == VALUE
    assert tools.arguments("op") == ["read", "op://Honeypot/mail server/password"]
    with pytest.raises(SecretError, match="op://vault/item/field"):
        resolve("op://vault")


@pytest.mark.parametrize("version", [1, 2])
def test_vault(tools: Tools, version: int) -> None:
    fields = {"password": VALUE, "port": 587, "off": False}
    data = fields if version == 1 else {"data": fields, "metadata": {"version": 3}}
    tools.put("vault", json.dumps({"request_id": "x", "data": data}))
    assert resolve("vault://secret/cowrie/mail#password") == VALUE
    assert tools.arguments("vault") == ["kv", "get", "-format=json", "secret/cowrie/mail"]
    assert resolve("vault://secret/cowrie/mail#port") == "587"
    for field in ("none", "off"):
        with pytest.raises(SecretError, match=field):
            resolve(f"vault://secret/cowrie/mail#{field}")
    with pytest.raises(SecretError, match="holds 3 fields; name one: vault://secret/cowrie/mail#field"):
        resolve("vault://secret/cowrie/mail")


def test_the_only_field_of_vault_needs_no_name(tools: Tools) -> None:
    tools.put("vault", json.dumps({"data": {"data": {"key": VALUE}, "metadata": {}}}))
    assert resolve("vault://secret/cowrie") == VALUE


@pytest.mark.parametrize(
    ("reference", "arguments"),
    [
        ("aws-sm://cowrie/mail", ["--secret-id=cowrie/mail"]),
        ("aws-sm://eu-central-1/cowrie/mail", ["--region=eu-central-1", "--secret-id=cowrie/mail"]),
        ("aws-sm://us-gov-west-1/x", ["--region=us-gov-west-1", "--secret-id=x"]),
    ],
)
def test_aws(tools: Tools, reference: str, arguments: list[str]) -> None:
    tools.put("aws", json.dumps({"ARN": "arn", "SecretString": VALUE}))
    assert resolve(reference) == VALUE
    assert tools.arguments("aws") == ["secretsmanager", "get-secret-value", "--output=json", *arguments]


def test_a_key_of_an_aws_secret(tools: Tools) -> None:
    tools.put("aws", json.dumps({"SecretString": json.dumps({"password": VALUE})}))
    assert resolve("aws-sm://cowrie#password") == VALUE
    with pytest.raises(SecretError, match="'user'"):
        resolve("aws-sm://cowrie#user")
    tools.put("aws", json.dumps({"SecretBinary": "eA=="}))
    with pytest.raises(SecretError, match="'SecretString'"):
        resolve("aws-sm://cowrie")


def test_sops(tools: Tools, tmp_path: Path) -> None:
    tools.put("sops", f"{VALUE}\n")
    file = tmp_path / "secrets.yaml"
    assert resolve(f"sops://{file}") == VALUE
    assert tools.arguments("sops") == ["-d", str(file)]
    assert resolve(f'sops://{file}#mail.pass"word') == VALUE
    assert tools.arguments("sops") == ["-d", "--extract", '["mail"]["pass\\"word"]', str(file)]


@pytest.mark.parametrize("reference", ["vault://--help", "aws-sm://-x", "sops://-x", "vault://", "sops://#a"])
def test_a_name_is_never_taken_for_an_option(tools: Tools, reference: str) -> None:
    for name in ("vault", "aws", "sops"):
        tools.put(name, VALUE)
    with pytest.raises(SecretError, match="does not begin with a dash"):
        resolve(reference)


def test_no_shell_sees_the_reference(tools: Tools, tmp_path: Path) -> None:
    tools.put("op", VALUE)
    reference = f"op://a/$(touch {tmp_path / 'broken'});`id`/c"
    assert resolve(reference) == VALUE
    assert tools.arguments("op") == ["read", reference]
    assert not (tmp_path / "broken").exists()


@pytest.mark.parametrize(
    "reference", ["op://a/b/c", "vault://a#b", "aws-sm://a", "sops:///a", "aws-sm://eu-central-1/a#b"]
)
def test_tools_that_are_missing_or_fail_name_the_reference_and_no_value(tools: Tools, reference: str) -> None:
    with pytest.raises(SecretError, match="not on PATH") as missing:
        resolve(reference)
    for name in ("op", "vault", "aws", "sops"):
        tools.put(name, VALUE, code=3)
    with pytest.raises(SecretError, match="exit code 3") as failed:
        resolve(reference)
    for error in (missing.value, failed.value):
        assert str(error).startswith(reference)
        assert VALUE not in str(error)
    assert failed.value.__cause__ is None


@pytest.mark.parametrize("output", ["not json", "[]", '{"data": 7}', "{}"])
def test_answers_that_are_no_answers(tools: Tools, output: str) -> None:
    for name, reference in (("vault", "vault://a#b"), ("aws", "aws-sm://a")):
        tools.put(name, output)
        with pytest.raises(SecretError) as raised:
            resolve(reference)
        assert reference in str(raised.value)


def test_a_tool_that_hangs_is_ended_with_what_it_started(
    tools: Tools, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(secrets, "_TOOL_SECONDS", 0.3)
    late = tmp_path / "late"
    tools.put("op", script=f"(sleep 30; touch '{late}') & sleep 30; touch '{late}'")
    with pytest.raises(SecretError, match="op did not answer within"):
        resolve("op://a/b/c")
    assert not late.exists(), "both were waited for"


def test_what_is_no_reference_is_not_shown(monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(SecretError, match="given by reference") as raised:
        resolve("hunter2")
    assert "hunter2" not in str(raised.value)
    with pytest.raises(SecretError, match="cannot be printed"):
        resolve("env:A\nB")
    with pytest.raises(SecretError, match="does not name"):
        resolve("env:A B")
