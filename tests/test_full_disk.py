"""A disk that is really full: what makes room goes on, what takes it is refused."""

import contextlib
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from plexichat.store.room import NAME
from tests.running import PATIENCE_SECONDS, PROGRAM, Server, environment
from tests.store.test_failures import CAN_MOUNT

DISK, RESERVE = 24, 16  # MiB
INSIDE = ("unshare", "--mount", "--map-root-user", "sh", "-c")

pytestmark = pytest.mark.skipif(
    not shutil.which("unshare") or subprocess.run(CAN_MOUNT, capture_output=True).returncode != 0,
    reason="no tiny file system can be mounted here",
)


class Disk:
    """A tiny one, seen by the process that keeps it and, through that, by us."""

    def __init__(self, folder: Path, keeper: int) -> None:
        self.folder = folder
        self.data = Path(f"/proc/{keeper}/root{folder}/data")
        self._keeper = keeper
        self._filler = self.data / "filler"

    def leave(self, left: int) -> None:
        """Let others take all but so many bytes."""
        with open(self._filler, "ab", buffering=0) as filler:
            with contextlib.suppress(OSError):
                while filler.write(bytes(4096)):
                    pass
            filler.truncate(filler.tell() - left)

    def empty(self) -> None:
        self._filler.unlink()

    @contextlib.contextmanager
    def serving(self) -> Iterator[Server]:
        enter = ("nsenter", "--user", "--mount", "--preserve-credentials", "--target")
        reserve = f"storage.reserve_bytes={RESERVE << 20}"
        with tempfile.TemporaryFile() as errors:
            process = subprocess.Popen(
                [*enter, str(self._keeper), *PROGRAM, "serve", "--port", "0",
                 "--data", str(self.folder / "data"), "--set", reserve,
                 "--set", "rate_limits.enabled=false"],
                env=environment({}), stdout=subprocess.PIPE, stderr=errors, text=True,
            )  # fmt: skip
            with process:
                assert process.stdout is not None
                try:
                    yield Server(process, process.stdout.readline(), errors)
                finally:
                    process.kill()


@pytest.fixture(scope="module")
def disk(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Disk]:
    folder = tmp_path_factory.mktemp("disk")
    mount = f'mount -t tmpfs -o size={DISK}m none "$0" && mkdir "$0/data" && echo && exec sleep inf'
    keeper = subprocess.Popen([*INSIDE, mount, str(folder)], stdout=subprocess.PIPE)
    with keeper:
        assert keeper.stdout is not None
        keeper.stdout.readline()
        yield Disk(folder, keeper.pid)
        keeper.kill()


class Ann:
    """Somebody with a channel of her own and something said in it."""

    def __init__(self, server: Server) -> None:
        self.client = httpx.Client(base_url=server.url)
        self.client.headers["Authorization"] = f"Bearer {server.register('ann')['token']}"
        self.channel = self._open()
        self.said = [self.say().json()["id"] for _ in range(5)]

    def _open(self) -> str:
        server = self.client.post("/servers", json={"name": "home"}).json()
        channels = self.client.get(f"/servers/{server['id']}/channels").json()
        return str(next(each["id"] for each in channels if each["type"] == "text"))

    def say(self) -> httpx.Response:
        path = f"/channels/{self.channel}/messages"
        return self.client.post(path, json={"content": "leek " * 100})

    def take_back(self) -> httpx.Response:
        return self.client.delete(f"/channels/{self.channel}/messages/{self.said.pop()}")

    def give(self) -> httpx.Response:
        path = f"/channels/{self.channel}/attachments"
        return self.client.post(path, files={"file": ("a.txt", b"leek")})


def test_a_full_disk_still_deletes_signs_out_and_stops(disk: Disk) -> None:
    with disk.serving() as server:
        ann = Ann(server)
        assert (disk.data / NAME).stat().st_size == RESERVE << 17
        disk.leave(8 << 20)
        for refused in (ann.say(), ann.give()):
            assert refused.status_code == 507, refused.text
        assert httpx.get(f"{server.url}/ready").status_code == 503
        assert ann.take_back().is_success
        disk.leave(0)
        assert ann.take_back().is_success
        assert not (disk.data / NAME).exists()
        disk.empty()
        assert ann.say().is_success
        assert (disk.data / NAME).exists()
        assert server.stop() == 0

    disk.leave(0)
    with disk.serving() as server:
        assert server.ready.startswith("Plexichat is ready"), server.log()
        ann.client.base_url = server.url
        assert ann.say().status_code == 507
        assert ann.take_back().is_success
        assert ann.client.post("/auth/logout").is_success
        assert server.stop() == 0
        assert "Traceback" not in server.log()

    disk.leave(0)
    with disk.serving() as server:
        assert server.ready == ""
        assert server.process.wait(PATIENCE_SECONDS) == 1
        last = server.log().splitlines()[-1]
        assert last == f"plexichat: the disk is full: make room for {disk.folder / 'data'}"
    ann.client.close()
    disk.empty()
