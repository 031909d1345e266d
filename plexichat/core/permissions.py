"""Permissions: their names, who has them, and who stands above whom.

The order of evaluation: the owner may do everything; everyone else has what any of their roles
allows; an administrator again everything; then a channel's overrides, first of roles, then of the
member. Without `channels.view` there is nothing in a channel at all. Nobody gives what they lack,
touches who does not stand below, or acts on the owner.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Literal

from plexichat.core.errors import Forbidden, Invalid
from plexichat.store.channels import Channel
from plexichat.store.rules import Override, Role, Rules, Standing

NAMES = (
    "administrator",
    "server.manage",
    "server.view_audit_log",
    "server.automod",
    "channels.manage",
    "channels.view",
    "roles.manage",
    "members.kick",
    "members.ban",
    "members.manage_nicknames",
    "members.manage_roles",
    "invites.create",
    "invites.manage",
    "emojis.manage",
    "messages.send",
    "messages.read",
    "messages.manage",
    "messages.embed_links",
    "messages.attach_files",
    "messages.mention_everyone",
    "messages.add_reactions",
    "messages.use_external_emojis",
    "messages.bypass_slowmode",
    "messages.export_transcript",
    "voice.connect",
    "voice.speak",
    "voice.mute_members",
    "voice.deafen_members",
    "voice.move_members",
    "events.view",
    "events.manage",
    "templates.manage",
    "onboarding.manage",
    "webhooks.manage",
    "threads.create_public",
    "threads.create_private",
    "threads.manage",
)
By = Literal[
    "owner", "administrator", "role", "role override", "member override",
    "nothing",              # no role of theirs gives it
    "hidden",               # they may not view the channel
    "time-out",
]  # fmt: skip
BITS: Mapping[str, int] = {name: 1 << place for place, name in enumerate(NAMES)}
ALL = (1 << len(NAMES)) - 1


def bits(*names: str) -> int:
    """The set of these permissions; `*` is all of them and `messages.*` all of a family."""
    found = 0
    for name in names:
        if name == "*":
            found |= ALL
        elif name.endswith(".*") and any(known.startswith(name[:-1]) for known in NAMES):
            found |= sum(BITS[known] for known in NAMES if known.startswith(name[:-1]))
        elif name in BITS:
            found |= BITS[name]
        else:
            raise Invalid("unknown_permission", f"Invalid input: permissions ({name[:64]})")
    return found


def names(allowed: int) -> dict[str, bool]:
    """Every permission by name, and whether it is in the set."""
    return {name: bool(allowed & bit) for name, bit in BITS.items()}


ADMINISTRATOR = BITS["administrator"]
VIEW = BITS["channels.view"]
READ = VIEW | BITS["messages.read"]
DEFAULT = bits(
    "channels.view",
    "invites.create",
    "messages.send",
    "messages.read",
    "messages.embed_links",
    "messages.attach_files",
    "messages.add_reactions",
    "messages.export_transcript",
    "voice.connect",
    "voice.speak",
    "events.view",
    "threads.create_public",
)
LOST_IN_TIMEOUT = bits(
    "messages.send",
    "messages.add_reactions",
    "messages.attach_files",
    "messages.embed_links",
    "voice.connect",
    "voice.speak",
)


def in_server(rules: Rules, standing: Standing, now: int) -> int:
    """What a member may do in a server at `now`."""
    granted = _granted(rules, standing)
    return granted if granted == ALL else _timed_out(granted, standing, now)


def in_channel(rules: Rules, standing: Standing, channel_id: int, now: int) -> int:
    """What a member may do in a channel at `now`; nothing if they may not even view it."""
    granted = _granted(rules, standing)
    if granted == ALL:
        return ALL
    granted = overridden(granted, rules.overrides.get(channel_id, ()), standing)
    if not granted & VIEW:
        return 0
    return _timed_out(granted, standing, now)


def seen(rules: Rules, standing: Standing) -> dict[int, Channel]:
    """The channels that a member views, as they see them: a hidden category is no category."""
    viewed = {
        channel_id: channel
        for channel_id, channel in rules.channels.items()
        if in_channel(rules, standing, channel_id, 0) & VIEW
    }
    return {
        channel_id: channel
        if channel.category_id is None or channel.category_id in viewed
        else replace(channel, category_id=None)
        for channel_id, channel in viewed.items()
    }


def overridden(granted: int, overrides: Iterable[Override], standing: Standing) -> int:
    """Apply a channel's overrides: of all roles together, then of the member."""
    allow = deny = own_allow = own_deny = 0
    for override in overrides:
        if override.kind == "member":
            if override.target_id == standing.user_id:
                own_allow, own_deny = override.allow, override.deny
        elif override.target_id in standing.role_ids:
            allow |= override.allow
            deny |= override.deny
    return (((granted & ~deny) | allow) & ~own_deny) | own_allow


def _granted(rules: Rules, standing: Standing) -> int:
    if standing.user_id == rules.owner_id:
        return ALL
    granted = 0
    for role_id in standing.role_ids:
        role = rules.roles.get(role_id)
        if role is not None:
            granted |= role.permissions
    return ALL if granted & ADMINISTRATOR else granted


def _timed_out(granted: int, standing: Standing, now: int) -> int:
    if standing.timeout_until is not None and standing.timeout_until > now:
        return granted & ~LOST_IN_TIMEOUT
    return granted


@dataclass(frozen=True, slots=True)
class Reason:
    """What decided over a permission last, with the roles or the member that it was decided for."""

    allowed: bool
    by: By
    ids: tuple[int, ...] = ()


def explain(
    rules: Rules, standing: Standing, channel_id: int | None, now: int
) -> dict[str, Reason]:
    """Why a member may do what `in_channel` says, or without a channel `in_server`."""
    if standing.user_id == rules.owner_id:
        return dict.fromkeys(NAMES, Reason(True, "owner"))
    worn = [role for id, role in sorted(rules.roles.items()) if id in standing.role_ids]
    if commanders := tuple(role.id for role in worn if role.permissions & ADMINISTRATOR):
        return dict.fromkeys(NAMES, Reason(True, "administrator", commanders))
    found = {
        name: Reason(bool(givers), "role" if givers else "nothing", givers)
        for name, bit in BITS.items()
        for givers in [tuple(role.id for role in worn if role.permissions & bit)]
    }
    if channel_id is not None:
        overrides = rules.overrides.get(channel_id, ())
        roles = [o for o in overrides if o.kind == "role" and o.target_id in standing.role_ids]
        own = [o for o in overrides if o.kind == "member" and o.target_id == standing.user_id]
        _decide(found, roles, "role override")
        _decide(found, own, "member override")
        if not found["channels.view"].allowed:
            hidden = Reason(False, "hidden")
            return {name: found[name] if bit == VIEW else hidden for name, bit in BITS.items()}
    if standing.timeout_until is not None and standing.timeout_until > now:
        for name, reason in found.items():
            if reason.allowed and BITS[name] & LOST_IN_TIMEOUT:
                found[name] = Reason(False, "time-out")
    return found


def _decide(found: dict[str, Reason], overrides: Sequence[Override], by: By) -> None:
    """Let overrides of one kind have their say; what one of them allows, none of them denies."""
    for name, bit in BITS.items():
        allowing = tuple(one.target_id for one in overrides if one.allow & bit)
        denying = tuple(one.target_id for one in overrides if one.deny & bit)
        if allowing or denying:
            found[name] = Reason(bool(allowing), by, allowing or denying)


def top(rules: Rules, standing: Standing) -> int:
    """The position of a member's highest role; the owner stands above every role."""
    if standing.user_id == rules.owner_id:
        return 1 << 31
    worn = (rules.roles[id] for id in standing.role_ids if id in rules.roles)
    return max((role.position for role in worn), default=0)


def refuse_not_above(rules: Rules, actor: Standing, target: Standing) -> None:
    """Refuse to act on the owner, and on whoever does not stand below."""
    if target.user_id == rules.owner_id or top(rules, actor) <= top(rules, target):
        raise Forbidden("hierarchy", "Permission denied")


def refuse_not_above_role(rules: Rules, actor: Standing, role: Role) -> None:
    """Refuse to act on a role that does not stand below one's own highest."""
    if top(rules, actor) <= role.position:
        raise Forbidden("hierarchy", "Permission denied")


def refuse_giving(rules: Rules, actor: Standing, given: int, now: int) -> None:
    """Refuse to hand out what one lacks."""
    if given & ~in_server(rules, actor, now):
        raise Forbidden("not_yours_to_give", "Permission denied")
