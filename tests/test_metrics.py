"""What Prometheus reads: a real server, a real scrape, and a parser as strict as the format."""

import re
import time
from collections.abc import Iterator
from pathlib import Path
from urllib.error import HTTPError
from urllib.request import urlopen

import httpx
import pytest

from tests.api.line import dial
from tests.running import Server, run, serving, typed

Labels = frozenset[tuple[str, str]]
Scrape = dict[tuple[str, Labels], float]

NAME = r"[a-zA-Z_:][a-zA-Z0-9_:]*"
SAMPLE = re.compile(rf"({NAME})(?:\{{(.*)\}})? (\S+)")
LABEL = re.compile(r'([a-zA-Z_][a-zA-Z0-9_]*)="((?:[^"\\\n]|\\["\\n])*)"(?:,|$)')
ENDINGS = {"counter": {""}, "gauge": {""}, "histogram": {"_bucket", "_sum", "_count"}}


@pytest.fixture(scope="module")
def cwd(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("measured")


@pytest.fixture(scope="module")
def server(cwd: Path) -> Iterator[Server]:
    listen = "metrics.listen=127.0.0.1:0"
    with serving("--set", listen, cwd=cwd) as server:
        yield server


def address(server: Server) -> str:
    found = re.search(r"metrics are at (\S+)", server.log())
    assert found, server.log()
    return found[1]


def scrape(server: Server) -> Scrape:
    """All samples; each belongs to a family that was announced with help and a type before."""
    with urlopen(address(server)) as answer:
        assert answer.headers["content-type"] == "text/plain; version=0.0.4; charset=utf-8"
        return parsed(answer.read().decode())


def parsed(text: str) -> Scrape:
    assert text.endswith("\n")
    samples: Scrape = {}
    families: dict[str, str] = {}
    family = ""
    for line in text.splitlines():
        if line.startswith("# HELP "):
            family = line.split()[2]
            assert family not in families, f"{family} comes twice"
        elif line.startswith("# TYPE "):
            _, _, name, kind = line.split()
            assert name == family
            assert (kind == "counter") == name.endswith("_total")
            families[name] = kind
        else:
            found = SAMPLE.fullmatch(line)
            assert found, line
            name, told, value = found.groups()
            assert name.removeprefix(family) in ENDINGS[families[family]], line
            labels = frozenset(LABEL.findall(told or ""))
            assert LABEL.sub("", told or "") == "", line
            assert (name, labels) not in samples, line
            samples[name, labels] = float(value)
    return samples


def value(samples: Scrape, name: str, **labels: str) -> float:
    return samples[name, frozenset(labels.items())]


def test_requests_are_counted_by_their_end_and_timed_by_their_bucket(server: Server) -> None:
    ann = server.register("ann")
    for _ in range(3):
        headers = {"Authorization": f"Bearer {ann['token']}"}
        httpx.get(f"{server.url}/users/@me", headers=headers)
    httpx.get(f"{server.url}/users/@me")
    httpx.get(f"{server.url}/nowhere")
    samples = scrape(server)
    requests, seconds = "plexichat_http_requests_total", "plexichat_http_request_duration_seconds"
    assert value(samples, requests, bucket="read_me", status="2xx") == 3
    assert value(samples, requests, bucket="read_me", status="4xx") == 1
    assert value(samples, requests, bucket="none", status="4xx") == 1
    assert value(samples, f"{seconds}_count", bucket="read_me") == 4
    assert value(samples, f"{seconds}_bucket", bucket="read_me", le="+Inf") == 4
    assert value(samples, f"{seconds}_sum", bucket="register") > 0


def test_the_bounds_of_a_histogram_count_upward(server: Server) -> None:
    samples = scrape(server)
    name = "plexichat_commit_duration_seconds"
    bounds = {
        float(dict(labels)["le"]): count
        for (found, labels), count in samples.items()
        if found == f"{name}_bucket"
    }
    counts = [bounds[bound] for bound in sorted(bounds)]
    assert counts == sorted(counts)
    assert counts[-1] == value(samples, f"{name}_count") > 0


async def test_the_gateway_is_counted(server: Server) -> None:
    bob = server.register("bob")
    before = scrape(server)
    async with dial(f"ws://127.0.0.1:{server.port}/gateway") as line:
        await line.say(2, token=bob["token"])
        assert (await line.hear())["t"] == "READY"
        samples = scrape(server)
        for name in ("sockets", "sessions", "people"):
            name = f"plexichat_gateway_{name}"
            assert value(samples, name) == value(before, name) + 1
    name = "plexichat_gateway_dispatches_total"
    assert value(samples, name) == value(before, name) + 1


def test_the_disk_and_the_process_are_told(server: Server, tmp_path: Path) -> None:
    samples = scrape(server)
    for name in (
        "plexichat_database_bytes", "plexichat_disk_free_bytes", "process_cpu_seconds_total",
        "process_resident_memory_bytes", "process_open_fds",
    ):  # fmt: skip
        assert value(samples, name) > 0
    started = Path(f"/proc/{server.process.pid}").stat().st_mtime
    assert value(samples, "process_start_time_seconds") == pytest.approx(started, abs=5)
    assert value(samples, "plexichat_writer_waiting_calls") >= 0
    assert value(samples, "plexichat_uploads_bytes") == 0
    (build,) = [dict(labels) for name, labels in samples if name == "plexichat_build_info"]
    told = typed("version", "--json", cwd=tmp_path).out
    assert all(f'"{fact}"' in told for fact in build.values())


def test_a_backup_is_told_once_there_is_one(server: Server, cwd: Path) -> None:
    name = "plexichat_backup_last_success_timestamp_seconds"
    assert (name, frozenset()) not in scrape(server)
    before = time.time()
    assert typed("backup", "create", cwd=cwd).code == 0
    samples = scrape(server)
    assert before - 1 < value(samples, name) <= time.time()
    assert value(samples, "plexichat_backup_bytes") > 0
    assert value(samples, "plexichat_backup_failed") == 0


def test_metrics_are_never_at_the_public_address(server: Server) -> None:
    assert httpx.get(f"{server.url}/metrics").status_code == 404
    with pytest.raises(HTTPError) as answer:
        urlopen(address(server).replace("/metrics", "/health"))
    assert answer.value.code == 404
    answer.value.close()


def test_an_address_that_cannot_be_had_is_a_sentence(server: Server, tmp_path: Path) -> None:
    taken = f"metrics.listen=127.0.0.1:{server.port}"
    ended = run("serve", "--port", "0", "--set", taken, cwd=tmp_path)
    assert ended.code == 1
    *_, last = ended.err.splitlines()
    assert last == f"plexichat: cannot listen on port {server.port} of 127.0.0.1: it is in use"
