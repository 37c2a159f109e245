"""Real nodes of OpenSearch and Elasticsearch on loopback, of the artefacts that their distributions are made of.

`opensearch/` and `elasticsearch/` hold what runs, and in `pom.xml` what it needs: Maven fetches that once, from Maven
Central into its own repository. Such a node has the core and no plugin: neither security nor lifecycle policies.
OpenSearch has its own HTTP. That of Elasticsearch is not on Maven Central: `HttpModule.java` puts the JDK's in its
place, so what a request means and what is answered is the real thing, and how bytes come and go is not.
"""

import os
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO
from zipfile import ZipFile

from cowrie_assets.publishing.destination import Product

_HERE = Path(__file__).parent
_SHORT_LIVED = ("-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1")
_NODE = ("-Xms512m", "-Xmx512m", "-Dsun.net.httpserver.nodelay=true", *_SHORT_LIVED)
_WATERMARKS = [f"cluster.routing.allocation.disk.watermark.{name}" for name in ("low", "high", "flood_stage")]
_LOOPBACK = {
    "discovery.type": "single-node",
    "network.host": "127.0.0.1",
    "cluster.info.update.interval": "1h",  # a look at the disk takes away the blocks that a test has set
    **dict.fromkeys(_WATERMARKS, "1b"),  # a machine's disk that is nearly full is full enough where a test says so
}
_OF_PRODUCT = {
    "opensearch": {"transport.port": "0"},
    "elasticsearch": {"transport.type": "none", "http.type": "jdk"},
}
_LAUNCHERS = {"opensearch": "OpenSearchNode", "elasticsearch": "ElasticsearchNode"}
_SECONDS = 240
"""That a machine without Maven's artefacts may take to fetch them (100 MB)."""

WATCHED_DISK = {"cluster.info.update.interval": "10s"}
FULL_DISK = {**WATCHED_DISK, **dict.fromkeys(_WATERMARKS, "1000000gb")}
"""Settings with which no disk has room."""


class NoServerError(RuntimeError):
    """The server is not to be had here; the message says why."""


@dataclass(frozen=True, slots=True)
class Release:
    """A release of a search server, and the Java that it needs."""

    product: Product
    version: str
    oldest_java: int


@dataclass
class SearchNode:
    """One node whose data lie in `folder`: they stay there when it is killed, and are there when it starts again."""

    release: Release
    folder: Path
    command: list[str]
    port: int = 0
    _process: subprocess.Popen[bytes] | None = field(default=None, repr=False)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def start(self, settings: dict[str, str] | None = None) -> None:
        """Start it, at the port that it had before. Raises RuntimeError with its last words where it does not."""
        own = {"path.home": str(self.folder), "http.port": str(self.port)}
        given = {**_LOOPBACK, **_OF_PRODUCT[self.release.product], **own, **(settings or {})}
        log = self.folder / "output"
        with log.open("ab") as errors:
            self._process = subprocess.Popen(
                [*self.command, *(f"{name}={value}" for name, value in given.items())],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=errors,
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
def running_node(release: Release, folder: Path) -> Iterator[SearchNode]:
    """A running node. Raises NoServerError where this machine has none."""
    node = SearchNode(release, folder, _command(release, folder))
    node.start()
    try:
        yield node
    finally:
        node.kill()


def _said(output: IO[bytes] | None) -> str:
    return "" if output is None else output.readline().decode()


def _command(release: Release, folder: Path) -> list[str]:
    programs = _java(release.oldest_java)
    class_path = _class_path(release, folder / "class_path")
    classes = folder / "classes"
    sources = (_HERE / release.product).glob("*.java")
    compiler = [programs / "javac", "-nowarn", "-cp", class_path, "-d", classes, *sources]
    subprocess.run(compiler, check=True, capture_output=True)
    if release.product == "elasticsearch":
        _move_into_module(classes / "tests", folder / "modules" / "http", release.version)
        (folder / "config").mkdir()
    return [str(programs / "java"), *_NODE, "-cp", f"{classes}:{class_path}", _LAUNCHERS[release.product]]


def _move_into_module(classes: Path, module: Path, version: str) -> None:
    """A node has a module of a jar in a folder of its own, with a description; what is in it may not be elsewhere."""
    module.mkdir(parents=True)
    with ZipFile(module / "http.jar", "w") as jar:
        for each in classes.iterdir():
            jar.write(each, each.relative_to(classes.parent))
    shutil.rmtree(classes)
    described = f"name=http\ndescription=HTTP\nversion={version}\nelasticsearch.version={version}\njava.version=17\n"
    (module / "plugin-descriptor.properties").write_text(f"{described}classname=tests.HttpModule\n")


def _java(oldest: int) -> Path:
    """The programs of the first Java development kit that is new enough: of JAVA_HOME, the path, Debian's folder."""
    home = os.environ.get("JAVA_HOME")
    found = [home and f"{home}/bin/javac", shutil.which("javac"), *map(str, Path("/usr/lib/jvm").glob("*/bin/javac"))]
    for compiler in filter(None, found):
        if Path(compiler).exists() and _major(compiler) >= oldest:
            return Path(compiler).parent
    raise NoServerError(f"there is no Java development kit of version {oldest} or later")


def _major(compiler: str) -> int:
    said = subprocess.run([compiler, "-version"], capture_output=True, text=True, check=False)
    words = (said.stdout + said.stderr).split()
    return int(words[1].split(".")[0]) if len(words) > 1 and words[1][0].isdigit() else 0


def _class_path(release: Release, answer: Path) -> str:
    """What has to be on the class path, fetched where Maven does not have it yet; it says so in the file `answer`."""
    if shutil.which("mvn") is None:
        raise NoServerError("there is no Maven (mvn)")
    command = ["mvn", "-q", "-B", "-f", _HERE / release.product / "pom.xml", f"-Drelease={release.version}"]
    command += ["dependency:build-classpath", f"-Dmdep.outputFile={answer}"]
    what = f"{release.product} {release.version}"
    try:
        done = subprocess.run(
            command,
            capture_output=True,
            text=True,
            timeout=_SECONDS,
            check=False,
            env={**os.environ, "MAVEN_OPTS": " ".join(_SHORT_LIVED)},
        )
    except subprocess.TimeoutExpired:
        raise NoServerError(f"Maven did not fetch {what} within {_SECONDS} s") from None
    if done.returncode:
        raise NoServerError(f"Maven could not fetch {what}: {done.stdout[-1000:]}")
    return answer.read_text().strip()
