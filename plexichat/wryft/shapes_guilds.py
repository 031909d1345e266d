"""Objects of the wire about guilds: the guild itself, and who is in it (contract 05)."""

from msgspec import UNSET, Struct, UnsetType

from plexichat import ids
from plexichat.core.members import Roster
from plexichat.core.presence import LivePresence
from plexichat.store.servers import Server
from plexichat.wryft.dialect import iso, picture_url, uuid


class Guild(Struct, kw_only=True):
    """A guild; `icon` is a copy of `icon_url`, or its initials where there is none."""

    id: str
    name: str
    owner_id: str
    icon: str
    icon_url: str | UnsetType = UNSET
    banner_url: str | UnsetType = UNSET
    description: str | None
    is_public: bool
    is_verified: bool = False
    member_count: int
    created_at: str


class PublicGuild(Struct):
    id: str
    name: str
    description: str | None
    member_count: int
    icon: str
    icon_url: str | None
    is_verified: bool = False


class Member(Struct):
    id: str
    username: str
    online: bool
    status: str
    created_at: str


def guild(found: Server) -> Guild:
    return Guild(
        id=uuid(found.id),
        name=found.name,
        owner_id=uuid(found.owner_id),
        icon=picture_url(found.icon) or initials(found.name),
        icon_url=picture_url(found.icon) or UNSET,
        banner_url=picture_url(found.banner) or UNSET,
        description=found.description,
        is_public=found.is_public,
        member_count=found.member_count,
        created_at=iso(ids.unix_ms(found.id)),
    )


def public_guild(found: Server) -> PublicGuild:
    return PublicGuild(
        uuid(found.id), found.name, found.description, found.member_count,
        picture_url(found.icon) or initials(found.name), picture_url(found.icon),
    )  # fmt: skip


def initials(name: str) -> str:
    return name[:2].upper()


def members(found: Roster, live: LivePresence) -> list[Member]:
    """Everybody by name, as they are seen now."""
    listed = []
    for each in sorted(found.members, key=lambda member: member.username.lower()):
        apart = each.user_id in found.apart
        status = "offline" if apart else live.shown(each.user_id).status
        made = iso(ids.unix_ms(each.user_id))
        listed.append(Member(uuid(each.user_id), each.username, status != "offline", status, made))
    return listed
