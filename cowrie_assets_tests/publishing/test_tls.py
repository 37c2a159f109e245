"""TLS is verified, always: a certificate that nobody vouches for is told at once, and nothing is sent."""

import shutil
import subprocess
from pathlib import Path

import pytest

from cowrie_assets.publishing.server import ServerError
from cowrie_assets_tests.publishing.conftest import AT_ONCE, VERSIONS, connected
from cowrie_assets_tests.publishing.stand_in import StandIn, running


@pytest.fixture(scope="module")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A certificate of 127.0.0.1 that only itself vouches for, with its key."""
    if shutil.which("openssl") is None:
        pytest.skip("openssl is not there to make a certificate")
    file = tmp_path_factory.mktemp("tls") / "both.pem"
    options = "-x509 -newkey rsa:2048 -nodes -days 2 -subj /CN=stand-in -addext subjectAltName=IP:127.0.0.1"
    command = ["openssl", "req", *options.split(), "-out", file, "-keyout", file.with_suffix(".key")]
    subprocess.run(command, check=True, capture_output=True)
    file.write_text(file.read_text() + file.with_suffix(".key").read_text())
    return file


@pytest.mark.parametrize("product", ["elasticsearch", "opensearch"])
def test_a_certificate_is_believed_only_where_its_authority_is_named(product: str, certificate: Path) -> None:
    with running(StandIn(product, VERSIONS[product]), certificate) as stand_in:
        with pytest.raises(ServerError, match="cannot be trusted") as refused:
            AT_ONCE.run(lambda: connected(stand_in).call("GET", "/"))
        assert not refused.value.passing
        assert stand_in.requests == []
        assert connected(stand_in, ca_certs=certificate).call("GET", "/")["name"] == "stand-in"


@pytest.mark.parametrize("product", ["elasticsearch", "opensearch"])
def test_a_certificate_of_another_host_is_refused(product: str, certificate: Path) -> None:
    with running(StandIn(product, VERSIONS[product]), certificate) as stand_in:
        stand_in.url = stand_in.url.replace("127.0.0.1", "localhost")
        with pytest.raises(ServerError, match="cannot be trusted"):
            connected(stand_in, ca_certs=certificate).call("GET", "/")
