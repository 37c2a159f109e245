"""What build servers and containers run: every file, target, program and variable that is named exists."""

import os
import re
import shlex
import shutil
import subprocess
import sys
import tomllib
from fnmatch import fnmatch
from importlib.metadata import entry_points
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import pytest
import yaml
from dagster._config import validate_config
from dagster._core.instance.ref import InstanceRef
from dagster._core.run_coordinator import QueuedRunCoordinator

from cowrie_assets.orchestration.locations import LOCATION
from cowrie_assets.orchestration.workers.launcher import WorkerRunLauncher
from cowrie_assets_tests.databases import Postgres

ROOT = Path(__file__).parents[1]
WORKFLOWS = sorted((ROOT / ".github/workflows").glob("*.yml"))
FORMS = sorted((ROOT / ".github/ISSUE_TEMPLATE").glob("[!c]*.yml"))
SYSTEMD = ROOT / "deploy/systemd"
WORKERS = ROOT / "deploy/celery"
SERVICES = sorted([*SYSTEMD.glob("*.service"), *WORKERS.glob("*.service")])
_PYTHONS = ["3.11", "3.12", "3.13"]
_POSTGRESQLS = ["15", "16", "17", "18"]


def read(path: str | Path) -> Any:
    return yaml.safe_load((ROOT / path).read_text(encoding="utf-8"))


def code() -> str:
    return "\n".join(path.read_text(encoding="utf-8") for path in sorted((ROOT / "cowrie_assets").rglob("*.py")))


def scripts() -> set[str]:
    return {each.name for each in entry_points(group="console_scripts")} | {"python"}


def steps(workflow: Path) -> list[dict[str, Any]]:
    return [step for job in read(workflow)["jobs"].values() for step in job["steps"]]


# ------------------------------------------------------------------------------------------------------------ workflows


@pytest.mark.parametrize("workflow", WORKFLOWS, ids=lambda path: path.stem)
def test_a_workflow_names_what_there_is(workflow: Path) -> None:
    targets = set(re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text(encoding="utf-8"), re.MULTILINE))
    for step in steps(workflow):
        assert ("run" in step) != ("uses" in step)
        assert re.fullmatch(r"[\w.-]+/[\w.-]+@[\w./-]+", step.get("uses", "a/b@v1"))
        run = step.get("run", "")
        assert set(re.findall(r"\bmake ([a-z-]+)", run)) <= targets
        assert all((ROOT / name).is_file() for name in re.findall(r"(?<!\S)(\.ci/\w+)", run))
    assert read(workflow)["permissions"] == {"contents": "read"}


def test_the_tests_run_on_every_version_that_is_promised() -> None:
    jobs = read(".github/workflows/test.yml")["jobs"]
    assert jobs["python"]["strategy"]["matrix"]["python"] == _PYTHONS
    assert jobs["postgresql"]["strategy"]["matrix"]["postgresql"] == _POSTGRESQLS
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    assert project["requires-python"] == f">={_PYTHONS[0]},<3.14"
    assert [each.rpartition(" ")[2] for each in project["classifiers"] if "Python :: 3." in each] == _PYTHONS
    assert f"PostgreSQL ({_POSTGRESQLS[0]} to {_POSTGRESQLS[-1]})" in (ROOT / "README.md").read_text(encoding="utf-8")


def test_the_tests_take_the_server_that_the_workflow_gives() -> None:
    (name,) = read(".github/workflows/test.yml")["jobs"]["postgresql"]["env"]
    assert f'"{name}"' in (ROOT / "cowrie_assets_tests/conftest.py").read_text(encoding="utf-8")
    assert "given" in Postgres.__dataclass_fields__


def test_a_release_is_of_the_version_of_the_code() -> None:
    import cowrie_assets

    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    assert project["version"] == cowrie_assets.__version__
    assert read(".github/workflows/release.yml")[True] == {"push": {"tags": ["v*"]}}  # YAML 1.1 reads `on` as true


@pytest.mark.parametrize(
    "path", sorted((ROOT / ".github/ISSUE_TEMPLATE").glob("[!c]*.yml")), ids=lambda path: path.stem
)
def test_an_issue_form_has_what_github_asks_for(path: Path) -> None:
    form = read(path)
    assert form["name"] and form["description"]
    for field in form["body"]:
        assert field["type"] in ("markdown", "textarea", "input", "dropdown", "checkboxes")
        assert field["attributes"]["value" if field["type"] == "markdown" else "label"]
        assert field["type"] == "markdown" or field["id"]


def test_a_hook_runs_what_make_lint_runs() -> None:
    lint = (ROOT / "Makefile").read_text(encoding="utf-8")
    for hook in read(".pre-commit-config.yaml")["repos"][0]["hooks"]:
        program, *arguments = hook["entry"].split()
        assert Path(sys.executable).with_name(program.removeprefix(".venv/bin/")).exists()
        assert f"$(BIN)/{program.removeprefix('.venv/bin/')}" in lint
        if arguments[:1] == ["-m"]:
            assert find_spec(arguments[1]) is not None
            assert arguments[1] in lint


# ----------------------------------------------------------------------------------------------------------- containers


def copied() -> list[str]:
    """What the Dockerfile copies from the checkout."""
    lines = re.findall(r"^COPY (?!--from)(.*)$", (ROOT / "Dockerfile").read_text(encoding="utf-8"), re.MULTILINE)
    return [name for line in lines for name in line.split()[:-1] if not name.startswith("--")]


def test_the_image_is_made_of_files_that_are_there_and_not_left_out() -> None:
    shown = [line[1:] for line in (ROOT / ".dockerignore").read_text().splitlines() if line.startswith("!")]
    for name in copied():
        assert (ROOT / name).exists()
        assert any(fnmatch(name.removeprefix("./").split("/")[0], pattern) for pattern in shown)
    build = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    wheel = {*build["tool"]["hatch"]["build"]["targets"]["wheel"]["only-include"], build["project"]["readme"]}
    assert wheel | {"pyproject.toml", "constraints.txt", *build["project"]["license-files"]} <= {
        name.removeprefix("./") for name in copied()
    }


def test_the_image_has_every_extra() -> None:
    """Nobody can install one into it. `files` is for a folder that the image is not shown, `notebook` for a desk."""
    extras = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]["optional-dependencies"]
    (installed,) = re.findall(r"'\.\[([a-z,]+)\]'", (ROOT / "Dockerfile").read_text(encoding="utf-8"))
    assert set(installed.split(",")) == set(extras) - {"dev", "files", "notebook"}


def test_services_run_programs_that_are_there_with_variables_that_are_read() -> None:
    services = read("compose.yaml")["services"]
    assert set(services) == {"postgres", "code", "webserver", "daemon", "watchdog"}
    for name, service in services.items():
        if name == "postgres":
            continue
        assert service["command"][0] in scripts()
        assert all(f'"{each}"' in code() for each in service["environment"] if each.startswith("COWRIE_"))
        assert service["environment"]["COWRIE_DATABASE_URL"].startswith("postgresql+psycopg://")
    for volume in (volume for service in services.values() for volume in service["volumes"]):
        source = volume.partition(":")[0]
        assert not source.startswith("./") or (ROOT / source).is_file()
    dockerfile = (ROOT / "Dockerfile").read_text(encoding="utf-8")
    assert all(f'"{each}"' in code() for each in re.findall(r"\b(COWRIE_\w+)=", dockerfile))


def test_only_this_machine_reaches_the_services() -> None:
    """Dagster's UI has no login."""
    ports = [port for service in read("compose.yaml")["services"].values() for port in service.get("ports", [])]
    assert ports and all(port.startswith("127.0.0.1:") for port in ports)


def test_the_code_location_is_where_the_others_look_for_it() -> None:
    (location,) = read("deploy/workspace.yaml")["load_from"]
    command = read("compose.yaml")["services"]["code"]["command"]
    assert location["grpc_server"]["host"] == "code"
    assert command[command.index("--port") + 1] == str(location["grpc_server"]["port"])
    assert find_spec(command[command.index("--module-name") + 1]) is not None
    health = read("compose.yaml")["services"]["code"]["healthcheck"]["test"]
    assert health[health.index("--port") + 1] == str(location["grpc_server"]["port"])


def test_dagster_is_set_in_containers_as_elsewhere() -> None:
    """Where the history and the logs of runs lie aside."""
    shipped, deployed = read("dagster.yaml"), read("deploy/dagster.yaml")
    (variable,) = deployed["storage"]["postgres"]["postgres_url"].values()
    assert variable in read("compose.yaml")["services"]["daemon"]["environment"]
    assert {key: value for key, value in deployed.items() if key not in ("storage", "compute_logs")} == shipped
    folder = deployed["compute_logs"]["config"]["base_dir"]
    assert any(folder.startswith(each.split(":")[1]) for each in read("compose.yaml")["services"]["code"]["volumes"])


def test_with_workers_the_services_are_the_same() -> None:
    """But for the broker, the workers and what tells of them."""
    alone, beside = read("compose.yaml"), read("deploy/celery/compose.yaml")
    added = {name: beside["services"].pop(name) for name in ("redis", "worker")}
    assert added["worker"]["command"][0] in scripts()
    common = "x-cowrie-assets"
    broker = beside[common]["environment"]["DAGSTER_BROKER_URL"]
    for each in [beside[common], *beside["services"].values()]:
        each.get("depends_on", {}).pop("redis", None)
        if "DAGSTER_BROKER_URL" in each.get("environment", {}):
            del each["environment"]["DAGSTER_BROKER_URL"]
            (settings,) = [volume for volume in each["volumes"] if "dagster.yaml" in volume]
            assert (ROOT / settings.partition(":")[0]).is_file()
            each["volumes"].remove(settings)
    assert beside["services"] == alone["services"]
    assert beside[common] == alone[common]
    assert broker.startswith("redis://:${REDIS_PASSWORD:?") and "redis:6379" in broker


def test_dagster_is_set_for_workers_as_elsewhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """And takes the launcher as it is set there."""
    shipped, deployed = read("dagster.yaml"), read("deploy/celery/dagster.yaml")
    aside = {"storage", "compute_logs", "run_launcher", "run_coordinator", "concurrency", "run_monitoring"}
    assert {key: value for key, value in deployed.items() if key not in aside} == {
        key: value for key, value in shipped.items() if key not in aside
    }
    assert deployed["concurrency"]["pools"] == shipped["concurrency"]["pools"]
    assert deployed["storage"] == read("deploy/dagster.yaml")["storage"]
    monkeypatch.setenv("DAGSTER_BROKER_URL", "redis://:secret@127.0.0.1:1/0")
    shutil.copy(WORKERS / "dagster.yaml", tmp_path)
    reference = InstanceRef.from_dir(str(tmp_path))
    launcher = reference.run_launcher
    assert isinstance(launcher, WorkerRunLauncher)
    monitoring = reference.settings["run_monitoring"]
    assert launcher.celery.conf.broker_transport_options["visibility_timeout"] > monitoring["max_runtime_seconds"]
    queue = reference.run_coordinator
    assert isinstance(queue, QueuedRunCoordinator)
    assert queue.get_run_queue_config().max_user_code_failure_retries * 15 == 15 * 60


# ----------------------------------------------------------------------------------------------------------- Kubernetes

_NAME_OF_A_SERVICE = re.compile(r"[a-z]([a-z0-9-]{0,61}[a-z0-9])?")


def test_in_a_cluster_the_code_location_is_where_the_others_look_for_it() -> None:
    values = read("deploy/k8s/values.yaml")
    (deployed,) = values["dagster-user-deployments"]["deployments"]
    (server,) = values["dagsterWebserver"]["workspace"]["servers"]
    assert _NAME_OF_A_SERVICE.fullmatch(deployed["name"])
    assert (server["host"], server["port"], server["name"]) == (deployed["name"], deployed["port"], LOCATION)
    assert find_spec(deployed["codeServerArgs"][1]) is not None
    assert all(f'"{each}"' in code() for each in deployed["env"])
    assert deployed["podSecurityContext"]["runAsUser"] == 10001 and "--uid 10001" in (ROOT / "Dockerfile").read_text()
    driver = values["postgresql"]["postgresqlScheme"]
    assert read("compose.yaml")["services"]["code"]["environment"]["DAGSTER_POSTGRES_URL"].startswith(f"{driver}://")


def test_in_a_cluster_runs_have_the_times_that_they_have_elsewhere() -> None:
    daemon, shipped = read("deploy/k8s/values.yaml")["dagsterDaemon"], read("dagster.yaml")
    assert daemon["runMonitoring"]["maxRuntimeSeconds"] == shipped["run_monitoring"]["max_runtime_seconds"]
    assert daemon["runRetries"] == {_camel(name): value for name, value in shipped["run_retries"].items()}


def test_the_launcher_of_a_cluster_takes_its_settings() -> None:
    """As the chart hands them to it."""
    from dagster_k8s.launcher import K8sRunLauncher

    given = read("deploy/k8s/values.yaml")["runLauncher"]["config"]["k8sRunLauncher"]
    fields = K8sRunLauncher.config_type()
    config = {name: given[_camel(name)] for name in fields if _camel(name) in given}
    assert len(config) == len(given)
    config["run_k8s_config"] = {_snake(name): value for name, value in given["runK8sConfig"].items()}
    checked = validate_config(fields, config | {"service_account_name": "dagster", "instance_config_map": "dagster"})
    assert checked.success, checked.errors


def _camel(name: str) -> str:
    return re.sub(r"_(\w)", lambda match: match[1].upper(), name)


def _snake(name: str) -> str:
    return re.sub(r"(?<!8)([A-Z])", lambda match: f"_{match[1].lower()}", name)


# -------------------------------------------------------------------------------------------------------------- systemd


def unit(path: Path) -> dict[str, dict[str, list[str]]]:
    """The settings of a unit, by section."""
    sections: dict[str, dict[str, list[str]]] = {}
    for line in path.read_text(encoding="utf-8").replace("\\\n", "").splitlines():
        if line.startswith("["):
            section = sections.setdefault(line.strip("[]"), {})
        elif line and not line.startswith("#"):
            name, _, value = line.partition("=")
            section.setdefault(name, []).append(value)
    return sections


@pytest.mark.parametrize("path", SERVICES, ids=lambda path: path.stem)
def test_a_service_is_bounded_and_writes_to_its_data_alone(path: Path) -> None:
    service = unit(path)["Service"]
    assert service["ProtectSystem"] == ["strict"]
    assert service["NoNewPrivileges"] == ["yes"]
    assert service["User"] == ["cowrie-assets"]
    assert service["StateDirectoryMode"] == ["0700"]
    assert service["ReadWritePaths"] == ["-/srv/backup/cowrie -/var/lib/cowrie_metrics"]
    assert {"MemoryMax", "EnvironmentFile"} <= set(service)
    assert service.get("Type") == ["oneshot"] or service["Restart"] == ["always"]
    assert "WatchdogSec" not in service, "nothing tells systemd that it lives"
    programs = re.findall(r"/opt/cowrie_assets/bin/([\w-]+)", *service["ExecStart"])
    assert programs and set(programs) <= scripts()


@pytest.mark.parametrize("name", ["FLEET", "RECIPES", "RUNBOOKS", "WORKERS"])
def test_the_settings_of_the_services_name_folders_that_they_may_write(name: str) -> None:
    service = unit(WORKERS / "cowrie-assets-worker.service")["Service"]
    writable = [f"/var/lib/{each}" for each in service["StateDirectory"]]
    writable += [each.lstrip("-") for each in service["ReadWritePaths"][0].split()]
    document = (ROOT / "docs" / f"{name}.md").read_text(encoding="utf-8")
    written = re.findall(r"^ *(?:DAGSTER_HOME|COWRIE_(?:REPORT|STATUS|BACKUP)_DIR)=(/\S+)$", document, re.MULTILINE)
    written += re.findall(r"^ *COWRIE_LOG_ROOT=(/\S+)\n *COWRIE_LOG_URL=", document, re.MULTILINE)
    assert written
    assert [each for each in written if not any(Path(each).is_relative_to(folder) for folder in writable)] == []


def test_services_of_systemd_and_of_compose_are_the_same() -> None:
    """But for where they listen, and where they find each other."""
    composed = read("compose.yaml")["services"]
    for name, aside in (("code", {"0.0.0.0"}), ("webserver", {"0.0.0.0"}), ("daemon", set())):
        ((program, *arguments),) = (
            command.split() for command in unit(SYSTEMD / f"cowrie-assets-{name}.service")["Service"]["ExecStart"]
        )
        here = [Path(program).name, *arguments]
        there = composed[name]["command"]
        differ = {(a, b) for a, b in zip(here, there, strict=True) if a != b}
        assert {b for _, b in differ} <= aside | {"/var/lib/dagster/workspace.yaml"}
        assert {a for a, _ in differ} <= {"127.0.0.1", "/etc/cowrie_assets/workspace.yaml"}
    (location,) = read("deploy/systemd/workspace.yaml")["load_from"]
    assert location["grpc_server"] | {"host": "code"} == read("deploy/workspace.yaml")["load_from"][0]["grpc_server"]


@pytest.fixture
def programs(tmp_path: Path) -> str:
    """Where the programs are, by a path that needs no quotes."""
    (tmp_path / "bin").symlink_to(Path(sys.executable).parent)
    return str(tmp_path / "bin")


@pytest.mark.skipif(shutil.which("systemd-analyze") is None, reason="systemd-analyze is not on this machine")
def test_systemd_understands_the_units(programs: str, tmp_path: Path) -> None:
    for path in [*SYSTEMD.iterdir(), *WORKERS.glob("*.service")]:
        text = path.read_text(encoding="utf-8").replace("/opt/cowrie_assets/bin", programs)
        (tmp_path / path.name).write_text(text, encoding="utf-8")
    units = [path for path in tmp_path.iterdir() if path.suffix in (".service", ".target", ".timer")]
    ended = subprocess.run(
        ["systemd-analyze", "verify", "--man=no", *units], capture_output=True, text=True, check=False
    )
    named = [line for line in ended.stderr.splitlines() if "cowrie-assets" in line]
    assert (ended.returncode, named) == (0, [])


@pytest.mark.soak
def test_the_timers_do_without_dagster(programs: str, sample_logs: Path, tmp_path: Path) -> None:
    """What systemd makes of a command: `$$` is a dollar, `%%` a per cent sign."""
    environment = os.environ | {
        "COWRIE_LOG_ROOT": str(sample_logs),
        "COWRIE_DATABASE_URL": f"sqlite:///{tmp_path / 'warehouse.db'}",
        "COWRIE_REPORT_DIR": str(tmp_path / "reports"),
        "COWRIE_BACKUP_DIR": str(tmp_path / "backups"),
    }
    for name in ("ingest", "day"):
        (command,) = unit(SYSTEMD / f"cowrie-assets-{name}.service")["Service"]["ExecStart"]
        here = command.replace("/opt/cowrie_assets/bin", programs)
        ended = subprocess.run(
            shlex.split(here.replace("$$", "$").replace("%%", "%")),
            env=environment,
            capture_output=True,
            text=True,
            check=False,
        )
        assert ended.returncode == 0, ended.stderr
    assert len(list((tmp_path / "backups").glob("*.db"))) == 1


def test_databases_are_made_as_the_urls_name_them() -> None:
    made = re.findall(r"CREATE DATABASE (\w+)", (ROOT / "deploy/create_databases.sql").read_text(encoding="utf-8"))
    urls = read("compose.yaml")["services"]["code"]["environment"]
    named = [url.rpartition("/")[2] for name, url in urls.items() if name.endswith("_URL")]
    assert sorted(made) == sorted(named)
