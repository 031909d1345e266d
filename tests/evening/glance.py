"""Where a client's picture and the API disagree."""

from typing import Any
from unittest.mock import ANY

from tests.cast import Person
from tests.evening.picture import Picture
from tests.evening.sight import Thing, differences, member_of, message_of, without

OFFLINE = {"status": "offline", "custom_status": None, "custom_emoji": None}
NOTIFIED = ("id", "type", "read", "link", "sender_id")


async def mistakes(person: Person, picture: Picture) -> list[str]:
    """Everything that this person's client has wrong, as a list of places."""
    looks = (servers, personal, presences, messages, pins, notifications)
    return [line for look in looks for line in await look(person, picture)]


async def ask(person: Person, path: str) -> Any:
    answer = await person.get(path)
    assert answer.status_code == 200, answer.text
    return answer.json()


async def servers(person: Person, picture: Picture) -> list[str]:
    told: Thing = {each["id"]: each for each in await ask(person, "/servers")}
    lines = differences(picture.servers, told, "servers")
    for id in told:
        for kind in ("channels", "roles", "emojis"):
            listed = {each["id"]: each for each in await ask(person, f"/servers/{id}/{kind}")}
            known = getattr(picture, kind)[id]
            if kind == "emojis":  # who added it may be called something else by now
                known, listed = (
                    {key: without(each, "uploader_username") for key, each in some.items()}
                    for some in (known, listed)
                )
            lines += differences(known, listed, f"{kind}/{id}")
        everybody = await ask(person, f"/servers/{id}/members?limit=1000")
        members = {each["user_id"]: member_of(each) for each in everybody}
        lines += differences(picture.members[id], members, f"members/{id}")
    return lines


async def personal(person: Person, picture: Picture) -> list[str]:
    me = await ask(person, "/users/@me")
    conversations = {each["id"]: each for each in await ask(person, "/users/@me/channels")}
    relationships = {
        each["user_id"]: without(each, "presence")
        for each in await ask(person, "/relationships/@me")
    }
    unread = (await ask(person, "/users/@me/unread"))["unread_counts"]
    waiting = {id: count for id, count in picture.unread.items() if count is ANY or count}
    return [
        *differences(picture.account, {key: me[key] for key in picture.account}, "account"),
        *differences(picture.conversations, conversations, "conversations"),
        *differences(picture.relationships, relationships, "relationships"),
        *differences(waiting, unread, "unread"),
    ]


async def presences(person: Person, picture: Picture) -> list[str]:
    lines = []
    for id in sorted(picture.near()):
        told = without(await ask(person, f"/users/{id}/presence"), "user_id", "last_seen")
        known = without(picture.presences.get(id, OFFLINE), "user_id")
        lines += differences(known, told, f"presence/{id}")
    return lines


async def messages(person: Person, picture: Picture) -> list[str]:
    """Every message that is new since the client began to look, and no other."""
    lines = []
    names = called(picture)
    for channel_id, known in picture.messages.items():
        told: Thing = {}
        after = picture.since[channel_id]
        while page := await ask(person, f"/channels/{channel_id}/messages?limit=100&after={after}"):
            told |= {each["id"]: message_of(each) for each in page}
            after = page[-1]["id"]
        for id, message in known.items():
            if message["webhook_id"] is None:
                known[id] = message | names.get(message["author_id"], UNKNOWN)
        lines += differences(known, told, f"messages/{channel_id}")
    return lines


UNKNOWN = {"author_username": ANY, "author_avatar_url": ANY}


def called(picture: Picture) -> dict[str, Thing]:
    """How those are called of whose new names one hears."""
    people = [
        (each["user_id"], each) for members in picture.members.values() for each in members.values()
    ]
    people += [(each["user_id"], each) for each in picture.relationships.values()]
    people += [(each["recipient_id"], each["recipient"]) for each in picture.conversations.values()]
    people += [(picture.id, picture.account)]
    return {
        id: {"author_username": each["username"], "author_avatar_url": each["avatar_url"]}
        for id, each in people
    }


async def pins(person: Person, picture: Picture) -> list[str]:
    lines = []
    for channel_id, known in picture.pins.items():
        told = [each["id"] for each in await ask(person, f"/channels/{channel_id}/pins")]
        lines += differences(known, told, f"pins/{channel_id}")
    return lines


async def notifications(person: Person, picture: Picture) -> list[str]:
    """As far as a client knows them: what it may not read any more it does not show."""
    listed = (await ask(person, "/users/@me/notifications?limit=100"))["notifications"]
    first = min(picture.notifications, key=int, default=None)
    oldest = min((each["id"] for each in listed), key=int, default=None)
    told = {
        each["id"]: {key: each[key] for key in NOTIFIED}
        for each in listed
        if first is not None and int(each["id"]) >= int(first)
    }
    known = {
        id: {key: each[key] for key in NOTIFIED}
        for id, each in picture.notifications.items()
        if oldest is not None and int(id) >= int(oldest) and shown(picture, each["link"])
    }
    return differences(known, told, "notifications")


def shown(picture: Picture, link: str | None) -> bool:
    return link is None or picture.channel(link.split("/")[2]) is not None
