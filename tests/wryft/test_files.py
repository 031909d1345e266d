"""Files: given, shown, kept from others, and gone when nothing shows them."""

import dataclasses
from typing import Any
from uuid import UUID

import httpx
import pytest

from plexichat.config import Config, RateLimits
from plexichat.core import pictures, uploads
from plexichat.core.pictures import Given
from plexichat.store.db import Tx
from tests.cast import Join, Person, browser
from tests.giving import attach, bare, give, stored
from tests.pictures import picture
from tests.wryft.cast import named, refusal

PNG = picture("PNG")
KINDS = ["avatar", "banner", "icon", "emoji"]


async def upload(person: Person, kind: str, data: bytes = PNG, name: str = "pot.png") -> str:
    """Where it is."""
    answer = await give(person, f"/api/upload/{kind}", data, name)
    assert answer.status_code == 200, answer.text
    told: dict[str, str] = answer.json()
    assert told == {"url": f"/api/files/{told['file_id']}", "file_id": told["file_id"]}
    assert str(UUID(told["file_id"])) == told["file_id"]
    return told["url"]


async def profile(person: Person, **body: Any) -> httpx.Response:
    return await person.patch(f"/api/users/{named(person)}/profile", body)


class TestAPicture:
    @pytest.mark.parametrize("kind", KINDS)
    async def test_is_for_anybody_and_may_be_kept(
        self, ann: Person, stranger: httpx.AsyncClient, kind: str
    ) -> None:
        answer = await stranger.get(await upload(ann, kind))
        assert answer.status_code == 200
        assert answer.headers["content-type"] == "image/png"
        assert answer.headers["cache-control"] == "public, max-age=31536000"
        assert answer.headers["x-content-type-options"] == "nosniff"
        assert "sandbox" in answer.headers["content-security-policy"]

    async def test_is_sent_in_parts_or_not_at_all(
        self, ann: Person, stranger: httpx.AsyncClient
    ) -> None:
        url = await upload(ann, "avatar")
        whole = await stranger.get(url)
        head = await stranger.head(url)
        assert (head.status_code, head.content) == (200, b"")
        assert int(head.headers["content-length"]) == len(whole.content)
        part = await stranger.get(url, headers={"Range": "bytes=1-3"})
        assert (part.status_code, part.content) == (206, b"PNG")
        known = {"If-None-Match": whole.headers["etag"]}
        assert (await stranger.get(url, headers=known)).status_code == 304

    @pytest.mark.parametrize("kind", KINDS)
    @pytest.mark.parametrize(
        ("data", "name"),
        [
            (b"just words", "pot.png"),
            (b"<svg xmlns='http://www.w3.org/2000/svg'/>", "pot.svg"),
            (b"<!doctype html><script>alert(1)</script>", "pot.png"),
        ],
    )
    async def test_is_one_by_its_content(
        self, ann: Person, kind: str, data: bytes, name: str
    ) -> None:
        answer = await give(ann, f"/api/upload/{kind}", data, name)
        assert refusal(answer) == (400, "Invalid file type")
        assert stored(ann.house) == []

    async def test_that_is_shown_here_is_shown_there(self, ann: Person) -> None:
        url = await upload(ann, "avatar")
        answer = await profile(ann, avatar=url)
        assert (answer.json()["avatar"], answer.json()["avatar_url"]) == (url, url)
        elsewhere = (await ann.get("/users/@me")).json()["avatar_url"]
        assert elsewhere.endswith(f"/avatars/users/{ann.id}")
        shown = await ann.get(f"/avatars/users/{ann.id}")
        assert shown.content == (await ann.get(url)).content

    async def test_that_is_shown_there_is_shown_here(
        self, ann: Person, stranger: httpx.AsyncClient
    ) -> None:
        assert (await give(ann, "/users/@me/avatar", PNG, "pot.png")).status_code == 200
        url = (await stranger.get(f"/api/users/{named(ann)}")).json()["avatar"]
        assert url.startswith("/api/files/")
        shown = await stranger.get(url)
        assert shown.content == (await ann.get(f"/avatars/users/{ann.id}")).content

    async def test_goes_when_another_takes_its_place(self, ann: Person) -> None:
        first, second = await upload(ann, "banner"), await upload(ann, "banner")
        await profile(ann, banner=first)
        assert (await profile(ann, banner=second)).json()["banner"] == second
        assert (await profile(ann, banner_url=second)).json()["banner"] == second
        await ann.house.shelf.settled()
        assert (await ann.get(first)).status_code == 404
        assert (await ann.get(second)).status_code == 200
        assert (await profile(ann, banner="")).json()["banner"] is None
        await ann.house.shelf.settled()
        assert stored(ann.house) == []

    async def test_has_one_place(self, ann: Person) -> None:
        url = await upload(ann, "avatar")
        await profile(ann, avatar=url)
        assert refusal(await profile(ann, banner=url)) == (400, "Invalid input: banner")

    async def test_is_for_its_giver_to_show(self, ann: Person, bob: Person) -> None:
        url = await upload(ann, "avatar")
        assert refusal(await profile(bob, avatar=url)) == (400, "Invalid input: avatar_url")
        await profile(ann, avatar=url)
        assert refusal(await profile(bob, avatar=url)) == (400, "Invalid input: avatar_url")

    async def test_is_not_taken_when_the_rest_is_refused(self, ann: Person) -> None:
        url = await upload(ann, "avatar")
        assert (await profile(ann, avatar=url, timezone="t" * 65)).status_code == 400
        assert (await profile(ann, avatar=url)).status_code == 200

    async def test_that_nothing_shows_is_gone_after_a_day(self, ann: Person) -> None:
        url, kept = await upload(ann, "avatar"), await upload(ann, "avatar")
        await profile(ann, avatar=kept)

        def age(tx: Tx) -> None:
            tx.execute("UPDATE picture SET created_at = created_at - 86400001")

        assert await ann.house.db.write(pictures.forget_waiting) == 0
        await ann.house.db.write(age)
        assert await ann.house.db.write(pictures.forget_waiting) == 1
        await ann.house.shelf.settled()
        assert refusal(await ann.get(url)) == (404, "File not found")
        assert (await ann.get(kept)).status_code == 200

    async def test_is_known_while_something_shows_it(self, ann: Person) -> None:
        for kind in ("avatar", "banner", "icon"):
            await upload(ann, kind)
        names = [path.rpartition("/")[2] for path in stored(ann.house)]
        assert len(names) == 3
        assert await ann.house.db.read(uploads.unknown, names) == []

    async def test_goes_to_whoever_asks_for_that_kind(self, ann: Person) -> None:
        given = Given(UUID((await upload(ann, "icon")).rpartition("/")[2]).hex)
        with pytest.raises(Exception, match="Invalid input: image"):
            await ann.house.db.write(pictures.take, ann.number, given, "image", "emoji")
        taken = await ann.house.db.write(pictures.take, ann.number, given, "image", "icon")
        assert (taken.kind, taken.animated) == ("icon", False)


class TestAnAttachment:
    async def test_is_its_givers_alone_until_it_is_sent(
        self, ann: Person, bob: Person, stranger: httpx.AsyncClient
    ) -> None:
        url = await upload(ann, "attachment", b"clay and fire", "notes.txt")
        answer = await ann.get(url)
        assert (answer.status_code, answer.content) == (200, b"clay and fire")
        assert answer.headers["cache-control"] == "private, max-age=31536000"
        assert answer.headers["content-disposition"].startswith('inline; filename="notes.txt"')
        assert refusal(await bob.get(url)) == (403, "Access denied")
        assert refusal(await stranger.get(url)) == (401, "Authentication required")

    async def test_is_read_by_whoever_reads_its_message(
        self, ann: Person, bob: Person, cem: Person
    ) -> None:
        dm = await ann.dm(bob)
        given = await attach(ann, dm, b"clay and fire")
        await ann.say(dm, "", attachments=[given["id"]])
        digits = bare(given).rpartition("/")[2].partition(".")[0]
        url = f"/api/files/{UUID(digits)}"
        assert (await bob.get(url)).content == b"clay and fire"
        assert refusal(await cem.get(url))[0] == 403

    async def test_opens_to_the_cookie_that_a_browser_sends(self, ann: Person) -> None:
        url = await upload(ann, "attachment", b"clay and fire", "notes.txt")
        async with browser(ann.client._transport.app) as page:  # type: ignore[attr-defined]
            page.cookies.set("plexichat_session", ann.token)
            assert (await page.get(url)).content == b"clay and fire"
            page.cookies.set("plexichat_session", "made-up")
            assert refusal(await page.get(url))[0] == 401

    @pytest.mark.parametrize(
        ("data", "name"),
        [
            (b"<!doctype html><script>alert(1)</script>", "page.html"),
            (b"<svg xmlns='http://www.w3.org/2000/svg'/>", "pot.svg"),
        ],
    )
    async def test_that_could_act_is_saved_and_not_shown(
        self, ann: Person, data: bytes, name: str
    ) -> None:
        answer = await ann.get(await upload(ann, "attachment", data, name))
        assert answer.headers["content-type"] == "application/octet-stream"
        assert answer.headers["content-disposition"].startswith("attachment; ")


@pytest.mark.parametrize("kind", [*KINDS, "attachment"])
async def test_a_form_needs_a_file_and_its_sender_a_token(
    ann: Person, stranger: httpx.AsyncClient, kind: str
) -> None:
    path = f"/api/upload/{kind}"
    assert refusal(await ann.post(path))[0] == 400
    assert refusal(await ann.ask("POST", path, files={"other": ("a", b"b")}))[0] == 400
    answer = await stranger.post(path, files={"file": ("pot.png", PNG)})
    assert refusal(answer) == (401, "Authentication required")


async def test_what_is_no_file_is_not_there(stranger: httpx.AsyncClient) -> None:
    assert refusal(await stranger.get("/api/files/nonsense")) == (400, "Invalid file id")
    nowhere = "/api/files/ffff0001-0001-4a00-8a00-0000000000f1"
    assert refusal(await stranger.get(nowhere)) == (404, "File not found")


class TestWithinAMinute:
    @pytest.fixture
    def config(self, config: Config) -> Config:
        return dataclasses.replace(config, rate_limits=RateLimits())

    async def test_ten_files_may_come_from_one_person(self, join: Join) -> None:
        ann, bob = await join("ann"), await join("bob")
        for number in range(10):
            kind = (*KINDS, "attachment")[number % 5]
            assert refusal(await ann.post(f"/api/upload/{kind}"))[0] == 400
        answer = await give(ann, "/api/upload/avatar", PNG)
        assert refusal(answer) == (429, "Rate limited")
        assert 1 <= int(answer.headers["retry-after"]) <= 60
        assert (await give(bob, "/api/upload/attachment", b"notes")).status_code == 200
