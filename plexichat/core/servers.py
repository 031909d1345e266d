"""Servers: beginning one, belonging to it, changing and ending it.

Every server has an owner, who is a member, and a role @everyone that every member wears.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from msgspec import UNSET, UnsetType
from msgspec.structs import replace

from plexichat.core import audit, layout, permissions, pictures, users
from plexichat.core.channels import WRITTEN, views
from plexichat.core.errors import Forbidden, Invalid, NotFound
from plexichat.core.events import (
    Leftovers,
    MemberJoined,
    MemberLeft,
    Members,
    Outside,
    RulesChanged,
    ServerChanged,
    ServerGone,
    ServerJoined,
    StandingChanged,
    Viewers,
)
from plexichat.core.layout import Planned
from plexichat.core.pictures import Given
from plexichat.core.views import World
from plexichat.store import channels as channel_rows
from plexichat.store import emojis as emoji_rows
from plexichat.store import members as member_rows
from plexichat.store import reading as reading_rows
from plexichat.store import relationships
from plexichat.store import roles as role_rows
from plexichat.store import rules as rule_rows
from plexichat.store import servers as rows
from plexichat.store.db import Snapshot, Tx
from plexichat.store.members import Member
from plexichat.store.rules import Rules, Standing
from plexichat.store.servers import Server

NAME_LENGTHS = range(1, 101)
DESCRIPTION_LENGTH = 1000
PUBLIC_AT_MOST = 50
SERVERS_PER_PERSON = 100
MEMBERS_PER_SERVER = 250_000
SHOWN_AT_ONCE = 100


MANAGE = permissions.BITS["server.manage"]


@dataclass(frozen=True, slots=True)
class Changes:
    """What is to be different about a server; None leaves it.

    An empty description takes it away, as 0 does with the default channel.
    """

    name: str | None = None
    description: str | None = None
    default_channel_id: int | None = None
    is_public: bool | None = None
    icon: Given | UnsetType | None = UNSET
    banner: Given | UnsetType | None = UNSET


@dataclass(frozen=True, slots=True)
class Acting:
    """A member about to do something: how they stand, and the rules they stand under."""

    rules: Rules
    standing: Standing


def get(snap: Snapshot, server_id: int) -> Server:
    server = rows.by_id(snap, server_id)
    if server is None:
        raise NotFound("server_not_found", "Server not found")
    return server


def member(
    snap: Snapshot,
    user_id: int,
    server_id: int,
    otherwise: tuple[str, str] = ("access_denied", "Access denied"),
) -> Acting:
    """Somebody as a member of a server; a stranger to it hears `otherwise`."""
    rules = rule_rows.for_member(snap, server_id, user_id, None)
    if rules is None:
        raise NotFound("server_not_found", "Server not found")
    standing = rule_rows.standing(snap, server_id, user_id)
    if standing is None:
        raise Forbidden(*otherwise)
    return Acting(rules, standing)


def acting(snap: Snapshot, user_id: int, server_id: int, needed: int) -> Acting:
    """Somebody who has one of these permission bits in a server; others are refused."""
    who = member(snap, user_id, server_id)
    refuse_without(snap, who, needed)
    return who


def refuse_without(snap: Snapshot, who: Acting, needed: int) -> None:
    """Refuse a member who has none of these permission bits."""
    if not needed & permissions.in_server(who.rules, who.standing, snap.now):
        raise Forbidden("permission_denied", "Permission denied")


def show(snap: Snapshot, user_id: int, server_id: int) -> Server:
    member(snap, user_id, server_id)
    return seen(snap, user_id, get(snap, server_id))


def allowed(snap: Snapshot, user_id: int, server_id: int) -> dict[str, bool]:
    """Every permission by name, and whether this member has it."""
    who = member(snap, user_id, server_id)
    return permissions.names(permissions.in_server(who.rules, who.standing, snap.now))


def mine(snap: Snapshot, user_id: int) -> list[Server]:
    """The servers somebody belongs to, by name."""
    return [seen(snap, user_id, server) for server in rows.of(snap, user_id)]


def seen(snap: Snapshot, user_id: int, server: Server) -> Server:
    """A server as a member sees it: a default channel that they may not view is none."""
    channel_id = server.default_channel_id
    channel = None if channel_id is None else channel_rows.by_id(snap, channel_id)
    if channel is None or views(snap, user_id, channel):
        return server
    return _without_entrance(server)


def _without_entrance(server: Server) -> Server:
    return replace(server, default_channel_id=None)


def public(snap: Snapshot) -> list[Server]:
    """The largest of the servers that anybody may know of."""
    return rows.public(snap, PUBLIC_AT_MOST)


def world(snap: Snapshot, user_id: int, server_id: int) -> World:
    """A server as this member sees it."""
    return _world(snap, user_id, server_id, rule_rows.of_server(snap, server_id))


def _world(snap: Snapshot, user_id: int, server_id: int, rules: Rules | None) -> World:
    standing = rule_rows.standing(snap, server_id, user_id)
    themself = member_rows.by_id(snap, server_id, user_id)
    if rules is None or standing is None or themself is None:
        raise NotFound("server_not_found", "Server not found")
    viewed, server = permissions.seen(rules, standing), get(snap, server_id)
    return World(
        server if server.default_channel_id in viewed else _without_entrance(server),
        tuple(sorted(viewed.values(), key=lambda channel: (channel.position, channel.id))),
        tuple(sorted(rules.roles.values(), key=lambda role: (-role.position, role.id))),
        themself,
        emoji_rows.of_server(snap, server_id),
    )


def create(
    tx: Tx,
    user_id: int,
    name: str,
    description: str | None = None,
    plan: Sequence[Planned] = layout.GENERAL,
    *,
    is_public: bool = False,
    icon: Given | None = None,
) -> Server:
    """Begin a server: its owner, @everyone, and the channels of a plan.

    Its default channel is the first of them in which one writes.
    """
    check_name(name)
    check_description(description)
    refuse_one_more(tx, user_id)
    server_id = rows.insert(tx, name, description, user_id)
    role_rows.insert(tx, server_id, "@everyone", permissions.DEFAULT, 0, is_default=True)
    written = layout.make(tx, server_id, plan)
    rows.change(
        tx, server_id, default_channel_id=min(written, default=None), is_public=int(is_public),
        icon=pictures.place(tx, user_id, icon, None, "icon"),
    )  # fmt: skip
    _enter(tx, user_id, server_id)
    audit.record(tx, server_id, user_id, "server_create", "server", server_id, name)
    return get(tx, server_id)


def admit(tx: Tx, user_id: int, server_id: int, *, temporary: bool = False) -> None:
    """Make somebody a member and show them the server; whoever calls has checked that they may."""
    if get(tx, server_id).member_count >= MEMBERS_PER_SERVER:
        raise Invalid("server_full", "Member limit")
    member = _enter(tx, user_id, server_id, temporary)
    audit.record(tx, server_id, user_id, "member_join", "member", user_id, member.username)


def _enter(tx: Tx, user_id: int, server_id: int, temporary: bool = False) -> Member:
    member_rows.insert(tx, server_id, user_id, temporary)
    reading_rows.skip(tx, user_id, server_id)
    rules = rule_rows.of_server(tx, server_id)
    standing_changed(tx, server_id, user_id, rules)
    joined = _world(tx, user_id, server_id, rules)
    apart = relationships.apart(tx, user_id)
    themself = frozenset((user_id,))
    shown = {each.user_id: each for each in member_rows.page(tx, server_id, 0, SHOWN_AT_ONCE)}
    shown[user_id] = joined.member
    members = tuple(shown[each] for each in sorted(shown))
    tx.emit(ServerJoined(audience=themself, world=joined, members=members, apart=apart))
    tx.emit(MemberJoined(audience=Members(server_id, but=themself), member=joined.member))
    return joined.member


def leave(tx: Tx, user_id: int, server_id: int) -> None:
    """Stop belonging to a server; its owner cannot."""
    who = member(tx, user_id, server_id)
    if who.rules.owner_id == user_id:
        raise Forbidden("owner_stays", "Owners cannot leave")
    themself = member_rows.by_id(tx, server_id, user_id)
    dismiss(tx, server_id, user_id)
    name = None if themself is None else themself.username
    audit.record(tx, server_id, user_id, "member_leave", "member", user_id, name)


def dismiss(tx: Tx, server_id: int, user_id: int) -> bool:
    """Make somebody a member no more, whatever the reason; False if they were none."""
    if not member_rows.delete(tx, server_id, user_id):
        return False
    standing_changed(tx, server_id, user_id)
    tx.emit(ServerGone(audience=frozenset((user_id,)), server_id=server_id))
    tx.emit(MemberLeft(audience=Members(server_id), server_id=server_id, user_id=user_id))
    return True


def change(tx: Tx, user_id: int, server_id: int, wanted: Changes) -> Server:
    """Change what a server says about itself; its members hear of it."""
    acting(tx, user_id, server_id, MANAGE)
    columns: dict[str, object] = {}
    if wanted.name is not None:
        check_name(wanted.name)
        columns["name"] = wanted.name
    if wanted.description is not None:
        check_description(wanted.description)
        columns["description"] = wanted.description or None
    if wanted.default_channel_id is not None:
        columns["default_channel_id"] = _entrance(tx, user_id, server_id, wanted.default_channel_id)
    if wanted.is_public is not None:
        columns["is_public"] = wanted.is_public
    before = get(tx, server_id)
    for place in ("icon", "banner"):
        given = getattr(wanted, place)
        if given is not UNSET:
            shown = getattr(before, place)
            columns[place] = taken = pictures.place(tx, user_id, given, shown, place)
            pictures.replaced(tx, shown, taken)
    return put(tx, user_id, server_id, columns)


def put(
    tx: Tx,
    user_id: int,
    server_id: int,
    columns: Mapping[str, object],
    reason: str | None = None,
) -> Server:
    """Set columns of a server by name; its members hear of it if that changes anything."""
    before = get(tx, server_id)
    if all(getattr(before, name) == value for name, value in columns.items()):
        return seen(tx, user_id, before)
    rows.change(tx, server_id, **columns)
    after = get(tx, server_id)
    _tell(tx, after)
    changes = {name: (getattr(before, name), getattr(after, name)) for name in columns}
    audit.record(
        tx, server_id, user_id, "server_update", "server", server_id, after.name, changes, reason
    )
    return seen(tx, user_id, after)


def _tell(tx: Tx, server: Server) -> None:
    """Let every member know what a server says about itself, as far as they may know."""
    channel_id = server.default_channel_id
    if channel_id is None:
        tx.emit(ServerChanged(audience=Members(server.id), server=server))
        return
    tx.emit(ServerChanged(audience=Viewers(server.id, channel_id), server=server))
    hidden = _without_entrance(server)
    tx.emit(ServerChanged(audience=Outside(server.id, channel_id), server=hidden))


def hand_over(
    tx: Tx, user_id: int, server_id: int, heir_id: int, reason: str | None = None
) -> Server:
    """Make another member the owner."""
    refuse_not_owner(tx, user_id, server_id)
    if rule_rows.standing(tx, server_id, heir_id) is None:
        raise NotFound("member_not_found", "Member not found")
    if users.get(tx, heir_id).deletion_at is not None:
        raise NotFound("member_leaves", "Member not found: their account is about to be deleted")
    after = put(tx, user_id, server_id, {"owner_id": heir_id}, reason)
    rules_changed(tx, server_id)
    return after


def end(tx: Tx, user_id: int, server_id: int) -> None:
    """End a server, for everybody at once; what is left of it goes bit by bit."""
    refuse_not_owner(tx, user_id, server_id)
    server = get(tx, server_id)
    audit.record(tx, server_id, user_id, "server_delete", "server", server_id, server.name)
    tx.emit(ServerGone(audience=Members(server_id), server_id=server_id))
    tx.emit(Leftovers(audience=frozenset()))
    for picture in (server.icon, server.banner):
        pictures.replaced(tx, picture, None)
    rows.change(tx, server_id, ended=1)
    rules_changed(tx, server_id)


def refuse_not_owner(snap: Snapshot, user_id: int, server_id: int) -> None:
    if member(snap, user_id, server_id).rules.owner_id != user_id:
        raise Forbidden("not_owner", "Not owner")


def _entrance(snap: Snapshot, user_id: int, server_id: int, channel_id: int) -> int | None:
    """A channel of this server that one sees and can write in; 0 is none."""
    if channel_id == 0:
        return None
    channel = channel_rows.by_id(snap, channel_id)
    if (
        channel is None
        or channel.server_id != server_id
        or channel.kind not in WRITTEN
        or not views(snap, user_id, channel)
    ):
        raise Invalid("invalid_channel", "Invalid input: default_channel_id")
    return channel_id


def refuse_one_more(snap: Snapshot, user_id: int) -> None:
    if len(rows.ids_of(snap, user_id)) >= SERVERS_PER_PERSON:
        raise Invalid("server_limit", "Server limit")


def rules_changed(tx: Tx, server_id: int) -> None:
    """Let memory know that owner, roles, channels or overrides are different now."""
    rules, server = rule_rows.of_server(tx, server_id), rows.by_id(tx, server_id)
    tx.emit(
        RulesChanged(audience=frozenset(), server_id=server_id, rules=rules, server=server)
    )


def standing_changed(
    tx: Tx, server_id: int, user_id: int, rules: Rules | None = None
) -> None:
    """Let memory know that somebody joined, left, or wears other roles now.

    Whoever joins brings the rules along, in case nobody else of the server is connected.
    """
    standing = rule_rows.standing(tx, server_id, user_id)
    tx.emit(
        StandingChanged(
            audience=frozenset(),
            server_id=server_id,
            user_id=user_id,
            standing=standing,
            last_message_ids=channel_rows.last_message_ids(tx, server_id),
            rules=rules,
            server=rows.by_id(tx, server_id),
        )
    )


def check_name(name: str) -> None:
    if len(name) not in NAME_LENGTHS or not name.strip():
        raise Invalid("invalid_name", "Invalid input: name")


def check_description(description: str | None) -> None:
    if description is not None and len(description) > DESCRIPTION_LENGTH:
        raise Invalid("invalid_description", "Invalid input: description")
