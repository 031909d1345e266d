"""Large files in chunks: any order, second attempts, and what becomes of them."""

import asyncio
import hashlib
import time
from pathlib import Path
from typing import Any

import httpx
import pytest

from plexichat.app import House
from plexichat.config import Config, Uploads
from plexichat.core import upload_sessions, uploads
from plexichat.core.upload_sessions import CHUNK_BYTES
from plexichat.store.db import Tx
from plexichat.store.upload_sessions import UploadSession
from tests.api.test_thumbnails import developed
from tests.cast import Person, quick, refusal
from tests.giving import attach, link, stored
from tests.pictures import picture

FILM = b"".join(n.to_bytes(4, "big") for n in range(3_000_000))  # 12 MB, no two pieces equal
CHUNKS = [FILM[at : at + CHUNK_BYTES] for at in range(0, len(FILM), CHUNK_BYTES)]
FULL = (400, "File too large: your quota is full")


@pytest.fixture
def config(tmp_path: Path) -> Config:
    return quick(tmp_path / "data", uploads=Uploads(quota_bytes=2 * len(FILM)))


async def begin(
    person: Person, data: bytes = FILM, name: str = "dog.bmp", kind: str = "image/bmp"
) -> dict[str, Any]:
    wanted = {"filename": name, "content_type": kind, "total_size": len(data)}
    answer = await person.post("/media/upload/session", wanted)
    assert answer.status_code == 200, answer.text
    begun: dict[str, Any] = answer.json()
    return begun


async def send(
    person: Person, session: dict[str, Any], index: int, data: bytes, checksum: str | None = None
) -> httpx.Response:
    query: dict[str, Any] = {"chunk_index": index}
    if checksum is not None:
        query["chunk_checksum"] = checksum
    path = f"/media/upload/chunk/{session['session_id']}"
    return await person.ask("POST", path, params=query, files={"file": ("blob", data)})


async def complete(person: Person, session: dict[str, Any]) -> httpx.Response:
    return await person.post(f"/media/upload/complete/{session['session_id']}")


async def listed(person: Person) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = (await person.get("/media/upload/sessions")).json()["sessions"]
    return found


def later(tx: Tx) -> None:
    tx.execute("UPDATE upload_session SET expires_at = ?", (tx.now,))


@pytest.mark.parametrize("order", [(0, 1, 2), (2, 0, 1)])
async def test_a_file_comes_in_chunks_in_any_order_and_is_sent(
    ann: Person, bob: Person, stranger: httpx.AsyncClient, order: tuple[int, ...]
) -> None:
    session = await begin(ann)
    assert (session["chunk_size"], session["total_chunks"]) == (5_242_880, 3)
    assert 3590 <= session["expires_at"] - time.time() <= 3600
    for count, index in enumerate(order, 1):
        checksum = hashlib.sha256(CHUNKS[index]).hexdigest().upper()
        answer = await send(ann, session, index, CHUNKS[index], checksum)
        assert answer.json() == {
            "success": True, "chunk_index": index, "uploaded_chunks": count, "total_chunks": 3,
            "progress_percent": round(100 * count / 3, 1), "is_complete": count == 3,
            "error": None,
        }  # fmt: skip
    done = (await complete(ann, session)).json()
    told = {key: done[key] for key in ("success", "size", "message", "filename", "content_type")}
    assert told == {
        "success": True, "size": len(FILM), "message": "stored", "filename": "dog.bmp",
        "content_type": "image/bmp",
    }  # fmt: skip
    assert done["hash"] == hashlib.sha256(FILM).hexdigest()
    assert await listed(ann) == []
    said = await ann.say(await ann.dm(bob), "look", attachments=[{"id": done["id"]}])
    assert (await stranger.get(link(said["attachments"][0]))).content == FILM


async def test_a_chunk_that_comes_again_takes_the_place_of_the_one_before(ann: Person) -> None:
    data = bytes(100)
    session = await begin(ann, data, "notes.txt", "text/plain")
    await send(ann, session, 0, b"x" * 100)
    again = await asyncio.gather(*(send(ann, session, 0, data) for _ in range(5)))
    assert [answer.json()["uploaded_chunks"] for answer in again] == [1] * 5
    assert (await complete(ann, session)).json()["hash"] == hashlib.sha256(data).hexdigest()


async def test_chunks_and_ends_that_come_at_once_make_one_whole_file(
    ann: Person, stranger: httpx.AsyncClient, house: House
) -> None:
    data, other = bytes(100_000), b"x" * 100_000
    session = await begin(ann, data, "notes.dat", "application/octet-stream")
    await send(ann, session, 0, data)
    answers = await asyncio.gather(
        *(complete(ann, session) for _ in range(4)),
        *(send(ann, session, 0, other) for _ in range(4)),
        *(complete(ann, session) for _ in range(4)),
    )
    completed = [each for each in (*answers[:4], *answers[8:]) if each.status_code == 200]
    (done,) = (each.json() for each in completed)
    for late in answers:
        if late not in (*completed, *answers[4:8]):
            assert refusal(late) == (400, "Upload incomplete")
        elif late.status_code != 200:
            assert refusal(late) == (400, "Session not found")
    kept = (await stranger.get(link(done))).content
    assert hashlib.sha256(kept).hexdigest() == done["hash"]
    assert kept in (data, other)
    await house.shelf.settled()
    assert len(stored(house)) == 1


async def test_a_chunk_that_is_not_as_it_should_be_changes_nothing(
    ann: Person, house: House
) -> None:
    session = await begin(ann)
    await send(ann, session, 2, CHUNKS[2])
    for index, data, checksum, error in (
        (3, b"x", None, "Invalid chunk index: there are 3"),
        (2, CHUNKS[2][1:], None, f"Invalid chunk size: {len(CHUNKS[2]) - 1} bytes"),
        (2, bytes(len(CHUNKS[2])), "0" * 64, "Checksum mismatch"),
    ):
        answer = await send(ann, session, index, data, checksum)
        assert answer.status_code == 200
        assert answer.json()["success"] is False
        assert answer.json()["error"].startswith(error)
        assert answer.json()["uploaded_chunks"] == 1
    assert refusal(await send(ann, session, 0, CHUNKS[0] + b"x")) == (400, "File too large")
    assert refusal(await send(ann, session, -1, b"")) == (400, "Invalid input: chunk_index")
    for index in (0, 1):
        await send(ann, session, index, CHUNKS[index])
    done = (await complete(ann, session)).json()
    assert done["hash"] == hashlib.sha256(FILM).hexdigest()
    assert len(stored(house)) == 1


async def test_only_who_began_an_upload_continues_or_sees_it(ann: Person, bob: Person) -> None:
    session = await begin(ann)
    assert refusal(await send(bob, session, 0, CHUNKS[0])) == (400, "Session not found")
    assert refusal(await complete(bob, session)) == (400, "Upload incomplete")
    path = f"/media/upload/session/{session['session_id']}"
    assert refusal(await bob.delete(path)) == (404, "Session not found")
    assert await listed(bob) == []
    await send(ann, session, 0, CHUNKS[0])
    (mine,) = await listed(ann)
    assert mine == {
        "session_id": session["session_id"], "filename": "dog.bmp", "content_type": "image/bmp",
        "total_size": len(FILM), "uploaded_chunks": 1, "total_chunks": 3,
        "progress_percent": 33.3, "status": "uploading", "expires_at": mine["expires_at"],
    }  # fmt: skip
    assert refusal(await complete(ann, session)) == (400, "Upload incomplete")


async def test_an_upload_that_is_given_up_or_forgotten_leaves_nothing(
    ann: Person, house: House
) -> None:
    given_up, forgotten = await begin(ann, b"12"), await begin(ann, b"34")
    for session in (given_up, forgotten):
        await send(ann, session, 0, b"12")
    names = [name.rpartition("/")[2] for name in stored(house)]
    assert await house.db.read(uploads.unknown, names) == []
    path = f"/media/upload/session/{given_up['session_id']}"
    assert (await ann.delete(path)).json() == {"success": True}
    assert refusal(await ann.delete(path)) == (404, "Session not found")
    await house.db.write(later)
    assert refusal(await send(ann, forgotten, 0, b"34")) == (400, "Session not found")
    assert await house.db.write(upload_sessions.forget_expired) == 1
    assert await house.db.write(upload_sessions.forget_expired) == 0
    await house.shelf.settled()
    assert stored(house) == []


async def test_what_an_upload_will_come_to_counts_from_the_start(ann: Person, bob: Person) -> None:
    session = await begin(ann)
    await attach(ann, await ann.dm(bob), bytes(1000))
    wanted = {"filename": "b.bin2", "content_type": "a/b", "total_size": len(FILM)}
    assert refusal(await ann.post("/media/upload/session", wanted)) == FULL
    for index, data in enumerate(CHUNKS):
        await send(ann, session, index, data)
    assert (await complete(ann, session)).status_code == 200
    assert refusal(await ann.post("/media/upload/session", wanted)) == FULL


@pytest.mark.parametrize(
    ("changed", "told"),
    [
        ({"total_size": 26_214_401}, "File too large"),
        ({"total_size": 1 << 62}, "File too large"),
        ({"filename": "setup.exe"}, "Invalid file type"),
        ({"total_size": 0}, "Invalid input: total_size"),
        ({"filename": ""}, "Invalid input: filename"),
        ({"content_type": "x" * 101}, "Invalid input: content_type"),
    ],
)
async def test_a_session_is_refused_as_the_contract_says(
    ann: Person, changed: dict[str, Any], told: str
) -> None:
    wanted = {"filename": "dog.mp4", "content_type": "video/mp4", "total_size": 10, **changed}
    assert refusal(await ann.post("/media/upload/session", wanted)) == (400, told)


async def test_one_person_uploads_only_so_many_files_at_once(ann: Person) -> None:
    for _ in range(upload_sessions.AT_ONCE):
        await begin(ann, b"1")
    wanted = {"filename": "a", "content_type": "a/b", "total_size": 1}
    status, told = refusal(await ann.post("/media/upload/session", wanted))
    assert (status, told.partition(":")[0]) == (400, "File too large")


async def test_what_came_in_chunks_is_judged_as_any_file(ann: Person, house: House) -> None:
    for data, kind in ((b"\x7fELF" + bytes(96), "image/png"), (b"hello", "image/png")):
        session = await begin(ann, data, "dog.png", kind)
        await send(ann, session, 0, data)
        assert refusal(await complete(ann, session)) == (400, "Invalid file type")
    data = picture("PNG", 100, 100)
    session = await begin(ann, data, "dog.png", "image/png")
    await send(ann, session, 0, data)
    done = (await complete(ann, session)).json()
    await developed(house)
    found = await house.db.read(uploads.known, done["url"].rpartition("/")[2].partition("?")[0])
    assert set(found.thumbnails) == {64}


async def test_an_upload_goes_on_after_the_server_came_again(
    config: Config, tmp_path: Path
) -> None:
    def start(tx: Tx) -> UploadSession:
        return upload_sessions.begin(tx, 1, "a.bin2", "a/b", 4, config.uploads)

    house = await House.open(config)
    session = await house.db.write(start)
    part = tmp_path / "part"
    part.write_bytes(b"four")
    house.shelf.files.place(session.name, 0, part)
    await house.db.write(upload_sessions.placed, 1, session.id, 0)
    await house.close()
    again = await House.open(config)
    kept = await again.db.read(upload_sessions.complete, 1, session.id)
    sealed = again.shelf.files.seal(kept.name)
    await again.close()
    assert sealed == (b"four", hashlib.sha256(b"four").hexdigest())


async def test_a_gibibyte_takes_at_most_two_hundred_chunks(house: House) -> None:
    rules = Uploads(max_attachment_bytes=1 << 40, quota_bytes=0)
    session = await house.db.write(upload_sessions.begin, 1, "a", "a/b", 1 << 30, rules)
    assert len(session.chunks) == 171
    lengths = [session.length(index) for index in range(171)]
    assert set(lengths[:-1]) == {6 << 20}
    assert sum(lengths) == 1 << 30
