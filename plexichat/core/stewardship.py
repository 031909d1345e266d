"""What an admin may do with anybody's server, a member of it or not; that they may is asked before.

What changes is done in the name of the owner, and the audit log says why.
"""

from dataclasses import dataclass

from plexichat.core import administration, permissions, servers
from plexichat.core.errors import Conflict, Invalid, NotFound
from plexichat.core.permissions import Reason
from plexichat.store import channels as channel_rows
from plexichat.store import rules as rule_rows
from plexichat.store import servers as rows
from plexichat.store import users as user_rows
from plexichat.store import webhooks as webhook_rows
from plexichat.store.channels import Channel
from plexichat.store.db import Snapshot, Tx
from plexichat.store.rules import Role, Rules
from plexichat.store.servers import Server
from plexichat.store.webhooks import Webhook

REASON = "by an admin of the whole house"


@dataclass(frozen=True, slots=True)
class Estate:
    """A server and its owner's name; roles and channels only where it is looked at alone."""

    server: Server
    owner: str
    channels: tuple[Channel, ...] = ()
    roles: tuple[Role, ...] = ()


@dataclass(frozen=True, slots=True)
class Explanation:
    """Why somebody may do what in a channel; `top` is their highest role."""

    username: str
    server: Server
    channel: Channel
    top: Role
    timeout_until: int | None
    reasons: dict[str, Reason]
    roles: dict[int, str]  # what those are called that decide


@dataclass(frozen=True, slots=True)
class Program:
    """A webhook, and what the place it writes into is called."""

    webhook: Webhook
    server: str
    channel: str


def every(snap: Snapshot) -> list[Estate]:
    found = rows.every(snap)
    names = user_rows.names(snap, {server.owner_id for server in found})
    return [Estate(server, names[server.owner_id][0]) for server in found]


def find(snap: Snapshot, name: str) -> Server:
    """The server of this id, or else the only one of this name."""
    if name.isascii() and name.isdigit() and int(name) <= administration.ENDLESS:
        server = rows.by_id(snap, int(name))
        if server is not None:
            return server
    found = rows.called(snap, name)
    if not found:
        raise NotFound("server_not_found", f"there is no server {name}")
    if len(found) > 1:
        known = ", ".join(str(server.id) for server in found)
        raise Conflict("ambiguous", f"several servers are called {name}; say which: {known}")
    return found[0]


def show(snap: Snapshot, name: str) -> Estate:
    server = find(snap, name)
    rules = rule_rows.of_server(snap, server.id)
    assert rules is not None
    channels = sorted(rules.channels.values(), key=lambda channel: (channel.position, channel.id))
    roles = sorted(rules.roles.values(), key=lambda role: (-role.position, role.id))
    owner = user_rows.names(snap, (server.owner_id,))[server.owner_id][0]
    return Estate(server, owner, tuple(channels), tuple(roles))


def transfer(tx: Tx, name: str, heir: str) -> Estate:
    """Make a member the owner of a server."""
    server, person = find(tx, name), administration.find(tx, heir)
    if server.owner_id == person.id:
        raise Conflict("already", f"{server.name} is owned by {person.username} already")
    if rule_rows.standing(tx, server.id, person.id) is None:
        raise NotFound("not_member", f"{person.username} does not belong to {server.name}")
    servers.hand_over(tx, server.owner_id, server.id, person.id, REASON)
    return show(tx, str(server.id))


def end(tx: Tx, name: str) -> Server:
    server = find(tx, name)
    servers.end(tx, server.owner_id, server.id)
    return server


def dissolve(tx: Tx, server_id: int) -> None:
    """End a server in the name of its owner."""
    servers.end(tx, servers.get(tx, server_id).owner_id, server_id)


def explain(snap: Snapshot, name: str, channel_id: str) -> Explanation:
    """Why somebody may do, or may not do, each thing in a channel of a server."""
    person = administration.find(snap, name)
    known = channel_id.isascii() and channel_id.isdigit()
    number = min(int(channel_id), administration.ENDLESS) if known else 0
    channel = channel_rows.by_id(snap, number)
    if channel is None:
        raise NotFound("channel_not_found", f"there is no channel {channel_id}")
    if channel.server_id is None:
        among = person.id in channel.people
        raise Invalid(
            "no_roles",
            f"channel {channel_id} is a conversation, where no roles decide: {person.username} "
            f"{'takes part in it' if among else 'has no part in it'}",
        )
    server = servers.get(snap, channel.server_id)
    rules = rule_rows.of_server(snap, server.id)
    standing = rule_rows.standing(snap, server.id, person.id)
    assert rules is not None
    if standing is None:
        raise NotFound("not_member", f"{person.username} does not belong to {server.name}")
    reasons = permissions.explain(rules, standing, channel.id, snap.now)
    return Explanation(
        person.username, server, channel, _top(rules, standing.role_ids), standing.timeout_until,
        reasons, {role.id: role.name for role in rules.roles.values()},
    )  # fmt: skip


def programs(snap: Snapshot) -> list[Program]:
    """All webhooks there are, the oldest first."""
    named = {server.id: server.name for server in rows.every(snap)}
    found = []
    for webhook in webhook_rows.every(snap):
        channel = channel_rows.by_id(snap, webhook.channel_id)
        name = "" if channel is None else channel.name
        found.append(Program(webhook, named[webhook.server_id], name))
    return found


def program(snap: Snapshot, webhook_id: str) -> Program:
    for each in programs(snap):
        if str(each.webhook.id) == webhook_id:
            return each
    raise NotFound("webhook_not_found", f"there is no webhook {webhook_id}")


def _top(rules: Rules, worn: frozenset[int]) -> Role:
    return max(
        (rules.roles[role_id] for role_id in worn if role_id in rules.roles),
        key=lambda role: role.position,
    )
