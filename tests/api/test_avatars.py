"""Pictures of people: giving, showing, removing."""

from typing import Any

import httpx
import pytest

from plexichat.app import House
from plexichat.core import avatars
from tests.api.line import listening
from tests.cast import Person, refusal
from tests.giving import give, stored
from tests.pictures import archive, gif_of, moving, opened, picture, png_claiming

ROUTES = [
    base + path
    for base in ("", "/api/v1")
    for path in ("/users/@me/avatar", "/avatars/users/@me")
]
GIVE = "/users/@me/avatar"


@pytest.mark.parametrize("route", ROUTES)
async def test_a_picture_is_given_and_anybody_sees_it(
    ann: Person, stranger: httpx.AsyncClient, house: House, route: str
) -> None:
    answer = await give(ann, route, picture("JPEG", 1000, 800), "me.jpg")
    told = answer.json()
    url = f"{house.shapes.origin}/avatars/users/{ann.id}"
    assert told == {
        "success": True, "avatar_url": url, "width": 512, "height": 410,
        "size": told["size"], "animated": False,
    }  # fmt: skip
    shown = await stranger.get(f"/avatars/users/{ann.id}")
    assert shown.status_code == 200
    assert shown.headers["content-type"] == "image/jpeg"
    assert len(shown.content) == told["size"]
    assert opened(shown.content).size == (512, 410)
    assert (await ann.get("/users/@me")).json()["avatar_url"] == url


@pytest.mark.parametrize("kind", ["GIF", "PNG", "WEBP"])
async def test_a_moving_picture_moves(
    ann: Person, stranger: httpx.AsyncClient, kind: str
) -> None:
    answer = await give(ann, GIVE, moving(kind), f"me.{kind.lower()}")
    assert answer.json()["animated"] is True
    shown = await stranger.get(f"/avatars/users/{ann.id}")
    assert shown.headers["content-type"] == f"image/{kind.lower()}"
    assert getattr(opened(shown.content), "n_frames", 1) == 3


@pytest.mark.parametrize("base", ["", "/api/v1"])
async def test_initials_stand_in_for_a_picture(
    ann: Person, stranger: httpx.AsyncClient, base: str
) -> None:
    assert (await ann.get("/users/@me")).json()["avatar_url"] is None
    for user_id, letters in ((ann.id, "A"), ("77", "?"), ("9" * 30, "?")):
        drawn = await stranger.get(f"{base}/avatars/users/{user_id}")
        assert drawn.status_code == 200
        assert drawn.headers["content-type"] == "image/svg+xml"
        assert f">{letters}</text>" in drawn.text
        assert any(colour in drawn.text for colour in avatars.COLOURS)
    for wrong in ("x", "-1", "@me"):
        told = refusal(await stranger.get(f"{base}/avatars/users/{wrong}"))
        assert told == (400, "Invalid user ID")


@pytest.mark.parametrize(
    ("username", "letters"),
    [("ann", "A"), ("mira.k", "MK"), ("a_b-c", "AB"), ("...", "?"), ("", "?"), ("<&>", "&lt;")],
)
def test_initials_are_the_first_letters_of_the_first_two_words(
    username: str, letters: str
) -> None:
    assert f">{letters}</text>" in avatars.draw(1, username)


async def test_pictures_may_be_shown_everywhere_and_are_asked_for_anew_after_five_minutes(
    ann: Person, stranger: httpx.AsyncClient
) -> None:
    path = f"/avatars/users/{ann.id}"
    for _ in range(2):
        shown = await stranger.get(path, headers={"Origin": "https://elsewhere.example"})
        assert shown.headers.get_list("access-control-allow-origin") == ["*"]
        assert shown.headers["cache-control"] == "public, max-age=300, must-revalidate"
        assert shown.headers["x-content-type-options"] == "nosniff"
        assert "sandbox" in shown.headers["content-security-policy"]
        etag = shown.headers["etag"]
        again = await stranger.get(path, headers={"If-None-Match": etag})
        assert (again.status_code, again.content) == (304, b"")
        assert again.headers["etag"] == etag
        head = await stranger.head(path)
        assert (head.status_code, head.headers["etag"]) == (200, etag)
        await give(ann, GIVE, picture("PNG"), "me.png")
        shown = await stranger.get(path, headers={"If-None-Match": etag})
        assert shown.status_code == 200


async def test_the_picture_before_goes_when_another_takes_its_place(
    ann: Person, house: House
) -> None:
    await give(ann, GIVE, picture("PNG"), "me.png")
    (first,) = stored(house)
    await give(ann, GIVE, picture("PNG"), "me.png")
    await house.shelf.settled()
    (second,) = stored(house)
    assert first != second
    await ann.patch("/users/@me", {"avatar_url": "https://pictures.example/ann.png"})
    await house.shelf.settled()
    assert stored(house) == []
    assert (await give(ann, GIVE, picture("PNG"), "me.png")).status_code == 200
    assert (await ann.get("/users/@me")).json()["avatar_url"].startswith(house.shapes.origin)


async def test_a_picture_kept_elsewhere_is_drawn_here(
    ann: Person, stranger: httpx.AsyncClient
) -> None:
    await ann.patch("/users/@me", {"avatar_url": "https://pictures.example/ann.png"})
    drawn = await stranger.get(f"/avatars/users/{ann.id}")
    assert drawn.headers["content-type"] == "image/svg+xml"


async def test_an_account_sent_back_as_it_was_read_keeps_its_picture(
    ann: Person, stranger: httpx.AsyncClient
) -> None:
    await give(ann, GIVE, picture("PNG"), "me.png")
    read = (await ann.get("/users/@me")).json()
    assert (await ann.patch("/users/@me", read)).json() == read
    shown = await stranger.get(f"/avatars/users/{ann.id}")
    assert shown.headers["content-type"] == "image/png"


@pytest.mark.parametrize("base", ["", "/api/v1"])
async def test_a_removed_picture_leaves_initials(
    ann: Person, stranger: httpx.AsyncClient, house: House, base: str
) -> None:
    await give(ann, GIVE, picture("PNG"), "me.png")
    for _ in range(2):
        removed = await ann.delete(f"{base}/avatars/users/@me")
        assert (removed.status_code, removed.json()) == (200, {"success": True})
    assert (await ann.get("/users/@me")).json()["avatar_url"] is None
    drawn = await stranger.get(f"/avatars/users/{ann.id}")
    assert drawn.headers["content-type"] == "image/svg+xml"
    await house.shelf.settled()
    assert stored(house) == []


async def test_a_picture_whose_file_is_lost_is_drawn(
    ann: Person, stranger: httpx.AsyncClient, house: House
) -> None:
    await give(ann, GIVE, picture("PNG"), "me.png")
    (lost,) = stored(house)
    (house.directory / "uploads" / lost).unlink()
    drawn = await stranger.get(f"/avatars/users/{ann.id}")
    assert (drawn.status_code, drawn.headers["content-type"]) == (200, "image/svg+xml")


@pytest.mark.parametrize(
    ("data", "told"),
    [
        pytest.param(b"hello", "Invalid file type", id="words"),
        pytest.param(b"", "Invalid file type", id="nothing"),
        pytest.param(b"<html>", "Invalid file type", id="a page named as a picture"),
        pytest.param(b"<svg/>", "Invalid file type", id="a drawing"),
        pytest.param(picture("JPEG", 600, 600)[:2000], "Invalid file type", id="half a photo"),
        pytest.param(picture("PNG") + archive(), "Invalid file type", id="also an archive"),
        pytest.param(png_claiming(30_000, 30_000), "File too large", id="900 million pixels"),
        pytest.param(gif_of(10_000), "File too large", id="10,000 frames"),
        pytest.param(bytes(avatars.MAX_BYTES + 1), "File too large", id="a byte too many"),
        pytest.param(bytes(avatars.MAX_BYTES), "Invalid file type", id="many zeros"),
    ],
)
async def test_what_is_no_fit_picture_is_refused_and_changes_nothing(
    ann: Person, stranger: httpx.AsyncClient, house: House, data: bytes, told: str
) -> None:
    await give(ann, GIVE, picture("PNG"), "me.png")
    before = await stranger.get(f"/avatars/users/{ann.id}")
    files = stored(house)
    for route in ("/users/@me/avatar", "/avatars/users/@me"):
        assert refusal(await give(ann, route, data, "me.png", "image/png")) == (400, told)
    after = await stranger.get(f"/avatars/users/{ann.id}")
    assert after.content == before.content
    assert stored(house) == files


async def test_a_body_without_a_picture_is_refused(ann: Person) -> None:
    other = {"picture": ("a.png", picture("PNG"))}
    bodies: list[dict[str, Any]] = [{"json": {}}, {"files": other}, {"content": b""}]
    for body in bodies:
        status, sentence = refusal(await ann.ask("POST", GIVE, **body))
        assert (status, sentence.partition(":")[0]) == (400, "Invalid file type")


async def test_only_who_is_logged_in_gives_or_removes(stranger: httpx.AsyncClient) -> None:
    for method, path in (("POST", ROUTES[0]), ("POST", ROUTES[1]), ("DELETE", ROUTES[1])):
        answer = await stranger.request(method, path)
        assert refusal(answer) == (401, "Authentication required")


async def test_a_new_picture_is_told_to_who_knows_its_owner(
    url: str, ann: Person, bob: Person, cem: Person
) -> None:
    await ann.dm(bob)
    async with (
        listening(url, ann) as anns,
        listening(url, bob) as bobs,
        listening(url, cem) as cems,
    ):
        given = (await give(ann, GIVE, picture("PNG"), "me.png")).json()
        for line in (anns, bobs):
            (heard,) = [frame for frame in await line.beat() if frame["t"] == "USER_UPDATE"]
            assert heard["d"]["user"]["avatar_url"] == given["avatar_url"]
        assert await cems.beat() == []
        await give(ann, GIVE, picture("GIF"), "me.gif")
        assert [frame["t"] for frame in await bobs.beat()] == ["USER_UPDATE"]


async def test_capabilities_tell_what_pictures_may_be(stranger: httpx.AsyncClient) -> None:
    told = (await stranger.get("/capabilities")).json()["avatars"]
    assert told["default_colors"] == list(avatars.COLOURS)
    assert (told["max_size"], told["max_file_size"]) == (512, 5_242_880)
