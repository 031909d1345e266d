"""Custom emoji: bringing them, who may, who hears of it, and using them in reactions."""

from pathlib import Path
from typing import Any
from urllib.parse import quote, urlsplit

import httpx
import pytest

from plexichat.config import Config, Servers
from plexichat.core import emojis, uploads
from plexichat.store import emojis as rows
from plexichat.store.db import Tx
from tests.api.line import listening
from tests.api.test_reactions import Said, deny, react, say
from tests.api.test_servers import told
from tests.cast import Person, quick, refusal
from tests.giving import stored
from tests.pictures import archive, moving, opened, picture
from tests.town import Town, allow, found, join

MISSING = (403, "Missing emojis.manage permission")
SUCCESS = {"success": True}


@pytest.fixture
async def town(ann: Person, bob: Person) -> Town:
    """Ann's server, in which bob is a member."""
    made = await found(ann)
    await join(made, bob)
    return made


@pytest.fixture
def image() -> bytes:
    return picture("PNG")


async def bring(
    town: Town, person: Person, image: bytes, name: str | None = "soup"
) -> httpx.Response:
    fields = {} if name is None else {"name": name}
    files = {"image": ("soup.png", image, "image/png")}
    return await person.ask("POST", f"{town.path}/emojis", data=fields, files=files)


async def brought(town: Town, image: bytes, name: str = "soup") -> dict[str, Any]:
    answer = await bring(town, town.owner, image, name)
    assert answer.status_code == 200, answer.text
    made: dict[str, Any] = answer.json()
    return made


def path_of(emoji: dict[str, Any]) -> str:
    url: str = emoji["url"]
    return urlsplit(url).path


async def test_an_emoji_is_a_small_picture_with_a_name(
    town: Town, ann: Person, bob: Person, stranger: httpx.AsyncClient
) -> None:
    made = await brought(town, picture("PNG", 400, 200), "Soup_7")
    assert made == {
        "id": made["id"], "server_id": town.id, "name": "soup_7", "animated": False,
        "url": made["url"], "available": True, "created_by": ann.id, "uploader_username": "ann",
        "created_at": made["created_at"],
    }  # fmt: skip
    assert made["url"].startswith("http://127.0.0.1:8000/api/v1/media/attachments/")
    assert (await bob.get(f"{town.path}/emojis")).json() == [made]
    assert (await bob.get(f"{town.path}/emojis/{made['id']}")).json() == made
    shown = await stranger.get(path_of(made))
    assert (shown.status_code, shown.headers["content-type"]) == (200, "image/png")
    assert opened(shown.content).size == (128, 64)
    assert "public" in shown.headers["cache-control"]
    assert (await bob.get(path_of(made))).content == shown.content
    known = await stranger.get(path_of(made), headers={"If-None-Match": shown.headers["etag"]})
    assert known.status_code == 304


@pytest.mark.parametrize("kind", ["PNG", "JPEG", "WEBP", "GIF"])
async def test_four_kinds_of_picture_will_do(town: Town, ann: Person, kind: str) -> None:
    made = await brought(town, picture(kind))
    shown = await ann.get(path_of(made))
    assert shown.headers["content-type"] == f"image/{kind.lower()}"
    assert made["animated"] is False


async def test_what_moves_is_counted_apart(town: Town, image: bytes, bob: Person) -> None:
    still, film = await brought(town, image), await brought(town, moving("GIF"), "stew")
    assert (still["animated"], film["animated"]) == (False, True)
    assert (await bob.get(f"{town.path}/emojis/counts")).json() == {
        "static": 1, "animated": 1, "max_static": 50, "max_animated": 50,
    }  # fmt: skip


@pytest.mark.parametrize("name", [None, "", "s", "s" * 33, "pea soup", "çorba", "so-up", "soup\n"])
async def test_a_name_is_short_and_plain(town: Town, image: bytes, name: str | None) -> None:
    answer = await bring(town, town.owner, image, name)
    assert refusal(answer) == (400, "Invalid input: name")


async def test_the_parts_of_the_form_come_in_any_order(town: Town, image: bytes) -> None:
    for number, form in enumerate(
        ([("name", (None, "soup1")), ("image", ("a.png", image))],
         [("image", ("a.png", image)), ("name", (None, "soup2"))])
    ):  # fmt: skip
        answer = await town.owner.ask("POST", f"{town.path}/emojis", files=form)
        assert answer.json()["name"] == f"soup{number + 1}"


async def test_what_is_no_small_picture_is_refused(town: Town, ann: Person, image: bytes) -> None:
    for data in (b"", b"soup", archive(), image[: len(image) // 2]):
        answer = await bring(town, ann, data)
        assert refusal(answer) == (400, "Invalid file type")
    large = image + bytes(emojis.MAX_BYTES)
    assert refusal(await bring(town, ann, large)) == (400, "File too large")
    answer = await ann.ask("POST", f"{town.path}/emojis", files={"file": ("a.png", image)})
    assert refusal(answer)[0] == 400
    answer = await ann.ask(
        "POST", f"{town.path}/emojis", data={"name": "s" * 5000}, files={"image": ("a.png", image)}
    )
    assert refusal(answer)[0] == 400
    assert (await ann.get(f"{town.path}/emojis")).json() == []
    assert stored(ann.house) == []


async def test_a_name_is_given_once_in_a_server(town: Town, ann: Person, image: bytes) -> None:
    taken = (409, "Emoji name already exists")
    await brought(town, image, "soup")
    assert refusal(await bring(town, ann, image, "SOUP")) == taken
    stew = await brought(town, image, "stew")
    path = f"{town.path}/emojis/{stew['id']}"
    assert refusal(await ann.patch(path, {"name": "soup"})) == taken
    await brought(await found(ann, "Oak Street"), image, "soup")


async def test_fifty_of_a_kind_are_enough(town: Town, ann: Person, image: bytes) -> None:
    await ann.house.db.write(_fill, town.number, ann.number)
    full = (400, "Emoji limit: a server has no more than 50 of a kind")
    assert refusal(await bring(town, ann, image)) == full
    await brought(town, moving("GIF"))
    assert (await ann.get(f"{town.path}/emojis/counts")).json()["static"] == 50


class TestFewer:
    @pytest.fixture
    def config(self, tmp_path: Path) -> Config:
        few = Servers(emojis=1, webhooks_per_channel=5, webhooks=1)
        return quick(tmp_path / "data", servers=few)

    async def test_the_admin_says_how_many_there_may_be(
        self, town: Town, ann: Person, image: bytes
    ) -> None:
        await brought(town, image)
        full = (400, "Emoji limit: a server has no more than 1 of a kind")
        assert refusal(await bring(town, ann, image, "stew")) == full
        counts = (await ann.get(f"{town.path}/emojis/counts")).json()
        assert (counts["max_static"], counts["max_animated"]) == (1, 1)
        limits = (await ann.get("/users/@me/features")).json()["tier_limits"]
        assert limits["custom_emoji_slots"] == 1
        hook = {"channel_id": town.general, "name": "Doorbell"}
        assert (await ann.post("/webhooks", hook)).status_code == 200
        assert refusal(await ann.post("/webhooks", hook)) == (400, "Webhook limit")


def _fill(tx: Tx, server_id: int, user_id: int) -> None:
    for number in range(50):
        rows.insert(tx, server_id, f"soup{number}", f"{number:032x}.png", False, user_id)


async def test_an_emoji_is_renamed_and_removed(
    town: Town, ann: Person, image: bytes, stranger: httpx.AsyncClient
) -> None:
    made = await brought(town, image)
    path = f"{town.path}/emojis/{made['id']}"
    renamed = (await ann.patch(path, {"name": "Stew"})).json()
    assert renamed == {**made, "name": "stew"}
    assert (await ann.get(path)).json() == renamed
    assert refusal(await ann.patch(path, {})) == (400, "Invalid input: name")
    assert (await ann.delete(path)).json() == SUCCESS
    for method in ("GET", "PATCH", "DELETE"):
        answer = await ann.ask(method, path, json={"name": "stew"})
        assert refusal(answer) == (404, "Emoji not found")
    async with ann.house.shelf.keeping:
        pass
    assert stored(ann.house) == []
    assert (await stranger.get(path_of(made))).status_code in (401, 404)


async def test_members_see_emoji_and_those_who_manage_them_change_them(
    town: Town, ann: Person, bob: Person, cem: Person, image: bytes
) -> None:
    made = await brought(town, image)
    path = f"{town.path}/emojis"
    one = f"{path}/{made['id']}"
    for each in (path, f"{path}/counts", one):
        assert (await bob.get(each)).status_code == 200
        assert refusal(await cem.get(each)) == (403, "Not a member of this server")
    for person in (bob, cem):
        assert refusal(await bring(town, person, image, "stew")) == MISSING
        assert refusal(await person.patch(one, {"name": "stew"})) == MISSING
        assert refusal(await person.delete(one)) == MISSING
    await allow(town, bob, "emojis.manage")
    assert (await bring(town, bob, image, "stew")).json()["created_by"] == bob.id
    await join(town, cem)
    await allow(town, cem, "server.manage")
    assert (await cem.patch(one, {"name": "broth"})).json()["name"] == "broth"


async def test_an_emoji_belongs_to_the_server_it_is_asked_for_in(
    town: Town, ann: Person, image: bytes
) -> None:
    other = await found(ann, "Oak Street")
    made = await brought(other, image)
    path = f"{town.path}/emojis/{made['id']}"
    for method in ("GET", "PATCH", "DELETE"):
        answer = await ann.ask(method, path, json={"name": "stew"})
        assert refusal(answer) == (404, "Emoji not found")
    for method in ("GET", "POST"):
        files = {"image": ("a.png", image)} if method == "POST" else None
        answer = await ann.ask(method, "/servers/77/emojis", files=files)
        assert refusal(answer) == (404, "Server not found")
    answer = await ann.get(f"{town.path}/emojis/soup")
    assert refusal(answer) == (400, "Invalid emoji ID")


async def test_members_hear_of_every_change_and_can_follow_it(
    town: Town, ann: Person, bob: Person, cem: Person, image: bytes, url: str
) -> None:
    kept = await brought(town, image, "bread")
    async with listening(url, bob) as his, listening(url, cem) as strangers:
        (guild,) = his.ready["guilds"]
        assert guild["emojis"] == [kept]
        made = await brought(town, image)
        path = f"{town.path}/emojis/{made['id']}"
        renamed = (await ann.patch(path, {"name": "stew"})).json()
        await ann.patch(path, {"name": "STEW"})
        await ann.delete(path)
        both = {"guild_id": town.id, "server_id": town.id}
        assert await told(his) == [
            ("GUILD_EMOJIS_UPDATE", {**both, "emojis": [kept, made]}),
            ("GUILD_EMOJIS_UPDATE", {**both, "emojis": [kept, renamed]}),
            ("GUILD_EMOJIS_UPDATE", {**both, "emojis": [kept]}),
        ]
        assert await told(strangers) == []
    async with listening(url, bob) as again:
        assert again.ready["guilds"][0]["emojis"] == [kept]


async def test_who_joins_is_shown_the_emoji(
    town: Town, cem: Person, image: bytes, url: str
) -> None:
    made = await brought(town, image)
    async with listening(url, cem) as line:
        await join(town, cem)
        ((name, guild),) = await told(line)
        assert (name, guild["emojis"]) == ("GUILD_CREATE", [made])


async def test_a_picture_that_an_emoji_shows_is_needed(
    town: Town, ann: Person, image: bytes
) -> None:
    name = path_of(await brought(town, image)).rpartition("/")[2]
    assert await ann.house.db.read(uploads.unknown, [name, "0" * 32]) == ["0" * 32]


# In reactions


def written(emoji: dict[str, Any], name: str | None = None) -> str:
    mark = "a" if emoji["animated"] else ""
    return f"<{mark}:{name or emoji['name']}:{emoji['id']}>"


async def test_members_react_with_the_emoji_of_their_server(
    town: Town, ann: Person, bob: Person, image: bytes, url: str
) -> None:
    soup, film = await brought(town, image), await brought(town, moving("GIF"), "stew")
    said = await say(ann, town.general)
    async with listening(url, ann) as line:
        await react(said, written(soup), bob)
        ((_, added),) = await told(line)
        assert (added["emoji"], added["url"]) == (written(soup), soup["url"])
        assert (added["is_custom"], added["custom_emoji_id"]) == (True, soup["id"])
    await react(said, f"<:whatever:{film['id']}>", bob)
    (first, second) = (await bob.get(f"{said.path}/reactions")).json()
    assert first == {
        "emoji": written(soup), "count": 1, "me": True, "url": soup["url"], "is_custom": True,
        "custom_emoji_id": soup["id"],
    }  # fmt: skip
    assert second["emoji"] == written(film)
    listed = (await ann.get(said.on(written(soup)))).json()
    assert [each["user_id"] for each in listed] == [bob.id]


async def test_a_renamed_emoji_is_still_the_same_reaction(
    town: Town, ann: Person, bob: Person, image: bytes
) -> None:
    soup = await brought(town, image)
    said = await say(ann, town.general)
    await react(said, written(soup), ann)
    await ann.patch(f"{town.path}/emojis/{soup['id']}", {"name": "stew"})
    await react(said, written(soup, "stew"), bob)
    assert await said.shown(bob) == [(written(soup), 2, True)]
    await bob.delete(said.on(written(soup, "stew")))
    assert await said.shown(bob) == [(written(soup), 1, False)]


async def test_a_removed_emoji_stays_on_messages_without_its_picture(
    town: Town, ann: Person, bob: Person, image: bytes
) -> None:
    soup = await brought(town, image)
    said, later = await say(ann, town.general), await say(ann, town.general)
    await react(said, written(soup), ann)
    await ann.delete(f"{town.path}/emojis/{soup['id']}")
    (left,) = (await ann.get(f"{said.path}/reactions")).json()
    assert (left["emoji"], left["url"], left["is_custom"]) == (written(soup), None, True)
    await react(said, written(soup), bob)
    assert refusal(await bob.put(later.on(written(soup)))) == (400, "Invalid emoji")
    for person in (ann, bob):
        await person.delete(said.on(written(soup)))
    assert await said.shown(ann) == []


async def test_emoji_of_elsewhere_need_a_permission(
    town: Town, ann: Person, bob: Person, image: bytes
) -> None:
    other = await found(ann, "Oak Street")
    soup = await brought(other, image)
    said, again = await say(ann, town.general), await say(ann, town.general)
    assert refusal(await bob.put(said.on(written(soup)))) == (403, "Permission denied")
    await react(said, written(soup), ann)
    await react(said, written(soup), bob)
    await allow(town, bob, "messages.use_external_emojis")
    await react(again, written(soup), bob)
    await deny(town, "messages.add_reactions")
    third = await say(ann, town.general)
    assert refusal(await bob.put(third.on(written(soup)))) == (403, "Permission denied")


async def test_in_direct_messages_one_uses_the_emoji_of_ones_own_servers(
    town: Town, ann: Person, bob: Person, cem: Person, image: bytes
) -> None:
    soup = await brought(town, image)
    said = await say(cem, await cem.dm(bob))
    assert refusal(await cem.put(said.on(written(soup)))) == (403, "Permission denied")
    await react(said, written(soup), bob)
    await react(said, written(soup), cem)
    notes = (await ann.get("/users/@me/notes")).json()["id"]
    await react(await say(ann, notes), written(soup), ann)


async def test_an_ended_server_has_no_emoji(town: Town, ann: Person, image: bytes) -> None:
    soup = await brought(town, image)
    other = await found(ann, "Oak Street")
    said = await say(ann, other.general)
    await ann.delete(town.path)
    assert refusal(await ann.put(said.on(written(soup)))) == (400, "Invalid emoji")
    assert refusal(await ann.get(f"{town.path}/emojis")) == (404, "Server not found")
    path = Said(other.general, {"id": said.id}).path
    assert (await ann.get(f"{path}/reactions/{quote('🍲')}")).json() == []
