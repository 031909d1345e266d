"""Files in messages: uploading, sending, and who may read them."""

import hashlib
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import httpx
import pytest

from plexichat.app import House
from plexichat.config import Config, Messages, Uploads
from plexichat.core.links import Links
from tests.cast import Person, quick, refusal
from tests.giving import attach, bare, give, link, stored
from tests.pictures import picture

LIMIT = 100_000
PNG = picture("PNG")
TEXT = bytes(range(32, 127)) * 20


@pytest.fixture
def config(tmp_path: Path) -> Config:
    return quick(
        tmp_path / "data",
        uploads=Uploads(max_attachment_bytes=LIMIT),
        messages=Messages(max_attachments=3),
    )


@pytest.mark.parametrize("base", ["", "/api/v1"])
async def test_an_upload_is_answered_as_the_contract_says(
    ann: Person, bob: Person, house: House, base: str
) -> None:
    dm = await ann.dm(bob)
    answer = await give(ann, f"{base}/channels/{dm}/attachments", PNG, "plán.png", "image/png")
    given = answer.json()
    assert given == {
        "id": given["id"], "filename": "plán.png", "content_type": "image/png",
        "size": len(PNG), "url": given["url"], "hash": hashlib.sha256(PNG).hexdigest(),
        "thumbnails": None,
    }  # fmt: skip
    assert given["url"].startswith(f"{house.shapes.origin}/api/v1/media/attachments/")
    (name,) = stored(house)
    assert name.endswith(".png")
    assert "pl" not in name.removesuffix(".png")


async def test_a_message_carries_files_with_or_without_words(ann: Person, bob: Person) -> None:
    dm = await ann.dm(bob)
    plan, notes = await attach(ann, dm, PNG, "plan.png"), await attach(ann, dm, TEXT)
    said = await ann.say(dm, "the plan", attachments=[plan])
    assert said["attachments"] == [plan]
    answer = await ann.post(f"/channels/{dm}/messages", {"attachments": [{"id": notes["id"]}]})
    assert answer.json()["content"] is None
    assert answer.json()["attachments"] == [notes]
    seen = (await bob.get(f"/channels/{dm}/messages")).json()
    assert [message["attachments"] for message in seen] == [[notes], [plan]]


@pytest.mark.parametrize(
    "name",
    [
        pytest.param(lambda given: given, id="the whole object"),
        pytest.param(lambda given: {"id": given["id"]}, id="an object with its id"),
        pytest.param(lambda given: {"id": int(given["id"])}, id="a number in an object"),
        pytest.param(lambda given: {"url": given["url"], "size": 1}, id="an object with its url"),
        pytest.param(lambda given: {"url": given["url"].split("?")[0]}, id="the url alone"),
        pytest.param(lambda given: given["id"], id="its id"),
        pytest.param(lambda given: int(given["id"]), id="a number"),
    ],
)
async def test_an_upload_may_be_named_in_every_way(
    ann: Person, bob: Person, name: Callable[[dict[str, Any]], Any]
) -> None:
    dm = await ann.dm(bob)
    given = await attach(ann, dm, TEXT)
    assert (await ann.say(dm, "here", attachments=[name(given)]))["attachments"] == [given]


async def test_only_ones_own_uploads_are_sent_each_once_and_not_too_many(
    ann: Person, bob: Person, cem: Person
) -> None:
    dm = await ann.dm(bob)
    hers, his = await attach(ann, dm, TEXT), await attach(bob, dm, TEXT)
    sent = await attach(ann, dm, TEXT)
    await ann.say(dm, "first", attachments=[sent])
    four = [await attach(ann, dm, TEXT) for _ in range(4)]
    refused: list[list[Any]] = [
        [his], [sent], [hers, his], four, ["77"], [{"url": "https://example.org/a.png"}], [{}],
        [{"url": bare(hers) + "x"}],
    ]  # fmt: skip
    for wrong in refused:
        answer = await ann.post(f"/channels/{dm}/messages", {"attachments": wrong})
        status, sentence = refusal(answer)
        assert (status, sentence.partition(":")[0]) == (400, "Invalid content"), wrong
    assert len((await ann.get(f"/channels/{dm}/messages")).json()) == 1
    assert (await ann.say(dm, "still mine", attachments=[hers, hers]))["attachments"] == [hers]


async def test_nothing_but_an_empty_list_of_files_is_nothing(ann: Person, bob: Person) -> None:
    dm = await ann.dm(bob)
    nothing: list[dict[str, Any]] = [{"attachments": []}, {"attachments": None, "content": " "}]
    for body in nothing:
        assert refusal(await ann.post(f"/channels/{dm}/messages", body)) == (400, "Empty message")


async def test_a_file_is_read_by_whoever_reads_its_message_and_nobody_else(
    ann: Person, bob: Person, cem: Person, stranger: httpx.AsyncClient
) -> None:
    dm = await ann.dm(bob)
    given = await attach(ann, dm, TEXT)
    path = bare(given)
    assert (await ann.get(path)).content == TEXT
    assert refusal(await bob.get(path)) == (403, "Access denied")
    await ann.say(dm, "for bob", attachments=[given])
    assert (await bob.get(path)).content == TEXT
    assert refusal(await cem.get(path)) == (403, "Access denied")
    assert refusal(await stranger.get(path)) == (401, "Authentication required")
    assert refusal(await bob.get(path + "x")) == (404, "Attachment not found")
    assert refusal(await stranger.get(path + "x")) == (401, "Authentication required")


async def test_a_browser_reads_by_link_and_by_cookie(
    ann: Person, bob: Person, house: House, stranger: httpx.AsyncClient
) -> None:
    dm = await ann.dm(bob)
    await ann.say(dm, "look", attachments=[await attach(ann, dm, TEXT)])
    (shown,) = (await bob.get(f"/channels/{dm}/messages")).json()[0]["attachments"]
    assert (await stranger.get(link(shown))).content == TEXT
    cookie = {"Cookie": f"theme=dark; plexichat_token={bob.token}"}
    assert (await stranger.get(bare(shown), headers=cookie)).content == TEXT
    wrong = {"Cookie": "plexichat_token=1.x"}
    assert refusal(await stranger.get(bare(shown), headers=wrong)) == (401, "Invalid token")


async def test_links_that_are_old_or_forged_open_nothing(
    ann: Person, bob: Person, house: House, stranger: httpx.AsyncClient
) -> None:
    dm = await ann.dm(bob)
    given, other = await attach(ann, dm, TEXT), await attach(ann, dm, TEXT)
    name = bare(given).rpartition("/")[2]
    then = Links(house.shapes.links.key, lambda: time.time() - 3601)
    stolen = Links(b"k" * 32, time.time)
    for query, told in {
        then.sign(name): (401, "Token expired"),
        stolen.sign(name): (401, "Invalid token"),
        link(other).partition("?")[2]: (401, "Invalid token"),
        "e=1&s=x": (401, "Invalid token"),
        "e=&s=x": (401, "Invalid token"),
        "s=%C5%BE": (401, "Invalid token"),
    }.items():
        assert refusal(await stranger.get(f"{bare(given)}?{query}")) == told
    # Whoever may read it anyway does so with an old link, too.
    assert (await ann.get(f"{bare(given)}?{then.sign(name)}")).content == TEXT


async def test_links_outlive_a_restart(tmp_path: Path) -> None:
    config, links = quick(tmp_path / "data"), []
    for _ in range(2):
        house = await House.open(config)
        links.append(house.shapes.links.key)
        await house.close()
    assert links[0] == links[1]


async def test_a_file_goes_with_its_message(ann: Person, bob: Person, house: House) -> None:
    dm = await ann.dm(bob)
    given = await attach(ann, dm, TEXT)
    said = await ann.say(dm, "oops", attachments=[given])
    assert (await ann.delete(f"/channels/{dm}/messages/{said['id']}")).status_code == 200
    for person in (ann, bob):
        assert refusal(await person.get(bare(given))) == (404, "Attachment not found")
    await house.shelf.settled()
    assert stored(house) == []


SAFE = {
    "plan.png": (PNG, "image/png", "image/png"),
    "photo.jpg": (picture("JPEG"), "image/jpeg", "image/jpeg"),
    "film.mp4": (b"\0\0\0\x18ftypisom" + bytes(99), "video/mp4", "video/mp4"),
    "song.mp3": (b"ID3" + bytes(99), "audio/mpeg", "audio/mpeg"),
    "paper.pdf": (b"%PDF-1.7 " + TEXT, "application/pdf", "application/pdf"),
    "notes.txt": (TEXT, "text/plain", "text/plain; charset=utf-8"),
}
UNSAFE = {
    "page.html": (b"<html><script>alert(1)</script>", "text/html"),
    "drawing.svg": (b"<svg onload='alert(1)'/>", "image/svg+xml"),
    "style.css": (b"body{}", "text/css"),
    "feed.xml": (b"<?xml version='1.0'?>", "text/xml"),
    "unknown.xyz": (b"\1\2\3", "application/octet-stream"),
}


@pytest.mark.parametrize("name", sorted(SAFE))
async def test_what_only_shows_is_shown(ann: Person, bob: Person, name: str) -> None:
    data, declared, served = SAFE[name]
    given = await attach(ann, await ann.dm(bob), data, name, declared)
    answer = await ann.get(link(given))
    assert answer.content == data
    assert answer.headers["content-type"] == served
    assert answer.headers["content-disposition"].startswith(f'inline; filename="{name}"')
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert "default-src 'none'" in answer.headers["content-security-policy"]
    saved = await ann.get(link(given) + "&download=1")
    assert saved.headers["content-disposition"].startswith("attachment;")


@pytest.mark.parametrize("name", sorted(UNSAFE))
async def test_what_could_act_is_only_saved(ann: Person, bob: Person, name: str) -> None:
    data, declared = UNSAFE[name]
    given = await attach(ann, await ann.dm(bob), data, name, declared)
    assert given["content_type"] == declared
    answer = await ann.get(link(given))
    assert answer.content == data
    assert answer.headers["content-type"] == "application/octet-stream"
    assert answer.headers["content-disposition"].startswith(f'attachment; filename="{name}"')
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert "sandbox" in answer.headers["content-security-policy"]


async def test_a_foreign_name_reaches_the_one_who_saves_it(ann: Person, bob: Person) -> None:
    given = await attach(ann, await ann.dm(bob), TEXT, 'žluť "1".txt')
    header = (await ann.get(link(given))).headers["content-disposition"]
    assert header == (
        "inline; filename=\"_lu_ _1_.txt\"; filename*=UTF-8''%C5%BElu%C5%A5%20%221%22.txt"
    )


@pytest.mark.parametrize(
    ("asked", "status", "start", "stop"),
    [
        (None, 200, 0, 1900),
        ("bytes=0-", 206, 0, 1900),
        ("bytes=0-0", 206, 0, 1),
        ("bytes=100-199", 206, 100, 200),
        ("bytes=1800-5000", 206, 1800, 1900),
        ("bytes=1899-", 206, 1899, 1900),
        ("bytes=-100", 206, 1800, 1900),
        ("bytes=-5000", 206, 0, 1900),
        ("bytes=200-100", 200, 0, 1900),
        ("bytes=0-1,5-6", 200, 0, 1900),
        ("bytes=-", 200, 0, 1900),
        ("lines=1-2", 200, 0, 1900),
        ("bytes=a-b", 200, 0, 1900),
        ("bytes=1900-", 416, 0, 0),
        ("bytes=5000-6000", 416, 0, 0),
        ("bytes=-0", 416, 0, 0),
    ],
)
async def test_a_range_is_served_as_asked(
    ann: Person, bob: Person, asked: str | None, status: int, start: int, stop: int
) -> None:
    given = await attach(ann, await ann.dm(bob), TEXT)
    answer = await ann.get(link(given), headers={"Range": asked} if asked else {})
    assert answer.status_code == status
    if status == 416:
        assert refusal(answer) == (416, "Range not satisfiable")
        assert answer.headers["content-range"] == "bytes */1900"
        return
    assert answer.content == TEXT[start:stop]
    assert answer.headers["content-length"] == str(stop - start)
    assert answer.headers["accept-ranges"] == "bytes"
    if status == 206:
        assert answer.headers["content-range"] == f"bytes {start}-{stop - 1}/1900"


async def test_a_known_version_is_not_sent_again(ann: Person, bob: Person) -> None:
    given = await attach(ann, await ann.dm(bob), TEXT)
    etag = (await ann.get(link(given))).headers["etag"]
    assert etag == f'"{given["hash"]}"'
    for known in (etag, f"W/{etag}", f'"x", {etag}', "*"):
        answer = await ann.get(link(given), headers={"If-None-Match": known})
        assert (answer.status_code, answer.content) == (304, b"")
        assert answer.headers["etag"] == etag
    for other in ('"x"', '"a*b"'):
        answer = await ann.get(link(given), headers={"If-None-Match": other})
        assert (answer.status_code, answer.content) == (200, TEXT)
    ranged = {"Range": "bytes=0-9", "If-Range": '"x"'}
    assert (await ann.get(link(given), headers=ranged)).status_code == 200
    assert (await ann.get(link(given), headers=ranged | {"If-Range": etag})).status_code == 206


async def test_head_tells_what_get_would(ann: Person, bob: Person) -> None:
    given = await attach(ann, await ann.dm(bob), TEXT)
    head, got = await ann.ask("HEAD", link(given)), await ann.get(link(given))
    assert (head.status_code, head.content) == (200, b"")
    assert head.headers == got.headers


async def test_an_empty_file_is_a_file(ann: Person, bob: Person) -> None:
    given = await attach(ann, await ann.dm(bob), b"", "nothing.txt")
    assert given["size"] == 0
    answer = await ann.get(link(given))
    assert (answer.status_code, answer.content) == (200, b"")


async def test_the_limit_is_allowed_and_a_byte_more_is_not(
    ann: Person, bob: Person, house: House
) -> None:
    dm = await ann.dm(bob)
    assert (await attach(ann, dm, bytes(LIMIT), "a.xyz"))["size"] == LIMIT
    for size in (LIMIT + 1, LIMIT * 3):
        answer = await give(ann, f"/channels/{dm}/attachments", bytes(size), "a.xyz")
        assert refusal(answer) == (400, "File too large")
    assert len(stored(house)) == 1


@pytest.mark.parametrize(
    ("name", "data", "kind"),
    [
        ("tool.exe", b"hello", "text/plain"),
        ("tool.txt", b"MZ" + bytes(99), "text/plain"),
        ("page.png", b"<html>", "image/png"),
        ("tool.", b"#!/bin/sh\n", "text/plain"),
    ],
)
async def test_a_refused_file_leaves_nothing(
    ann: Person, bob: Person, house: House, name: str, data: bytes, kind: str
) -> None:
    dm = await ann.dm(bob)
    answer = await give(ann, f"/channels/{dm}/attachments", data, name, kind)
    assert refusal(answer) == (400, "Invalid file type")
    assert stored(house) == []


async def test_a_body_without_a_file_is_refused(ann: Person, bob: Person, house: House) -> None:
    path = f"/channels/{await ann.dm(bob)}/attachments"
    bodies: list[dict[str, Any]] = [
        {"content": b""},
        {"json": {"file": "x"}},
        {"files": {"picture": ("a.txt", b"x")}},
        {"content": b"--X\r\n", "headers": {"Content-Type": "multipart/form-data; boundary=X"}},
    ]
    for body in bodies:
        status, sentence = refusal(await ann.ask("POST", path, **body))
        assert (status, sentence.partition(":")[0]) == (400, "Invalid file type")
    assert stored(house) == []


async def test_who_may_not_send_there_may_not_upload_there(
    ann: Person, bob: Person, cem: Person, house: House
) -> None:
    dm = await ann.dm(bob)
    for person, channel_id, told in (
        (cem, dm, (403, "Permission denied")),
        (ann, "77", (404, "Channel not found")),
        (ann, "x", (400, "Invalid channel ID")),
    ):
        answer = await give(person, f"/channels/{channel_id}/attachments", bytes(LIMIT), "a.xyz")
        assert refusal(answer) == told
    await bob.post("/relationships/block", {"user_id": ann.id})
    answer = await give(ann, f"/channels/{dm}/attachments", TEXT)
    assert refusal(answer) == (403, "Permission denied: cannot message this user")
    assert stored(house) == []
