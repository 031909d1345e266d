"""Pictures of guilds and their emoji: uploaded first, shown in both dialects, gone at last."""

from typing import Any

import httpx
import pytest

from tests.cast import Person
from tests.giving import stored
from tests.pictures import moving, picture
from tests.town import Town, allow, found, join
from tests.wryft.cast import named, path_of, refusal
from tests.wryft.test_files import upload
from tests.wryft.test_guilds import DENIED, NOWHERE, STRANGE, UNKNOWN, begun

MISSING = (403, "Missing emojis.manage permission")


@pytest.fixture
async def town(ann: Person, bob: Person) -> Town:
    """Ann's guild, in which bob is a member."""
    made = await found(ann)
    await join(made, bob)
    return made


async def shown(person: Person) -> dict[str, Any]:
    (guild,) = (await person.get("/api/guilds")).json()
    return dict(guild)


async def test_a_guild_shows_its_pictures_in_both_dialects(
    town: Town, ann: Person, bob: Person, stranger: httpx.AsyncClient
) -> None:
    icon, banner = await upload(ann, "icon"), await upload(ann, "banner")
    settings = {"is_public": True, "description": "", "icon_url": icon, "banner_url": banner}
    for _ in range(2):
        assert (await ann.patch(f"{path_of(town)}/settings", settings)).status_code == 200
    guild = await shown(bob)
    assert (guild["icon"], guild["icon_url"], guild["banner_url"]) == (icon, icon, banner)
    for url in (icon, banner):
        assert (await stranger.get(url)).status_code == 200
    theirs = (await town.shown())["icon_url"]
    assert (await stranger.get(theirs)).headers["content-type"] == "image/png"
    (public,) = (await stranger.get("/api/guilds/public")).json()
    assert (public["icon"], public["icon_url"]) == (icon, icon)
    code = (await ann.post(f"{path_of(town)}/invites")).json()["code"]
    door = (await stranger.get(f"/api/invites/{code}")).json()
    assert (door["guild_icon"], door["guild_icon_url"]) == (icon, icon)
    changes = [each["changes"] for each in (await ann.get(f"{town.path}/audit-logs")).json()]
    assert changes[1] == {"icon_url": {"old": None, "new": theirs}}, "it knows no banner"
    assert len(stored(ann.house)) == 2


async def test_pictures_are_taken_down_and_leave_nothing_behind(
    town: Town, ann: Person, stranger: httpx.AsyncClient
) -> None:
    path = path_of(town)
    icon, banner = await upload(ann, "icon"), await upload(ann, "banner")
    answer = await ann.patch(path, {"icon": icon, "banner": banner})
    assert (answer.json()["icon"], answer.json()["name"]) == (icon, "Maple Street")
    other = await upload(ann, "icon")
    await ann.patch(f"{path}/settings", {"icon_url": other})
    assert (await stranger.get(icon)).status_code == 404
    await ann.patch(f"{path}/settings", {"icon_url": "", "banner_url": ""})
    guild = await shown(ann)
    assert guild["icon"] == "MA"
    assert "icon_url" not in guild
    assert "banner_url" not in guild
    await ann.house.shelf.settled()
    assert stored(ann.house) == []


async def test_a_guild_may_begin_with_a_picture_and_takes_it_along_when_it_ends(
    ann: Person, stranger: httpx.AsyncClient
) -> None:
    icon, banner = await upload(ann, "icon"), await upload(ann, "banner")
    guild = await begun(ann, icon=icon)
    assert guild["icon_url"] == icon
    path = f"/api/guilds/{guild['id']}"
    await ann.patch(path, {"name": "Potters", "banner": banner})
    assert (await ann.delete(path)).status_code == 204
    for url in (icon, banner):
        assert (await stranger.get(url)).status_code == 404


async def test_only_ones_own_pictures_that_nothing_shows_will_do(
    town: Town, ann: Person, bob: Person
) -> None:
    path = f"{path_of(town)}/settings"
    theirs, taken = await upload(bob, "icon"), await upload(ann, "avatar")
    profile = f"/api/users/{named(ann)}/profile"
    assert (await ann.patch(profile, {"avatar": taken})).status_code == 200
    nothing = "/api/files/ffff0001-0001-4a00-8a00-0000000000f1"
    for url in (theirs, taken, nothing, "https://example.org/pot.png", "/api/files/7", "pot"):
        refused = await ann.patch(path, {"is_public": True, "icon_url": url})
        assert refused.status_code == 400, url
        assert refusal(refused)[1].startswith("Invalid input: icon")
        assert (await ann.post("/api/guilds", {"name": "x", "icon": url})).status_code == 400
    assert refusal(await bob.patch(path, {"icon_url": theirs})) == DENIED
    assert ((await shown(bob))["is_public"], (await shown(bob))["icon"]) == (False, "MA")
    await allow(town, bob, "server.manage")
    assert (await bob.patch(path, {"icon_url": theirs})).status_code == 200


async def emoji(town: Town, person: Person, name: str = "kiln_fire", **more: Any) -> httpx.Response:
    given = {"name": name, "image_url": await upload(person, "emoji"), **more}
    return await person.post(f"{path_of(town)}/emoji", given)


async def test_an_emoji_is_an_uploaded_picture_with_a_name(
    town: Town, ann: Person, bob: Person, stranger: httpx.AsyncClient
) -> None:
    made = (await emoji(town, ann, "Kiln_Fire", created_by=named(bob))).json()
    assert made == {
        "id": made["id"], "guild_id": path_of(town).rpartition("/")[2], "name": "kiln_fire",
        "image_url": made["image_url"], "created_by": named(ann), "created_at": made["created_at"],
    }  # fmt: skip
    assert (await stranger.get(made["image_url"])).status_code == 200
    clay = (await emoji(town, ann, "clay")).json()
    assert (await bob.get(f"{path_of(town)}/emoji")).json() == [clay, made]
    listed = (await bob.get(f"{town.path}/emojis")).json()
    assert [(each["name"], each["animated"]) for each in listed] == [
        ("kiln_fire", False), ("clay", False),
    ]  # fmt: skip
    assert (await stranger.get(listed[0]["url"])).status_code == 200


async def test_an_emoji_that_moves_is_known_to_move(town: Town, ann: Person) -> None:
    url = await upload(ann, "emoji", moving("GIF"), "pot.gif")
    made = await ann.post(f"{path_of(town)}/emoji", {"name": "kiln", "image_url": url})
    assert made.status_code == 200
    assert (await ann.get(f"{town.path}/emojis")).json()[0]["animated"] is True


async def test_an_emoji_is_removed_as_often_as_one_likes(
    town: Town, ann: Person, stranger: httpx.AsyncClient
) -> None:
    made = (await emoji(town, ann)).json()
    path = f"{path_of(town)}/emoji"
    for _ in range(2):
        gone = await ann.delete(f"{path}/{made['id']}")
        assert (gone.status_code, gone.content) == (200, b"")
    assert (await ann.get(path)).json() == []
    assert (await stranger.get(made["image_url"])).status_code == 404
    assert refusal(await ann.delete(f"{path}/7")) == (400, "Invalid emoji id")


async def test_what_no_emoji_can_be_is_refused_and_the_picture_still_waits(
    town: Town, ann: Person, bob: Person
) -> None:
    path = f"{path_of(town)}/emoji"
    url = await upload(ann, "emoji")
    for name in (None, "x", "x" * 33, "kiln-fire", "küche"):
        answer = await ann.post(path, {"name": name, "image_url": url})
        assert refusal(answer) == (400, "Invalid input: name")
    wrong = [await upload(ann, "icon"), await upload(bob, "emoji"), "https://example.org/a.png", ""]
    for other in wrong:
        answer = await ann.post(path, {"name": "kiln", "image_url": other})
        assert refusal(answer) == (400, "Invalid input: image_url")
    assert (await ann.post(path, {"name": "kiln", "image_url": url})).status_code == 200
    again = {"name": "other", "image_url": url}
    assert refusal(await ann.post(path, again)) == (400, "Invalid input: image_url")
    assert refusal(await emoji(town, ann, "KILN")) == (409, "Emoji name already exists")


async def test_emoji_are_for_members_and_to_change_for_who_manages_them(
    town: Town, ann: Person, bob: Person, cem: Person
) -> None:
    made = (await emoji(town, ann)).json()
    path = f"{path_of(town)}/emoji"
    assert refusal(await cem.get(path)) == (403, "Not a member of this server")
    assert refusal(await cem.get(f"{NOWHERE}/emoji")) == UNKNOWN
    for who in (bob, cem):
        assert refusal(await emoji(town, who, "clay")) == MISSING
        assert refusal(await who.delete(f"{path}/{made['id']}")) == MISSING
    assert refusal(await cem.patch(f"{path_of(town)}/settings", {"icon_url": ""})) == STRANGE
    await allow(town, bob, "server.manage")
    assert (await emoji(town, bob, "clay")).status_code == 200


@pytest.mark.parametrize("kind", ["icon", "banner"])
async def test_a_large_picture_is_made_to_fit(town: Town, ann: Person, kind: str) -> None:
    url = await upload(ann, kind, picture("PNG", 2000, 1000))
    answer = await ann.patch(f"{path_of(town)}/settings", {f"{kind}_url": url})
    assert answer.status_code == 200
