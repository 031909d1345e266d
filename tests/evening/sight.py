"""How things look that a client has heard of and that the API tells, so that they can be compared.

What one person sees of a thing and events cannot say is left out, and so is how links are signed.
"""

from typing import Any

Thing = dict[str, Any]

OF_THE_VIEWER = ("status", "read", "read_by", "readers", "delivery_count", "read_count")
OF_A_REACTION = ("emoji", "count", "me", "is_custom", "custom_emoji_id")


def without(thing: Thing, *keys: str) -> Thing:
    return {key: value for key, value in thing.items() if key not in keys}


def bare(url: str) -> str:
    return url.partition("?")[0]


def message_of(message: Thing) -> Thing:
    """A message but for what is different for each of its readers."""
    seen = without(message, *OF_THE_VIEWER)
    seen["reactions"] = [reaction_of(each) for each in message["reactions"]]
    seen["attachments"] = [
        each | {
            "url": bare(each["url"]),
            "thumbnails": {side: bare(url) for side, url in (each["thumbnails"] or {}).items()},
        }
        for each in message["attachments"]
    ]  # fmt: skip
    return seen


def reaction_of(reaction: Thing) -> Thing:
    return {key: reaction[key] for key in OF_A_REACTION}


def member_of(member: Thing) -> Thing:
    """A member but for presence, which is told apart from servers."""
    return without(member, "member_id", "presence") | {"roles": sorted(member["roles"])}


def joined(d: Thing) -> Thing:
    user = d["user"]
    return {
        "user_id": user["id"], "username": user["username"], "avatar_url": user["avatar_url"],
        "joined_at": d["joined_at"], "badges": d["badges"],
    } | changed(d)  # fmt: skip


def changed(d: Thing) -> Thing:
    return {
        "nickname": d["nick"], "roles": sorted(d["roles"]), "timeout_until": d["timeout_until"],
        "timeout_reason": d["timeout_reason"],
    }  # fmt: skip


def differences(one: Any, other: Any, path: str = "") -> list[str]:
    """Where two pictures differ."""
    if not isinstance(one, dict) or not isinstance(other, dict):
        return [] if one == other else [f"{path}: {one!r} is {other!r}"]
    return [
        line
        for key in sorted(one.keys() | other.keys())
        for line in differences(one.get(key), other.get(key), f"{path}/{key}")
    ]
