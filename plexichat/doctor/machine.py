"""What the doctor sees on the machine itself: SQLite, the disk, the clock, who may read what."""

import os
import shutil
import statistics
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Final

from plexichat.doctor.findings import ADVICE, GOOD, WRONG, Finding, Patient
from plexichat.store import driver

# Older ones may lose commits when two connections write or copy the log back at once.
SOUND_SQLITE: Final = (3, 51, 3)
YEAR: Final = 2026
AHEAD_SECONDS: Final = 60
JUMP_SECONDS: Final = 0.5
SLOW_SYNC_MS: Final = 50
SYNCS: Final = 9
DISK_SHARE: Final = 0.05
REMOTE: Final = {"nfs", "nfs4", "cifs", "smb3", "smbfs", "sshfs", "fuse.sshfs", "glusterfs"}


def sqlite(patient: Patient, version: str = driver.VERSION) -> Iterator[Finding]:
    if tuple(map(int, version.split("."))) >= SOUND_SQLITE:
        yield Finding("sqlite", GOOD, f"SQLite {version}")
        return
    least = ".".join(map(str, SOUND_SQLITE))
    yield Finding(
        "sqlite", ADVICE,
        f"SQLite {version} can damage a database in which two programs write at once (mended in "
        f"{least}); the server writes through one connection, so let no other program open "
        "plexichat.db while it runs",
        "python3 packaging/build.py, which makes an executable with a newer SQLite",
    )  # fmt: skip


def disk(patient: Patient) -> Iterator[Finding]:
    folder = existing(patient.directory)
    total, _, free = shutil.disk_usage(folder)
    reserve = patient.config.storage.reserve_bytes
    told = f"{free / 1e9:.1f} GB of {total / 1e9:.1f} GB are free at {folder}"
    mend = patient.verb("media usage") + ", then " + patient.verb("retention run --dry-run")
    if free < reserve:
        yield Finding("disk", WRONG, f"{told}: nothing new is taken in", mend)
    elif free < 4 * reserve or free < DISK_SHARE * total:
        yield Finding("disk", ADVICE, f"{told}: that is little", mend)
    else:
        yield Finding("disk", GOOD, told)
    kind = file_system(folder)
    if kind in REMOTE:
        yield Finding(
            "disk", WRONG, f"{folder} is on a network share ({kind}), where SQLite's locks fail",
            f"mv {folder} /var/lib/plexichat && "
            + patient.verb("config set storage.directory /var/lib/plexichat"),
        )  # fmt: skip


def clock(patient: Patient) -> Iterator[Finding]:
    mend = "timedatectl set-ntp true"
    before = time.time() - time.monotonic()
    now = time.time()
    if time.gmtime(now).tm_year < YEAR:
        yield Finding("clock", WRONG, f"the clock says {time.ctime(now)}", mend)
        return
    newest = max((path.stat().st_mtime for path in ours(patient)), default=0.0)
    if newest > now + AHEAD_SECONDS:
        yield Finding(
            "clock", WRONG,
            f"the database was written to at {time.ctime(newest)}, and it is {time.ctime(now)}: "
            "the clock has gone back", mend,
        )  # fmt: skip
        return
    time.sleep(0.1)
    if abs(time.time() - time.monotonic() - before) > JUMP_SECONDS:
        yield Finding("clock", WRONG, "the clock jumps", mend)
        return
    yield Finding("clock", GOOD, f"it is {time.ctime(now)}")


def permissions(patient: Patient) -> Iterator[Finding]:
    folder = patient.directory
    if not folder.exists():
        yield Finding("permissions", GOOD, f"{folder} is not there yet")
        return
    found = folder.stat()
    trouble = []
    if found.st_mode & 0o077:
        trouble.append((f"others of this machine may look into {folder}", f"chmod 700 {folder}"))
    if found.st_uid != os.geteuid() != 0:
        trouble.append((f"{folder} is somebody else's", f"sudo chown -R $USER {folder}"))
    strange = [path for path in ours(patient) if path.stat().st_uid != found.st_uid]
    if strange:
        owner = f"chown --reference={folder} {' '.join(map(str, strange))}"
        trouble.append((f"{strange[0]} is not its folder's owner's", owner))
    path = patient.config_path
    if path is not None and path.exists() and path.stat().st_mode & 0o022:
        trouble.append((f"others of this machine may change {path}", f"chmod go-w {path}"))
    for text, mend in trouble:
        yield Finding("permissions", WRONG, text, mend)
    if not trouble:
        yield Finding("permissions", GOOD, f"only its owner looks into {folder}")


def sync(patient: Patient) -> Iterator[Finding]:
    """How long a commit waits for the disk."""
    folder = existing(patient.directory)
    took = []
    try:
        with tempfile.NamedTemporaryFile(dir=folder, prefix=".doctor-") as file:
            for _ in range(SYNCS):
                file.write(bytes(4096))
                file.flush()
                begun = time.perf_counter()
                os.fdatasync(file.fileno())
                took.append((time.perf_counter() - begun) * 1000)
    except OSError as error:
        yield Finding(
            "sync", WRONG, f"nothing can be written at {folder}: {error.strerror}",
            f"df -h {folder}; ls -ld {folder}",
        )  # fmt: skip
        return
    middle = statistics.median(took)
    told = f"the disk takes {middle:.1f} ms to make a commit safe"
    if middle > SLOW_SYNC_MS:
        yield Finding(
            "sync", ADVICE, f"{told}: every message waits for that",
            f"mv {patient.directory} to a faster disk; iostat -x 1 shows who keeps this one busy",
        )  # fmt: skip
    else:
        yield Finding("sync", GOOD, told)


def ours(patient: Patient) -> list[Path]:
    """The database and what is beside it, as far as they are there."""
    return sorted(patient.directory.glob("plexichat.db*"))


def existing(folder: Path) -> Path:
    """The folder, or where it would be made."""
    while not folder.is_dir():
        folder = folder.parent
    return folder


def file_system(folder: Path, mounts: Path = Path("/proc/self/mounts")) -> str:
    """The kind of file system that a folder is on; empty where nobody says."""
    if not mounts.exists():
        return ""
    best, kind = "", ""
    for line in mounts.read_text().splitlines():
        _, place, what, *_ = line.split()
        place = place.replace("\\040", " ")
        if folder.is_relative_to(place) and len(place) >= len(best):
            best, kind = place, what
    return kind
