"""What an older program wrote is what this one shows: a backup of each released schema."""

import hashlib
import json
import lzma
import tarfile
from collections.abc import Callable
from pathlib import Path

import pytest

from plexichat.app import House, create_app
from plexichat.store.migrate import steps
from tests.cast import quick
from tests.golden.make import HERE, files
from tests.golden.story import shown
from tests.running import typed

SCHEMAS = sorted(int(path.name[7:11]) for path in HERE.glob("schema-*.tar.xz"))


def digest(content: object) -> str:
    return hashlib.sha256(json.dumps(content, sort_keys=True).encode()).hexdigest()


def restored(archive: Path, folder: Path) -> Path:
    done = typed("backup", "restore", str(archive), cwd=folder)
    assert done.code == 0, done.err
    return folder / "data"


def left_by_the_old_program(archive: Path, folder: Path) -> Path:
    """The data folder as it is when only the program was exchanged."""
    with tarfile.open(archive) as tar:
        tar.extractall(folder / "data", filter="data")
    return folder / "data"


@pytest.mark.parametrize("schema", SCHEMAS)
@pytest.mark.parametrize("begin", [restored, left_by_the_old_program])
async def test_what_every_released_schema_showed_is_shown_still(
    schema: int, begin: Callable[[Path, Path], Path], tmp_path: Path
) -> None:
    archive, seen = files(schema)
    (tmp_path / "golden.tar").write_bytes(lzma.decompress(archive.read_bytes()))
    data = begin(tmp_path / "golden.tar", tmp_path)
    house = await House.open(quick(data))
    try:
        found = json.loads(json.dumps(await shown(create_app(house))))
    finally:
        await house.close()
    expected = json.loads(seen.read_text(encoding="utf-8"))
    assert found == expected
    assert digest(found) == digest(expected)
    kept = [path.name.split("-")[1] for path in (data / "backups").glob("version-*.db")]
    old = begin is left_by_the_old_program and schema < steps()[-1].number
    assert kept == [str(schema)] * old


def test_a_schema_that_is_kept_is_one_that_there_was() -> None:
    assert SCHEMAS
    assert SCHEMAS[-1] <= steps()[-1].number
    assert {path.name for path in HERE.glob("schema-*")} == {
        path.name for schema in SCHEMAS for path in files(schema)
    }
