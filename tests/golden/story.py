"""What happens in a golden house, and what people see of it afterwards.

`happen` may grow with the program; `shown` tells only what has to be the same for ever.
"""

from typing import Any
from urllib.parse import quote

from quart import Quart

from tests import town
from tests.cast import PASSWORD, Person, browser
from tests.giving import attach, link

NOTES = b"two onions, one leek, barley\n"


async def happen(app: Quart) -> None:
    """Ann, bob and cem befriend, write, give files, found a server; much of it is changed again."""
    ann, bob, cem = [await arrive(app, name) for name in ("ann", "bob", "cem")]
    for person in (bob, cem):
        assert (await ann.post("/relationships", {"user_id": person.id})).status_code == 200
    assert (await bob.put(f"/relationships/{ann.id}/accept")).status_code == 200
    dm = await ann.dm(bob)
    notes = await attach(ann, dm, NOTES)
    soup = await ann.say(dm, "Soup at seven?", attachments=[notes["id"]])
    await bob.say(dm, "With bread. Grüße, 汤!", reply_to_id=soup["id"])
    late = f"/channels/{dm}/messages/{(await ann.say(dm, 'I am lat'))['id']}"
    assert (await ann.patch(late, {"content": "I am late"})).status_code == 200
    gone = await bob.say(dm, "never mind")
    assert (await bob.delete(f"/channels/{dm}/messages/{gone['id']}")).status_code == 200
    for emoji in ("👍", "🍲"):
        path = f"/channels/{dm}/messages/{soup['id']}/reactions/{quote(emoji, safe='')}"
        assert (await bob.put(path)).status_code == 200
    assert (await ann.put(f"/channels/{dm}/pins/{soup['id']}")).status_code == 200
    street = await town.found(ann)
    await town.join(street, bob, cem)
    await town.allow(street, bob, "messages.manage")
    for number in range(300):  # more than wait for the index of words
        await ann.say(street.general, f"house number {number} is painted")


async def arrive(app: Quart, name: str) -> Person:
    async with browser(app) as stranger:
        wanted = {"username": name, "email": f"{name}@example.org", "password": PASSWORD}
        made = (await stranger.post("/auth/register", json=wanted)).json()
    return Person(app, made["user"], made["token"])


async def shown(app: Quart) -> dict[str, Any]:
    """What ann sees when she logs in."""
    async with browser(app) as stranger:
        known = {"username": "ann", "password": PASSWORD}
        made = (await stranger.post("/auth/login", json=known)).json()
    ann = Person(app, made["user"], made["token"])

    async def see(path: str) -> Any:
        answer = await ann.get(path)
        assert answer.status_code == 200, f"{path}: {answer.text}"
        return answer.json()

    async def history(path: str) -> list[dict[str, Any]]:
        return [await message(each) for each in await see(f"{path}?limit=100")]

    async def message(each: dict[str, Any]) -> dict[str, Any]:
        return {
            **{name: each[name] for name in ("id", "author_username", "content", "created_at")},
            "edited": each["edited_at"] is not None,
            "reply_to_id": each["reply_to_id"],
            "reactions": [(one["emoji"], one["count"]) for one in each["reactions"]],
            "files": [
                (file["filename"], (await ann.client.get(link(file))).text)
                for file in each["attachments"]
            ],
        }

    def named(rows: list[dict[str, Any]], *names: str) -> list[list[Any]]:
        return [[row[name] for name in names] for row in rows]

    (dm,), (street,) = await see("/users/@me/channels"), await see("/servers")
    (general,) = await see(f"/servers/{street['id']}/channels")
    words = f"/channels/{general['id']}/messages/search?content=house number 2 painted"
    talk = f"/channels/{dm['id']}"
    return {
        "me": named([await see("/users/@me")], "id", "username", "email", "created_at"),
        "relationships": sorted(
            named(await see("/relationships/@me"), "user_id", "status", "created_at")
        ),
        "dm": [dm["id"], dm["recipient"]["username"], await history(f"{talk}/messages")],
        "pins": named(await see(f"{talk}/pins"), "id", "content"),
        "server": named([street], "id", "name", "owner_id", "member_count", "created_at"),
        "channel": named([general], "id", "name", "type"),
        "members": sorted(
            named(await see(f"/servers/{street['id']}/members"), "username", "roles", "joined_at")
        ),
        "roles": sorted(
            [role["name"], role["permissions"].get("messages.manage", False)]
            for role in await see(f"/servers/{street['id']}/roles")
        ),
        "said": await history(f"/channels/{general['id']}/messages"),
        "found": named(await see(words), "id", "content"),
    }
