"""Roles: making, changing, ordering and giving them, and what they may do otherwise in a channel.

@everyone stands at 0 and is worn by all. The others stand above it, each at a place of its own;
they make room for one that is put among them. Nobody acts on a role that does not stand below
their own highest, and nobody hands out what they lack.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass

from plexichat.core import audit, channels, permissions, servers
from plexichat.core.errors import Forbidden, Invalid, NotFound
from plexichat.core.events import MemberChanged, Members, RoleCreated, RoleDeleted, RoleUpdated
from plexichat.core.server_channels import Place, refuse_elsewhere
from plexichat.core.servers import Acting
from plexichat.store import members as member_rows
from plexichat.store import roles as rows
from plexichat.store import rules as rule_rows
from plexichat.store.channels import Channel
from plexichat.store.db import Snapshot, Tx
from plexichat.store.rules import Override, Role, Standing

MANAGE = permissions.BITS["roles.manage"]
ASSIGN = permissions.BITS["members.manage_roles"] | MANAGE
ROLES_PER_SERVER = 250
NAME_LENGTHS = range(1, 101)
COLOR = re.compile(r"#[0-9A-Fa-f]{6}")
HIGHEST = 1 << 30
UP, DOWN = 1, -1
NEW = "New Role"

NO_OVERRIDE = ("override_not_found", "Override not found")
PERMISSION_DENIED = ("permission_denied", "Permission denied")


@dataclass(frozen=True, slots=True)
class Wanted:
    """A role as somebody wants it; None leaves a field as it is."""

    name: str | None = None
    color: str | None = None
    permissions: Mapping[str, bool] | None = None
    hoist: bool | None = None
    mentionable: bool | None = None
    position: int | None = None
    switched: Mapping[str, bool] | None = None  # permissions that change, while others stay


def all(snap: Snapshot, user_id: int, server_id: int) -> list[Role]:
    """A server's roles for any member, the highest first."""
    servers.member(snap, user_id, server_id)
    return rows.of_server(snap, server_id)


def create(tx: Tx, user_id: int, server_id: int, wanted: Wanted) -> Role:
    """Add a role just above @everyone, or as high as is wanted and may be."""
    who = servers.acting(tx, user_id, server_id, MANAGE)
    columns = _columns(wanted, 0)
    bits = columns.get("permissions", 0)
    assert isinstance(bits, int)
    permissions.refuse_giving(who.rules, who.standing, bits, tx.now)
    present = rows.of_server(tx, server_id)
    if len(present) >= ROLES_PER_SERVER:
        raise Invalid("role_limit", "Invalid input: a server has at most 250 roles")
    highest = min(present[0].position + 1, permissions.top(who.rules, who.standing))
    place = max(min(wanted.position or 1, highest), 1)
    _make_room(tx, present, place, UP)
    role_id = rows.insert(tx, server_id, wanted.name or NEW, bits, place)
    if columns:
        rows.change(tx, role_id, **columns)
    made = _get(tx, server_id, role_id)
    tx.emit(RoleCreated(audience=Members(server_id), role=made))
    audit.record(tx, server_id, user_id, "role_create", "role", role_id, made.name)
    servers.rules_changed(tx, server_id)
    return made


def update(tx: Tx, user_id: int, server_id: int, role_id: int, wanted: Wanted) -> Role:
    """Change a role that stands below one's own highest."""
    who = servers.acting(tx, user_id, server_id, MANAGE)
    before = _get(tx, server_id, role_id)
    renamed = wanted.name not in (None, before.name)
    if before.is_default and (renamed or wanted.position not in (None, 0)):
        raise Forbidden("default_role", "Permission denied")
    permissions.refuse_not_above_role(who.rules, who.standing, before)
    columns = _columns(wanted, before.permissions)
    if "permissions" in columns:
        bits = columns["permissions"]
        assert isinstance(bits, int)
        permissions.refuse_giving(who.rules, who.standing, bits & ~before.permissions, tx.now)
    if columns:
        rows.change(tx, role_id, **columns)
    if wanted.position is not None and not before.is_default:
        _move(tx, who, before, wanted.position)
    after = _get(tx, server_id, role_id)
    if after != before:
        tx.emit(RoleUpdated(audience=Members(server_id), role=after))
        audit.record(
            tx, server_id, user_id, "role_update", "role", role_id, after.name,
            {field: (getattr(before, field), getattr(after, field)) for field in AUDITED},
        )  # fmt: skip
        servers.rules_changed(tx, server_id)
    return after


AUDITED = ("name", "color", "permissions", "hoist", "mentionable", "position")


def delete(tx: Tx, user_id: int, server_id: int, role_id: int) -> None:
    """Remove a role that stands below one's own highest; whoever wore it loses it."""
    who = servers.acting(tx, user_id, server_id, MANAGE)
    role = _get(tx, server_id, role_id)
    if role.is_default:
        raise Forbidden("default_role", "Permission denied")
    permissions.refuse_not_above_role(who.rules, who.standing, role)
    worn_by = rows.wearers(tx, role_id)
    rows.delete(tx, role_id)
    tx.emit(RoleDeleted(audience=Members(server_id), server_id=server_id, role_id=role_id))
    audit.record(tx, server_id, user_id, "role_delete", "role", role_id, role.name)
    servers.rules_changed(tx, server_id)
    for wearer in worn_by:
        servers.standing_changed(tx, server_id, wearer)


def worn(snap: Snapshot, user_id: int, server_id: int, member_id: int) -> list[Role]:
    """The roles that a member was given, the highest first, for any member."""
    servers.member(snap, user_id, server_id)
    member = member_rows.by_id(snap, server_id, member_id)
    if member is None:
        raise NotFound("member_not_found", "Member not found")
    return [role for role in rows.of_server(snap, server_id) if str(role.id) in member.role_ids]


def give(tx: Tx, user_id: int, server_id: int, member_id: int, role_id: int) -> None:
    """Let a member wear a role; nothing happens if they do already."""
    who, role = _assigning(tx, user_id, server_id, member_id, role_id)
    permissions.refuse_giving(who.rules, who.standing, role.permissions, tx.now)
    if not role.is_default and rows.give(tx, server_id, member_id, role_id):
        _worn(tx, user_id, server_id, member_id, role, "member_role_add")


def take(tx: Tx, user_id: int, server_id: int, member_id: int, role_id: int) -> None:
    """Take a role from a member; nothing happens if they do not wear it."""
    _, role = _assigning(tx, user_id, server_id, member_id, role_id)
    if role.is_default:
        raise Forbidden("default_role", "Permission denied")
    if rows.take(tx, server_id, member_id, role_id):
        _worn(tx, user_id, server_id, member_id, role, "member_role_remove")


def _assigning(
    tx: Tx, user_id: int, server_id: int, member_id: int, role_id: int
) -> tuple[Acting, Role]:
    who = servers.acting(tx, user_id, server_id, ASSIGN)
    role = rows.by_id(tx, server_id, role_id)
    member = rule_rows.standing(tx, server_id, member_id)
    if role is None or member is None:
        raise NotFound("member_or_role_not_found", "Member or role not found")
    permissions.refuse_not_above_role(who.rules, who.standing, role)
    if member_id != user_id:
        _refuse_not_above(tx, who, member)
    return who, role


def _worn(
    tx: Tx, user_id: int, server_id: int, member_id: int, role: Role, action: str
) -> None:
    member = member_rows.by_id(tx, server_id, member_id)
    assert member is not None
    tx.emit(MemberChanged(audience=Members(server_id), member=member))
    audit.record(
        tx, server_id, user_id, action, "member", member_id, role.name,
        {"role_id": (None, str(role.id)) if action.endswith("add") else (str(role.id), None)},
    )  # fmt: skip
    servers.standing_changed(tx, server_id, member_id)


def overrides(
    snap: Snapshot, user_id: int, channel_id: int, place: Place | None = None
) -> list[Override]:
    """What roles and members may do otherwise in a channel, for whoever manages roles."""
    _channel(snap, user_id, channel_id, place)
    return rows.overrides(snap, channel_id)


def put_override(
    tx: Tx,
    user_id: int,
    channel_id: int,
    kind: str,
    target_id: int,
    allow: Mapping[str, bool],
    deny: Mapping[str, bool],
    place: Place | None = None,
) -> Override:
    """Let a role or a member do more or less in one channel than elsewhere."""
    channel, who = _channel(tx, user_id, channel_id, place)
    wanted = Override(kind, target_id, _bits(allow), _bits(deny))
    return _override(tx, who, channel, wanted)


def change_override(
    tx: Tx,
    user_id: int,
    channel_id: int,
    target_id: int,
    switched: Mapping[str, bool | None],
    place: Place | None = None,
) -> Override:
    """Allow some permissions (True), deny some (False), leave some as elsewhere (None).

    What is not named stays as it is set.
    """
    channel, who = _channel(tx, user_id, channel_id, place)
    before = _found(tx, channel_id, target_id)
    kept = ~permissions.bits(*switched)
    allow = before.allow & kept | _bits({name: is_on is True for name, is_on in switched.items()})
    deny = before.deny & kept | _bits({name: is_on is False for name, is_on in switched.items()})
    return _override(tx, who, channel, Override(before.kind, target_id, allow, deny))


def _override(tx: Tx, who: Acting, channel: Channel, wanted: Override) -> Override:
    if wanted.allow & wanted.deny:
        raise Invalid("contradiction", "Invalid input: allow and deny overlap")
    before = _overridden(tx, who, channel, wanted.kind, wanted.target_id)
    given = (wanted.allow & ~before.allow) | (before.deny & ~wanted.deny)
    permissions.refuse_giving(who.rules, who.standing, given, tx.now)
    rows.put_override(tx, channel.id, wanted)
    action = "override_update" if before.allow | before.deny else "override_create"
    _audit_override(tx, who.standing.user_id, channel, action, before, wanted)
    servers.rules_changed(tx, who.rules.server_id)
    return wanted


def delete_override(
    tx: Tx,
    user_id: int,
    channel_id: int,
    kind: str | None,
    target_id: int,
    place: Place | None = None,
) -> None:
    """Let a role or a member do as elsewhere; of any kind, if none is named."""
    channel, who = _channel(tx, user_id, channel_id, place)
    if kind is None:
        kind = _found(tx, channel_id, target_id).kind
    before = _overridden(tx, who, channel, kind, target_id)
    permissions.refuse_giving(who.rules, who.standing, before.deny, tx.now)
    if rows.override(tx, channel_id, kind, target_id) is None:
        raise NotFound(*NO_OVERRIDE)
    rows.delete_override(tx, channel_id, kind, target_id)
    _audit_override(
        tx, user_id, channel, "override_delete", before, Override(kind, target_id, 0, 0)
    )
    servers.rules_changed(tx, who.rules.server_id)


def _found(snap: Snapshot, channel_id: int, target_id: int) -> Override:
    """What is set for a role or a member of this id."""
    for each in rows.overrides(snap, channel_id):
        if each.target_id == target_id:
            return each
    raise NotFound(*NO_OVERRIDE)


def _overridden(tx: Tx, who: Acting, channel: Channel, kind: str, target_id: int) -> Override:
    """What is set for a target now, which must be one that this person may act on."""
    server_id = who.rules.server_id
    if kind == "role":
        role = _get(tx, server_id, target_id)
        if not role.is_default:
            permissions.refuse_not_above_role(who.rules, who.standing, role)
    else:
        member = rule_rows.standing(tx, server_id, target_id)
        if member is None:
            raise NotFound("member_not_found", "Member not found")
        if member.user_id != who.standing.user_id:
            _refuse_not_above(tx, who, member)
    found = rows.override(tx, channel.id, kind, target_id)
    return found or Override(kind, target_id, 0, 0)


def _channel(
    snap: Snapshot, user_id: int, channel_id: int, place: Place | None
) -> tuple[Channel, Acting]:
    """A channel of a server, for whoever sees it and manages roles there."""
    if place is not None:
        refuse_elsewhere(snap, user_id, channel_id, place, MANAGE)
    channel = channels.get(snap, user_id, channel_id, needed=permissions.VIEW)
    if channel.server_id is None:
        raise Forbidden("channel_access_denied", "Channel access denied")
    return channel, servers.acting(snap, user_id, channel.server_id, MANAGE)


def _audit_override(
    tx: Tx, user_id: int, channel: Channel, action: str, before: Override, after: Override
) -> None:
    assert channel.server_id is not None
    audit.record(
        tx, channel.server_id, user_id, action, after.kind, after.target_id, channel.name,
        {"allow": (before.allow, after.allow), "deny": (before.deny, after.deny)},
        channel_id=channel.id,
    )  # fmt: skip


def _refuse_not_above(tx: Tx, who: Acting, member: Standing) -> None:
    """Compare with all the roles of the other, which `who` was not loaded with."""
    theirs = rule_rows.for_member(tx, who.rules.server_id, member.user_id, None)
    assert theirs is not None
    mine = permissions.top(who.rules, who.standing)
    if member.user_id == theirs.owner_id or mine <= permissions.top(theirs, member):
        raise Forbidden(*PERMISSION_DENIED)


def _move(tx: Tx, who: Acting, role: Role, position: int) -> None:
    """Put a role elsewhere, below one's own highest."""
    place = min(max(position, 1), HIGHEST)
    if place >= permissions.top(who.rules, who.standing):
        raise Forbidden(*PERMISSION_DENIED)
    if place != role.position:
        others = [each for each in rows.of_server(tx, role.server_id) if each.id != role.id]
        _make_room(tx, others, place, DOWN if place > role.position else UP)
        rows.change(tx, role.id, position=place)


def _make_room(tx: Tx, roles: list[Role], place: int, step: int) -> None:
    """Let nobody stand at a place: whoever does makes room by a step, and so on; all are told."""
    standing = [role for role in roles if role.position == place]
    if standing:
        _make_room(tx, roles, place + step, step)
    for role in standing:
        rows.change(tx, role.id, position=place + step)
        moved = _get(tx, role.server_id, role.id)
        tx.emit(RoleUpdated(audience=Members(role.server_id), role=moved))


def _get(snap: Snapshot, server_id: int, role_id: int) -> Role:
    role = rows.by_id(snap, server_id, role_id)
    if role is None:
        raise NotFound("role_not_found", "Role not found")
    return role


def _columns(wanted: Wanted, before: int) -> dict[str, object]:
    """The columns that somebody wants set, checked; `before` are the permissions until now."""
    columns: dict[str, object] = {}
    if wanted.name is not None:
        if len(wanted.name) not in NAME_LENGTHS or not wanted.name.strip():
            raise Invalid("invalid_name", "Invalid input: name")
        columns["name"] = wanted.name
    if wanted.color is not None:
        if not COLOR.fullmatch(wanted.color):
            raise Invalid("invalid_color", "Invalid input: color")
        columns["color"] = wanted.color
    if wanted.permissions is not None:
        columns["permissions"] = before = _bits(wanted.permissions)
    if wanted.switched is not None:
        kept = before & ~permissions.bits(*wanted.switched)
        columns["permissions"] = kept | _bits(wanted.switched)
    if wanted.hoist is not None:
        columns["hoist"] = int(wanted.hoist)
    if wanted.mentionable is not None:
        columns["mentionable"] = int(wanted.mentionable)
    return columns


def _bits(wanted: Mapping[str, bool]) -> int:
    permissions.bits(*wanted)
    return permissions.bits(*(name for name, allowed in wanted.items() if allowed))
