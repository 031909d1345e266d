"""Who may reach what: every route with an id, every kind of person who should not get in.

Ann owns a server, a channel in it that nobody else sees, and a conversation with Gus. EXPECTED
says who else may do what there; whoever it does not name is refused, and learns no name.
"""

import asyncio
import re
from dataclasses import dataclass
from typing import Any

import httpx
import pytest

from plexichat.api.groups import GROUPS
from plexichat.core import permissions
from plexichat.web.routes import Route
from tests import town
from tests.cast import Join, Person
from tests.pictures import picture

NOBODY, STRANGER, GONE, BANNED, MEMBER, LOWER, ELSEWHERE = (
    "nobody", "stranger", "ex-member", "banned", "member without the right", "lower role",
    "owner of another server",
)  # fmt: skip
PERSONS = (NOBODY, STRANGER, GONE, BANNED, MEMBER, LOWER, ELSEWHERE)
ALL = set(PERSONS)
KNOWN = ALL - {NOBODY}
MEMBERS = {MEMBER, LOWER}
MANAGERS = {LOWER}  # who has every right but stands below Gus
NONE: set[str] = set()

EXPECTED: dict[str, set[str]] = {
    "DELETE /auth/sessions/<session_id>": NONE,
    "PUT /users/@me/notifications/<notification_id>/read": NONE,
    "GET /users/<user_id>": KNOWN,
    "GET /users/<user_id>/presence": KNOWN,
    "GET /features/users/<user_id>/profile": KNOWN,
    "GET /avatars/users/<user_id>": ALL,
    "GET /avatars/servers/<server_id>": ALL,
    "GET /channels/invites/<invite_code>": ALL,
    "POST /channels/invites/<invite_code>": {STRANGER, GONE, ELSEWHERE},
    "DELETE /channels/invites/<invite_code>": MANAGERS,
    "POST /webhooks": MANAGERS,
    "GET /webhooks/<webhook_id>": MANAGERS,
    "PATCH /webhooks/<webhook_id>": MANAGERS,
    "DELETE /webhooks/<webhook_id>": MANAGERS,
    "POST /webhooks/<webhook_id>/regenerate-token": MANAGERS,
    "POST /webhooks/<hook>/<token>": NONE,
    "POST /webhooks/<hook>/<token>/slack": NONE,
    "POST /webhooks/<hook>/<token>/github": NONE,
    "GET /media/attachments/<filename>": MEMBERS,
    "POST /media/upload/chunk/<session_id>": NONE,
    "POST /media/upload/complete/<session_id>": NONE,
    "DELETE /media/upload/session/<session_id>": NONE,
    "GET /servers/<server_id>": MEMBERS,
    "PATCH /servers/<server_id>": MANAGERS,
    "PATCH /servers/<server_id>/owner": NONE,
    "DELETE /servers/<server_id>": NONE,
    "POST /servers/<server_id>/leave": MEMBERS,
    "POST /servers/<server_id>/messages/read-all": MEMBERS,
    "GET /servers/<server_id>/permissions": MEMBERS,
    "POST /servers/<server_id>/icon": MANAGERS,
    "POST /avatars/servers/<server_id>": MANAGERS,
    "DELETE /avatars/servers/<server_id>": MANAGERS,
    "GET /servers/<server_id>/channels": MEMBERS,
    "POST /servers/<server_id>/channels": MANAGERS,
    "GET /servers/<server_id>/invites": MANAGERS,
    "GET /servers/<server_id>/members": MEMBERS,
    "GET /servers/<server_id>/members/<member_id>": MEMBERS,
    "PATCH /servers/<server_id>/members/<member_id>": NONE,
    "DELETE /servers/<server_id>/members/<member_id>": NONE,
    "GET /servers/<server_id>/bans": MANAGERS,
    "PUT /servers/<server_id>/bans/<user_id>": NONE,
    "DELETE /servers/<server_id>/bans/<user_id>": NONE,
    "GET /servers/<server_id>/roles": MEMBERS,
    "POST /servers/<server_id>/roles": MANAGERS,
    "PATCH /servers/<server_id>/roles/<role_id>": NONE,
    "DELETE /servers/<server_id>/roles/<role_id>": NONE,
    "PUT /servers/<server_id>/members/<member_id>/roles/<role_id>": NONE,
    "DELETE /servers/<server_id>/members/<member_id>/roles/<role_id>": NONE,
    "GET /servers/<server_id>/audit-logs": MANAGERS,
    "GET /servers/<server_id>/webhooks": MANAGERS,
    "GET /servers/<server_id>/emojis": MEMBERS,
    "POST /servers/<server_id>/emojis": MANAGERS,
    "GET /servers/<server_id>/emojis/counts": MEMBERS,
    "GET /servers/<server_id>/emojis/<emoji_id>": MEMBERS,
    "PATCH /servers/<server_id>/emojis/<emoji_id>": MANAGERS,
    "DELETE /servers/<server_id>/emojis/<emoji_id>": MANAGERS,
    "GET /channels/<channel_id>": MEMBERS,
    "PATCH /channels/<channel_id>": MANAGERS,
    "DELETE /channels/<channel_id>": MANAGERS,
    "GET /features/channels/<channel_id>/slowmode": MEMBERS,
    "PUT /features/channels/<channel_id>/slowmode": MANAGERS,
    "GET /channels/<channel_id>/permissions": MANAGERS,
    "PUT /channels/<channel_id>/permissions/<kind>/<target_id>": NONE,
    "DELETE /channels/<channel_id>/permissions/<kind>/<target_id>": NONE,
    "POST /channels/<channel_id>/invites": MEMBERS,
    "GET /channels/<channel_id>/webhooks": MANAGERS,
    "POST /channels/<channel_id>/typing": MEMBERS,
    "POST /channels/<channel_id>/attachments": MEMBERS,
    "POST /channels/<channel_id>/messages": MEMBERS,
    "GET /channels/<channel_id>/messages": MEMBERS,
    "GET /channels/<channel_id>/messages/search": MEMBERS,
    "POST /channels/<channel_id>/messages/bulk-delete": MANAGERS,
    "GET /channels/<channel_id>/messages/<message_id>": MEMBERS,
    "PATCH /channels/<channel_id>/messages/<message_id>": NONE,
    "DELETE /channels/<channel_id>/messages/<message_id>": MANAGERS,
    "GET /channels/<channel_id>/pins": MEMBERS,
    "PUT /channels/<channel_id>/pins/<message_id>": MANAGERS,
    "DELETE /channels/<channel_id>/pins/<message_id>": MANAGERS,
    "GET /channels/<channel_id>/messages/<message_id>/reactions": MEMBERS,
    "GET /channels/<channel_id>/messages/<message_id>/reactions/<path:emoji>": MEMBERS,
    "PUT /channels/<channel_id>/messages/<message_id>/reactions/<path:emoji>": MEMBERS,
    "DELETE /channels/<channel_id>/messages/<message_id>/reactions/<path:emoji>": MEMBERS,
    "DELETE /channels/<channel_id>/messages/<message_id>/reactions": MANAGERS,
    "POST /channels/<channel_id>/messages/ack": MEMBERS,
    "GET /channels/<channel_id>/messages/unread": MEMBERS,
    "GET /channels/<channel_id>/messages/last-read": MEMBERS,
    "POST /channels/<channel_id>/messages/mark-unread": MEMBERS,
    "GET /admin/users/<user_id>": NONE,
    "POST /admin/users/<user_id>/reset-password": NONE,
    "GET /admin/users/<user_id>/notes": NONE,
    "POST /admin/users/<user_id>/notes": NONE,
    "POST /admin/users/<user_id>/scheduled-deletions": NONE,
    "POST /admin/users/<user_id>/cancel-deletion": NONE,
    "PATCH /admin/users/<user_id>/cancel-deletion": NONE,
    "POST /admin/users/<user_id>/delay-deletion": NONE,
    "PATCH /admin/users/<user_id>/delay-deletion": NONE,
    "POST /admin/users/<user_id>/force-purge": NONE,
    "POST /admin/users/<user_id>/badges/<badge>": NONE,
    "DELETE /admin/users/<user_id>/badges/<badge>": NONE,
    "POST /admin/users/<user_id>/unlock-user": NONE,
    "POST /admin/users/<user_id>/logout-all": NONE,
    "POST /admin/message-reports/<report_id>/review": NONE,
    "POST /admin/user-reports/<report_id>/review": NONE,
    "GET /admin/tickets/<ticket_id>": NONE,
    "PATCH /admin/tickets/<ticket_id>/status": NONE,
    "GET /admin/tickets/<ticket_id>/notes": NONE,
    "POST /admin/tickets/<ticket_id>/notes": NONE,
    "DELETE /admin/security/unblock-ip/<ip_address>": NONE,
}
# One's own side of something that concerns nobody else's access.
OWN = {
    "PUT /relationships/<user_id>/accept", "DELETE /relationships/<user_id>",
    "GET /users/@me/settings/<key>", "PUT /users/@me/settings/<key>",
    "DELETE /users/@me/settings/<key>",
}  # fmt: skip
BODIES: dict[str, Any] = {
    "PATCH /servers/<server_id>": {"name": "Mine now"},
    "PATCH /servers/<server_id>/owner": {"user_id": "{self}"},
    "POST /servers/<server_id>/channels": {"name": "mine"},
    "PATCH /channels/<channel_id>": {"topic": "mine"},
    "PUT /features/channels/<channel_id>/slowmode": {"interval_ms": 1000},
    "PATCH /servers/<server_id>/members/<member_id>": {"nickname": "mine"},
    "POST /servers/<server_id>/roles": {"name": "mine"},
    "PATCH /servers/<server_id>/roles/<role_id>": {"name": "mine"},
    "PATCH /servers/<server_id>/emojis/<emoji_id>": {"name": "mine"},
    "POST /channels/<channel_id>/messages": {"content": "mine"},
    "PATCH /channels/<channel_id>/messages/<message_id>": {"content": "mine"},
    "POST /channels/<channel_id>/messages/bulk-delete": {"message_ids": ["{message_id}"]},
    "POST /webhooks": {"channel_id": "{channel_id}", "name": "mine"},
    "PATCH /webhooks/<webhook_id>": {"name": "mine"},
    "POST /webhooks/<hook>/<token>": {"content": "mine"},
    "POST /webhooks/<hook>/<token>/slack": {"text": "mine"},
    "POST /webhooks/<hook>/<token>/github": {"zen": "mine"},
}
QUERIES = {
    "GET /channels/<channel_id>/messages/search": "content=soup",
    "POST /media/upload/chunk/<session_id>": "chunk_index=0",
}
FORMS = {
    "POST /media/upload/chunk/<session_id>": {"file": ("i.png", picture("png"), "image/png")},
    "POST /servers/<server_id>/icon": {"file": ("i.png", picture("png"), "image/png")},
    "POST /avatars/servers/<server_id>": {"file": ("i.png", picture("png"), "image/png")},
    "POST /channels/<channel_id>/attachments": {"file": ("i.png", picture("png"), "image/png")},
    "POST /servers/<server_id>/emojis": {"image": ("i.png", picture("png"), "image/png")},
}
SECRET = "vault"


@dataclass
class Place:
    """Ann's things, by the name that a path calls them, in one of her channels."""

    ids: dict[str, str]
    inside: bool  # whether members of her server may be here at all


def id_routes() -> list[Route]:
    found = [
        route
        for group in GROUPS
        for route in group.routes
        if "<" in route.path or route.path == "/webhooks"
    ]
    return [route for route in found if f"{route.method} {route.path}" not in OWN]


def test_every_route_with_an_id_is_in_the_table() -> None:
    routes = {f"{route.method} {route.path}" for route in id_routes()}
    assert routes == set(EXPECTED)


@pytest.fixture
async def gus(join: Join) -> Person:
    return await join("gus")


async def build(ann: Person, gus: Person, join: Join) -> tuple[dict[str, Place], dict[str, Any]]:
    """Ann's world, and the people who stand outside of parts of it."""
    street = await town.found(ann)
    eve, fay = await join("eve"), await join("fay")
    bob, low, hal, dee = [await join(name) for name in ("bob", "low", "hal", "dee")]
    await town.join(street, gus, bob, low, eve, fay)
    await eve.post(f"{street.path}/leave")
    await ann.put(f"{street.path}/bans/{fay.id}", {})
    await town.found(hal, "Elm Street")
    rights = set(permissions.NAMES) - {"administrator"}
    await town.allow(street, low, *rights, position=1)
    high = await town.allow(street, gus, "members.kick", position=5)
    everyone = (await ann.get(f"{street.path}/roles")).json()[-1]["id"]
    vault = (await ann.post(f"{street.path}/channels", {"name": SECRET})).json()["id"]
    hide = {"deny": {"channels.view": True}}
    for kind, target in (("role", everyone), ("member", gus.id)):
        answer = await ann.put(f"/channels/{vault}/permissions/{kind}/{target}", hide)
        assert answer.status_code == 200, answer.text
    places = {}
    for name, channel_id in {
        "general": street.general, "vault": vault, "conversation": await ann.dm(gus),
    }.items():  # fmt: skip
        places[name] = Place(await furnish(ann, gus, street, channel_id, high), name == "general")
    people = {
        STRANGER: dee, GONE: eve, BANNED: fay, MEMBER: bob, LOWER: low, ELSEWHERE: hal,
    }  # fmt: skip
    return places, people


async def furnish(
    ann: Person, gus: Person, street: town.Town, channel_id: str, high: str
) -> dict[str, str]:
    path = f"/channels/{channel_id}"
    form = {"file": ("i.png", picture("png"), "image/png")}
    file = (await ann.ask("POST", f"{path}/attachments", files=form)).json()
    said = await ann.say(channel_id, f"soup in the {SECRET}", attachments=[{"id": file["id"]}])
    await ann.put(f"{path}/pins/{said['id']}")
    await ann.put(f"{path}/messages/{said['id']}/reactions/🍲")
    await ann.put(f"{path}/permissions/member/{gus.id}", {"deny": {"voice.speak": True}})
    ids = {
        "channel_id": channel_id, "message_id": said["id"], "server_id": street.id,
        "role_id": high, "member_id": gus.id, "user_id": gus.id, "target_id": gus.id,
        "kind": "member", "emoji": "🍲", "token": "guess", "hook": "77", "webhook_id": "77",
        "emoji_id": "77",
        "report_id": "77", "ticket_id": "77", "ip_address": "203.0.113.9",
        "badge": "staff", "invite_code": "77", "notification_id": "77",
        "session_id": ann.token.partition(".")[0],
        "filename": file["url"].rpartition("/")[2].partition("?")[0],
    }  # fmt: skip
    hook = await ann.post("/webhooks", {"channel_id": channel_id, "name": SECRET})
    if hook.status_code == 200:
        ids["webhook_id"] = ids["hook"] = hook.json()["id"]
        ids["invite_code"] = (await ann.post(f"{path}/invites", {})).json()["code"]
    image = {"image": ("i.png", picture("png"), "image/png")}
    data = {"name": f"e{channel_id[-6:]}"}
    emoji = await ann.ask("POST", f"{street.path}/emojis", files=image, data=data)
    ids["emoji_id"] = emoji.json()["id"]
    return ids


def allowed(key: str, place: Place, person: str) -> bool:
    """Where only a channel decides, being hidden or private shuts out everybody."""
    path = key.partition(" ")[2]
    of_channel = "<channel_id>" in path or "<webhook_id>" in path or path == "/webhooks"
    if (of_channel or "<filename>" in path) and not place.inside:
        return False
    return person in EXPECTED[key]


def filled(value: Any, ids: dict[str, str]) -> Any:
    if isinstance(value, dict):
        return {key: filled(each, ids) for key, each in value.items()}
    if isinstance(value, list):
        return [filled(each, ids) for each in value]
    return value.format(**ids) if isinstance(value, str) else value


async def attempt(client: httpx.AsyncClient, key: str, ids: dict[str, str]) -> httpx.Response:
    method, _, path = key.partition(" ")
    address = re.sub(r"<(?:path:)?(\w+)>", lambda found: ids[found[1]], path)
    options: dict[str, Any] = {}
    if key in FORMS:
        options = {"files": FORMS[key], "data": {"name": "mine"}}
    elif method in ("POST", "PUT", "PATCH"):
        options = {"json": filled(BODIES.get(key, {}), ids)}
    return await client.request(method, f"{address}?{QUERIES.get(key, '')}", **options)


async def test_nobody_gets_in_where_the_table_does_not_let_them(
    ann: Person, gus: Person, join: Join, stranger: httpx.AsyncClient
) -> None:
    places, people = await build(ann, gus, join)
    tried, wrong = 0, []
    for key in EXPECTED:
        for where, place in places.items():
            for person in PERSONS:
                if allowed(key, place, person):
                    continue
                client = stranger if person == NOBODY else people[person].client
                ids = place.ids | ({} if person == NOBODY else {"self": people[person].id})
                answer = await attempt(client, key, ids | {"self": ids.get("self", "77")})
                tried += 1
                told = f"{person}: {key} ({where}) answered {answer.status_code}"
                if answer.status_code < 400:
                    wrong.append(told)
                if SECRET in answer.text.lower():
                    wrong.append(f"{told} and named what is hidden")
                if answer.status_code >= 500:
                    wrong.append(f"{told}: {answer.text}")
    assert not wrong, "\n".join(wrong)
    assert tried > 1000
    await asyncio.gather(*(person.client.aclose() for person in people.values()))


async def test_who_the_table_lets_in_is_let_in(
    ann: Person, gus: Person, join: Join, stranger: httpx.AsyncClient
) -> None:
    """The other half for what changes nothing: reading."""
    places, people = await build(ann, gus, join)
    place = places["general"]
    for key, who in EXPECTED.items():
        for person in who if key.startswith("GET ") else ():
            client = stranger if person == NOBODY else people[person].client
            answer = await attempt(client, key, place.ids)
            assert answer.status_code == 200, f"{person}: {key}: {answer.text}"

