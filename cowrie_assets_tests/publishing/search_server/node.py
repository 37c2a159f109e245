"""A real OpenSearch node on loopback, made of the artefacts on Maven Central that its distribution is made of.

`OpenSearchNode.java` is what runs, `pom.xml` what it needs. Maven fetches that once, into its own repository. Such a
node has the core and HTTP: no security, no lifecycle (ISM), which are plugins that are not to be had there.
"""

import os
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO

_HERE = Path(__file__).parent
_JVM = ("-Xms512m", "-Xmx512m", "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1")
_LOOPBACK = {
    "discovery.type": "single-node",
    "network.host": "127.0.0.1",
    "transport.port": "0",
    "node.store.allow_mmap": "false",
    "cluster.info.update.interval": "10s",
    "cluster.routing.allocation.disk.watermark.low": "1b",
    "cluster.routing.allocation.disk.watermark.high": "1b",
    "cluster.routing.allocation.disk.watermark.flood_stage": "1b",
}
"""With the watermarks a nearly full disk of the machine is full enough only where a test says so."""
_SECONDS = 240
"""That a machine without Maven's artefacts may take to fetch them (100 MB)."""


class NoServerError(RuntimeError):
    """The server is not to be had here; the message says why."""


@dataclass(frozen=True, slots=True)
class Release:
    """A release of OpenSearch, and what it needs."""

    version: str
    log4j: str
    oldest_java: int


OPENSEARCH_2 = Release("2.19.6", "2.25.4", 11)
OPENSEARCH_3 = Release("3.9.0", "2.25.5", 21)


@dataclass
class OpenSearchNode:
    """One node whose data lie in `folder`: they stay there when it is killed, and are there when it starts again."""

    release: Release
    folder: Path
    command: list[str]
    port: int = 0
    _process: subprocess.Popen[bytes] | None = field(default=None, repr=False)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def start(self, **settings: str) -> None:
        """Start it, at the port that it had before. Raises RuntimeError with its last words where it does not."""
        given = {**_LOOPBACK, "path.home": str(self.folder), "http.port": str(self.port), **settings}
        arguments = [f"{name}={value}" for name, value in given.items()]
        log = self.folder / "output"
        with log.open("ab") as errors:
            self._process = subprocess.Popen(
                [*self.command, *arguments], stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=errors
            )
        words = _said(self._process.stdout)
        if not words.startswith("listening on "):
            self.kill()
            raise RuntimeError(f"the node did not start: {words}{log.read_text()[-4000:]}")
        self.port = int(words.split()[-1])

    def kill(self) -> None:
        """End it as a power cut of its machine would end its process: no word of farewell."""
        if self._process is not None:
            self._process.kill()
            self._process.communicate()
            self._process = None


@contextmanager
def running(release: Release, folder: Path) -> Iterator[OpenSearchNode]:
    """A running node. Raises NoServerError where this machine has none."""
    node = OpenSearchNode(release, folder, _command(release, folder))
    node.start()
    try:
        yield node
    finally:
        node.kill()


def _said(output: IO[bytes] | None) -> str:
    return "" if output is None else output.readline().decode()


def _command(release: Release, folder: Path) -> list[str]:
    """The launcher is compiled as it starts: one second, for which no compiled file lies about."""
    java = _java(release.oldest_java)
    classes = folder / "class_path"
    _fetch(release, classes)
    return [java, *_JVM, "-cp", classes.read_text().strip(), str(_HERE / "OpenSearchNode.java")]


def _java(oldest: int) -> str:
    """The first Java development kit that is new enough: of JAVA_HOME, of the path, of Debian's folder."""
    home = os.environ.get("JAVA_HOME")
    found = [home and f"{home}/bin/javac", shutil.which("javac"), *map(str, Path("/usr/lib/jvm").glob("*/bin/javac"))]
    for compiler in filter(None, found):
        if Path(compiler).exists() and _major(compiler) >= oldest:
            return str(Path(compiler).with_name("java"))
    raise NoServerError(f"there is no Java development kit of version {oldest} or later")


def _major(compiler: str) -> int:
    said = subprocess.run([compiler, "-version"], capture_output=True, text=True, check=False)
    words = (said.stdout + said.stderr).split()
    return int(words[1].split(".")[0]) if len(words) > 1 and words[1][0].isdigit() else 0


def _fetch(release: Release, into: Path) -> None:
    """What has to be on the class path, fetched where Maven does not have it yet, into the file `into`."""
    if shutil.which("mvn") is None:
        raise NoServerError("there is no Maven (mvn)")
    command = ["mvn", "-q", "-B", "-f", _HERE / "pom.xml", f"-Dopensearch={release.version}"]
    command += [f"-Dlog4j={release.log4j}", "dependency:build-classpath", f"-Dmdep.outputFile={into}"]
    try:
        done = subprocess.run(command, capture_output=True, text=True, timeout=_SECONDS, check=False)
    except subprocess.TimeoutExpired:
        raise NoServerError(f"Maven did not fetch OpenSearch {release.version} within {_SECONDS} s") from None
    if done.returncode:
        raise NoServerError(f"Maven could not fetch OpenSearch {release.version}: {done.stdout[-1000:]}")
