"""What the doctor sees on the machine: each thing that can be wrong, provoked."""

import dataclasses
import os
import time
from pathlib import Path

import pytest

from plexichat.config import Config, Storage
from plexichat.doctor import machine
from plexichat.doctor.findings import ADVICE, GOOD, WRONG, Check, Finding, Patient
from tests.running import serving, typed

DAY = 86_400


@pytest.fixture
def patient(tmp_path: Path) -> Patient:
    """A server as it should be."""
    data = tmp_path / "data"
    data.mkdir(mode=0o700)
    (data / "plexichat.db").touch()
    path = tmp_path / "config.toml"
    path.touch(mode=0o644)
    path.chmod(0o644)
    return Patient(Config(storage=Storage(directory=str(data))), path, "plexichat")


def only(check: Check, patient: Patient) -> Finding:
    (found,) = check(patient)
    assert (found.mend is None) == (found.state == GOOD)
    return found


def stored(patient: Patient, **options: object) -> Patient:
    storage = dataclasses.replace(patient.config.storage, **options)  # type: ignore[arg-type]
    return dataclasses.replace(
        patient, config=dataclasses.replace(patient.config, storage=storage)
    )


@pytest.mark.parametrize(
    "check",
    [machine.disk, machine.clock, machine.permissions, machine.sync],
    ids=lambda check: str(check.__name__),
)
def test_what_is_well_is_said_to_be(check: Check, patient: Patient) -> None:
    assert only(check, patient).state == GOOD


@pytest.mark.parametrize(
    ("version", "state"),
    [("3.40.1", ADVICE), ("3.51.2", ADVICE), ("3.51.3", GOOD), ("3.53.0", GOOD), ("4.0.0", GOOD)],
)
def test_an_sqlite_with_the_bug_is_advised_against(
    version: str, state: str, patient: Patient
) -> None:
    (found,) = machine.sqlite(patient, version)
    assert (found.state, version in found.text) == (state, True)


def test_a_disk_without_room_is_found(patient: Patient) -> None:
    assert only(machine.disk, stored(patient, reserve_bytes=1 << 50)).state == WRONG
    free = os.statvfs(patient.directory).f_bavail * os.statvfs(patient.directory).f_frsize
    assert only(machine.disk, stored(patient, reserve_bytes=free // 2)).state == ADVICE


def test_a_network_share_is_known_by_its_mount(tmp_path: Path) -> None:
    mounts = tmp_path / "mounts"
    mounts.write_text("a / ext4 rw 0 0\nb /srv/my\\040chat nfs4 rw 0 0\nc /srv/chat cifs rw 0 0\n")
    for folder, kind in (("/srv/my chat/data", "nfs4"), ("/srv/chats", "ext4"), ("/", "ext4")):
        assert machine.file_system(Path(folder), mounts) == kind
    assert machine.file_system(tmp_path) != ""


def test_a_clock_that_went_back_is_found(patient: Patient) -> None:
    os.utime(patient.directory / "plexichat.db", (time.time() + DAY,) * 2)
    found = only(machine.clock, patient)
    assert (found.state, "gone back" in found.text) == (WRONG, True)


def test_a_folder_that_others_look_into_is_found(patient: Patient) -> None:
    patient.directory.chmod(0o755)
    found = only(machine.permissions, patient)
    assert (found.state, found.mend) == (WRONG, f"chmod 700 {patient.directory}")


def test_a_configuration_that_others_may_change_is_found(patient: Patient) -> None:
    assert patient.config_path is not None
    patient.config_path.chmod(0o666)
    assert only(machine.permissions, patient).mend == f"chmod go-w {patient.config_path}"


@pytest.mark.skipif(os.geteuid() != 0, reason="only root gives files away")
def test_files_of_somebody_else_are_found(patient: Patient) -> None:
    os.chown(patient.directory / "plexichat.db", 4711, 4711)
    assert "not its folder's owner's" in only(machine.permissions, patient).text


def test_a_disk_that_cannot_be_written_is_found(patient: Patient) -> None:
    patient.directory.chmod(0o500)
    folder = "/sys/plexichat" if os.geteuid() == 0 else str(patient.directory)
    found = only(machine.sync, stored(patient, directory=folder))
    assert (found.state, "nothing can be written" in found.text) == (WRONG, True)
    patient.directory.chmod(0o700)


def test_the_verb_tells_and_what_it_advises_mends(tmp_path: Path) -> None:
    with serving(cwd=tmp_path) as server:
        port = ("--set", f"server.port={server.port}")
        (tmp_path / "data").chmod(0o755)
        ill = typed("doctor", *port, cwd=tmp_path)
        assert ill.code == 1
        lines = ill.out.splitlines()
        assert f"wrong   permissions: others of this machine may look into {tmp_path}" in ill.out
        assert f"        $ chmod 700 {tmp_path / 'data'}" in lines
        assert any(line.endswith("backup create") for line in lines)
        (tmp_path / "data").chmod(0o700)
        assert typed("backup", "create", cwd=tmp_path).code == 0
        well = typed("doctor", "--all", *port, cwd=tmp_path)
        assert (well.code, "wrong" in well.out) == (0, False), well.out
        assert f"good    websocket: {server.url}/gateway upgrades to a WebSocket" in well.out
