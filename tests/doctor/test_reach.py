"""What the doctor sees from outside: a real server behind proxies that lack something."""

import asyncio
import dataclasses
import shutil
import ssl
import subprocess
import time
from collections.abc import Iterator
from email.utils import formatdate
from ipaddress import ip_network
from pathlib import Path

import pytest

from plexichat.config import Config
from plexichat.config import Server as ServerConfig
from plexichat.doctor import reach
from plexichat.doctor.findings import ADVICE, GOOD, WRONG, Finding, Patient
from tests.doctor.relay import Relay
from tests.running import Server, serving

WITH_PROXY = ServerConfig(trusted_proxies=(ip_network("127.0.0.1"),))


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """A server that believes whoever is on this machine."""
    trust = "server.trusted_proxies=127.0.0.1"
    with serving("--set", trust, cwd=tmp_path_factory.mktemp("patient")) as server:
        yield server


async def seen(url: str, server: ServerConfig = WITH_PROXY) -> dict[str, Finding]:
    """What is found at an address; of each kind the worst."""
    config = dataclasses.replace(Config(), server=dataclasses.replace(server, public_url=url))
    patient = Patient(config, None, "plexichat")
    found = await asyncio.to_thread(lambda: list(reach.answers(patient)))
    for one in found:
        assert (one.mend is None) == (one.state == GOOD), one
    return {one.about: one for one in sorted(found, key=lambda one: one.state != GOOD)}


def states(found: dict[str, Finding]) -> dict[str, str]:
    return {about: one.state for about, one in found.items()}


async def test_a_server_behind_a_good_proxy_is_well(server: Server) -> None:
    async with Relay(server.port).open() as url:
        assert states(await seen(url)) == {
            "reach": GOOD, "proxy": GOOD, "uploads": GOOD, "websocket": GOOD,
        }  # fmt: skip


async def test_a_proxy_that_nobody_trusts_makes_everybody_one(server: Server) -> None:
    async with Relay(server.port).open() as url:
        found = (await seen(url, ServerConfig()))["proxy"]
    assert found.state == WRONG
    assert found.mend == """plexichat config set server.trusted_proxies '["127.0.0.1"]'"""


async def test_a_proxy_that_passes_on_what_visitors_claim_is_found(server: Server) -> None:
    async with Relay(server.port, forwards=False).open() as url:
        found = (await seen(url))["proxy"]
    assert (found.state, "claim to come from elsewhere" in found.text) == (WRONG, True)


async def test_a_proxy_without_websockets_is_found(server: Server) -> None:
    async with Relay(server.port, upgrades=False).open() as url:
        assert (await seen(url))["websocket"].state == WRONG


async def test_a_proxy_that_takes_less_than_the_server_is_found(server: Server) -> None:
    async with Relay(server.port, most_bytes=1_000_000).open() as url:
        found = (await seen(url))["uploads"]
    assert (found.state, "client_max_body_size 28m" in (found.mend or "")) == (WRONG, True)


async def test_a_proxy_with_another_time_is_found(server: Server) -> None:
    late = {"Date": formatdate(time.time() - 3600, usegmt=True)}
    async with Relay(server.port, headers=late).open() as url:
        assert (await seen(url))["clock"].state == WRONG
    late["Date"] = formatdate(time.time(), usegmt=True)
    async with Relay(server.port, headers=late).open() as url:
        assert "clock" not in await seen(url)


async def test_something_else_at_the_address_is_found(server: Server) -> None:
    async with Relay(server.port, says=b"<h1>It works!").open() as url:
        found = await seen(url)
    assert states(found) == {"reach": WRONG}
    assert "something else" in found["reach"].text


async def test_where_nothing_answers_it_says_so(server: Server) -> None:
    async with Relay(server.port).open() as url:
        pass
    assert states(await seen(url)) == {"reach": WRONG}
    nowhere = ServerConfig(port=int(url.rpartition(":")[2]))
    assert states(await seen("", nowhere)) == {"reach": ADVICE}


@pytest.mark.skipif(not shutil.which("openssl"), reason="openssl is not installed")
async def test_certificates_are_looked_at(
    server: Server, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for days, state in ((100, GOOD), (5, WRONG)):
        key, paper = tmp_path / f"{days}.key", tmp_path / f"{days}.pem"
        certify(key, paper, days)
        tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        tls.load_cert_chain(paper, key)
        async with Relay(server.port, tls=tls).open() as url:
            unknown = await seen(url)
            assert states(unknown) == {"tls": WRONG}
            assert "self-signed" in unknown["tls"].text
            monkeypatch.setenv("SSL_CERT_FILE", str(paper))
            known = await seen(url)
            monkeypatch.delenv("SSL_CERT_FILE")
        assert states(known) == {
            "tls": state, "reach": GOOD, "proxy": GOOD, "uploads": GOOD, "websocket": GOOD,
        }  # fmt: skip


def certify(key: Path, paper: Path, days: int) -> None:
    subprocess.run(
        ["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256",
         "-nodes", "-keyout", str(key), "-out", str(paper), "-days", str(days),
         "-subj", "/CN=chat", "-addext", "subjectAltName=IP:127.0.0.1"],
        check=True, capture_output=True,
    )  # fmt: skip


@pytest.mark.parametrize(
    ("given", "state"),
    [
        (ServerConfig(), GOOD),
        (ServerConfig(host="0.0.0.0"), WRONG),
        (ServerConfig(public_url="https://chat.example.org"), WRONG),
        (ServerConfig(host="0.0.0.0", public_url="http://localhost:8000"), GOOD),
    ],
)
def test_open_doors_matter_where_strangers_come_by(given: ServerConfig, state: str) -> None:
    patient = Patient(dataclasses.replace(Config(), server=given), None, "plexichat")
    (found,) = reach.registration(patient)
    assert found.state == state
    if state == WRONG:
        assert found.mend == "plexichat config set registration.mode invite"


async def test_passwords_in_the_open_are_found() -> None:
    found = await seen("http://chat.invalid")
    assert states(found) == {"tls": WRONG, "reach": WRONG}
