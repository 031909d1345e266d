"""Files on the disk: whole, or not there."""

import hashlib
import os
import re
import resource
import signal
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from plexichat.store.errors import Full
from plexichat.store.files import HEAD_BYTES, Files


@pytest.fixture
def files(tmp_path: Path) -> Files:
    return Files(tmp_path / "uploads")


@pytest.fixture
def small_disk() -> Iterator[int]:
    """No file may grow beyond so many bytes."""
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    handled = signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    resource.setrlimit(resource.RLIMIT_FSIZE, (100_000, before[1]))
    yield 100_000
    resource.setrlimit(resource.RLIMIT_FSIZE, before)
    signal.signal(signal.SIGXFSZ, handled)


def everything(tmp_path: Path) -> list[Path]:
    return [path for path in tmp_path.rglob("*") if path.is_file()]


def test_a_kept_file_is_whole_and_private_under_a_random_name(files: Files) -> None:
    names = set()
    for _ in range(2):
        file = files.begin()
        file.write([b"soup ", b"", b"at seven"])
        file.write([b"!" * HEAD_BYTES])
        names.add(name := files.keep(file, ".txt"))
        file.discard()
        path = files.path(name)
        data = b"soup at seven" + b"!" * HEAD_BYTES
        assert re.fullmatch(r"[0-9a-f]{32}\.txt", name)
        assert path.parts[-3:] == (name[:2], name[2:4], name)
        assert files.read(name) == path.read_bytes() == data
        assert path.stat().st_mode & 0o777 == 0o600
        assert (file.size, file.head) == (len(data), data[:HEAD_BYTES])
        assert file.sha256 == hashlib.sha256(data).hexdigest()
    assert len(names) == 2


def test_a_discarded_file_leaves_nothing(files: Files, tmp_path: Path) -> None:
    file = files.begin()
    file.write([b"soup"])
    assert len(everything(tmp_path)) == 1
    file.discard()
    assert everything(tmp_path) == []


@pytest.mark.parametrize("name", ["", "../../plexichat.db", "a" * 31, "A" * 32, "a" * 32 + "/x"])
def test_no_name_leads_elsewhere(files: Files, name: str) -> None:
    with pytest.raises(ValueError, match="not the name"):
        files.path(name)


def test_a_file_that_is_gone_is_nothing_and_removed_without_complaint(files: Files) -> None:
    file = files.begin()
    name = files.keep(file, "")
    files.remove([name, name])
    assert files.open(name) is None
    assert files.read(name) is None


def test_a_full_disk_is_named_and_nothing_stays(
    files: Files, small_disk: int, tmp_path: Path
) -> None:
    file = files.begin()
    file.write([bytes(small_disk - 10)])
    with pytest.raises(Full):
        file.write([bytes(20)])
    file.discard()
    assert everything(tmp_path) == []


def test_only_files_that_lay_still_long_enough_are_old(files: Files) -> None:
    old, young = (files.keep(files.begin(), "") for _ in range(2))
    arriving = files.begin()
    yesterday = time.time() - 90_000
    os.utime(files.path(old), (yesterday, yesterday))
    assert list(files.older(86_400)) == [old]
    assert set(files.older(-1)) == {old, young}
    arriving.discard()


def test_what_was_arriving_is_swept_away(files: Files, tmp_path: Path) -> None:
    files.sweep()
    name = files.keep(files.begin(), "")
    arriving = files.begin()
    files.sweep()
    assert everything(tmp_path) == [files.path(name)]
    arriving.discard()
