"""What decides who may do what in a server: its owner, roles, channels, overrides and members."""

from collections import defaultdict
from collections.abc import Mapping

from msgspec import Struct
from msgspec.structs import replace

from plexichat.store.channels import COLUMNS as CHANNEL_COLUMNS
from plexichat.store.channels import Channel
from plexichat.store.db import Snapshot


class Role(Struct, frozen=True):
    id: int
    server_id: int
    name: str
    color: str | None
    position: int
    permissions: int
    hoist: bool
    mentionable: bool
    is_default: bool


class Override(Struct, frozen=True):
    """What a role or a member is allowed or denied in one channel, whatever they may elsewhere."""

    kind: str
    target_id: int
    allow: int
    deny: int


class Standing(Struct, frozen=True):
    """A member as permissions see them; the default role is among `role_ids`."""

    server_id: int
    user_id: int
    role_ids: frozenset[int]
    timeout_until: int | None


class Rules(Struct, frozen=True):
    """A server as permissions see it."""

    server_id: int
    owner_id: int
    roles: Mapping[int, Role]
    channels: Mapping[int, Channel]
    overrides: Mapping[int, tuple[Override, ...]]


OWNER = "SELECT owner_id FROM server WHERE id = ? AND NOT ended"
ROLE_COLUMNS = "id, server_id, name, color, position, permissions, hoist, mentionable, is_default"


def role(row: tuple[int, int, str, str | None, int, int, int, int, int]) -> Role:
    return Role(*row[:6], bool(row[6]), bool(row[7]), bool(row[8]))


def of_server(snap: Snapshot, server_id: int) -> Rules | None:
    """All of a server's rules; for memory, and for whoever manages it."""
    owner = snap.execute(OWNER, (server_id,)).fetchone()
    if owner is None:
        return None
    roles = snap.execute(f"SELECT {ROLE_COLUMNS} FROM role WHERE server_id = ?", (server_id,))
    channels = snap.execute(
        f"SELECT {CHANNEL_COLUMNS} FROM channel c WHERE server_id = ?", (server_id,)
    )
    return Rules(
        server_id,
        owner[0],
        {row[0]: role(row) for row in roles},
        {row[0]: Channel.of_server(*row) for row in channels},
        _overrides(snap, server_id),
    )


def _overrides(snap: Snapshot, server_id: int) -> dict[int, tuple[Override, ...]]:
    """Those of each channel of a server that has any."""
    found: defaultdict[int, list[Override]] = defaultdict(list)
    for channel_id, *override in snap.execute(
        """SELECT o.channel_id, o.kind, o.target_id, o.allow, o.deny
           FROM channel c JOIN override o ON o.channel_id = c.id WHERE c.server_id = ?""",
        (server_id,),
    ):
        found[channel_id].append(Override(*override))
    return {channel_id: tuple(overrides) for channel_id, overrides in found.items()}


def for_reader(snap: Snapshot, server_id: int, user_id: int) -> Rules | None:
    """Only what decides over one member, in all channels; which those are is not in it."""
    rules = for_member(snap, server_id, user_id, None)
    return rules and replace(rules, overrides=_overrides(snap, server_id))


def for_member(
    snap: Snapshot, server_id: int, user_id: int, channel_id: int | None
) -> Rules | None:
    """Only what decides over one member, in one channel if any: three lookups, however large."""
    owner = snap.execute(OWNER, (server_id,)).fetchone()
    if owner is None:
        return None
    roles = snap.execute(
        f"""SELECT {ROLE_COLUMNS} FROM role WHERE server_id = ?1 AND position = 0
            UNION ALL SELECT {ROLE_COLUMNS} FROM role WHERE id IN (SELECT role_id FROM member_role
                WHERE server_id = ?1 AND user_id = ?2)""",
        (server_id, user_id),
    )
    overrides: tuple[Override, ...] = ()
    if channel_id is not None:
        found = snap.execute(
            "SELECT kind, target_id, allow, deny FROM override WHERE channel_id = ?", (channel_id,)
        )
        overrides = tuple(Override(*row) for row in found)
    return Rules(
        server_id,
        owner[0],
        {row[0]: role(row) for row in roles},
        {},
        {} if channel_id is None else {channel_id: overrides},
    )


def standing(snap: Snapshot, server_id: int, user_id: int) -> Standing | None:
    """A member as permissions see them; None for somebody who is none."""
    row = snap.execute(
        "SELECT timeout_until FROM member WHERE server_id = ? AND user_id = ?",
        (server_id, user_id),
    ).fetchone()
    if row is None:
        return None
    roles = snap.execute(
        """SELECT id FROM role WHERE server_id = ?1 AND position = 0
           UNION ALL SELECT role_id FROM member_role WHERE server_id = ?1 AND user_id = ?2""",
        (server_id, user_id),
    )
    return Standing(server_id, user_id, frozenset(found for (found,) in roles), row[0])


def standings(snap: Snapshot, user_id: int) -> list[Standing]:
    """One person's standing in every server they belong to."""
    servers = snap.execute(
        """SELECT m.server_id FROM member m JOIN server s ON s.id = m.server_id
           WHERE m.user_id = ? AND NOT s.ended""",
        (user_id,),
    )
    found = [standing(snap, server_id, user_id) for (server_id,) in servers.fetchall()]
    return [each for each in found if each is not None]
