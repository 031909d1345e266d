"""Who hears of what happens in servers: the people with a session, and how they stand there.

This is the event loop's picture of every server that somebody connected belongs to. Commits change
it, in their order, before anything they tell is published; so whoever lost a right hears nothing
from that commit on. Channels come and go by it too: a commit that changes who may view one tells
those who gain it that it was created, and those who lose it that it was deleted.
"""

from collections import defaultdict
from collections.abc import Callable, Collection, Container, Iterable, Iterator, Mapping
from dataclasses import replace

from msgspec import structs

from plexichat.core import permissions
from plexichat.core.events import (
    Able,
    Around,
    Attends,
    Audience,
    ChannelCreated,
    ChannelDeleted,
    ChannelUpdated,
    Event,
    Members,
    Outside,
    Readers,
    RulesChanged,
    ServerChanged,
    StandingChanged,
    Viewers,
)
from plexichat.store import rules as rows
from plexichat.store.channels import Channel
from plexichat.store.db import Tx
from plexichat.store.rules import Rules, Standing
from plexichat.store.servers import Server

Followed = Callable[[int], bool]
ChannelTold = ChannelCreated | ChannelUpdated | ChannelDeleted
Told = tuple[type[ChannelTold], Channel]


class Audiences:
    """The connected members of each server, and what they may see. Belongs to the event loop."""

    def __init__(self, followed: Followed) -> None:
        self._followed = followed  # whether somebody has a session that hears events
        self._rules: dict[int, Rules] = {}
        self._standings: dict[int, dict[int, Standing]] = {}
        self._servers: dict[int, set[int]] = {}  # of each connected person
        self._places: dict[int, int] = {}  # the server of each channel
        self._able: dict[int, dict[tuple[int | None, int], frozenset[int]]] = {}

    def known(self) -> frozenset[int]:
        """The servers whose rules are here already."""
        return frozenset(self._rules)

    def apply(self, event: object) -> list[Event]:
        """Take in what a commit changed; return what follows from it for who sees which channel."""
        match event:
            case Attends():
                self._attend(event)
            case RulesChanged(server_id=server_id, rules=None):
                self._drop_server(server_id)
            case RulesChanged(server_id=server_id, rules=Rules() as rules):
                before = self._rules.get(server_id)
                self._learn(rules)
                self._able.pop(server_id, None)
                told = [] if before is None else self._differences(before, rules)
                return list(_with_entrance(event.server, told))
            case StandingChanged(
                server_id=server_id, user_id=user_id, standing=standing, last_message_ids=last
            ):
                if user_id in self._servers:
                    if event.rules is not None and server_id not in self._rules:
                        self._learn(event.rules)
                    told = self._change_standing(server_id, user_id, standing, last)
                    return list(_with_entrance(event.server, told))
        return []

    def forget(self, user_id: int) -> None:
        """Nobody listens for this person any more."""
        for server_id in self._servers.pop(user_id, ()):
            self._leave(server_id, user_id)

    def resolve(self, audience: Audience) -> Collection[int]:
        """The connected people that an audience means at this commit."""
        match audience:
            case frozenset():
                return audience
            case Members(server_id=server_id, but=but):
                members = self._standings.get(server_id, {})
                return frozenset(members) - but if but else members.keys()
            case Readers(server_id=server_id, channel_id=channel_id, but=but):
                return self._who(server_id, channel_id, permissions.READ) - but
            case Viewers(server_id=server_id, channel_id=channel_id):
                return self._who(server_id, channel_id, permissions.VIEW)
            case Outside(server_id=server_id, channel_id=channel_id):
                viewers = self._who(server_id, channel_id, permissions.VIEW)
                return self._standings.get(server_id, {}).keys() - viewers
            case Able(server_id=server_id, needed=needed, channel_id=channel_id):
                return self._who(server_id, channel_id, needed)
            case Around(server_ids=server_ids, also=also, but=but):
                near = set(also)
                for server_id in server_ids:
                    near.update(self._standings.get(server_id, ()))
                return near - but

    def channel(self, channel_id: int) -> Channel | None:
        """A channel of a server that somebody connected belongs to."""
        server_id = self._places.get(channel_id)
        return None if server_id is None else self._rules[server_id].channels[channel_id]

    def readers(self, channel_id: int) -> Collection[int]:
        """The connected people who read a channel of a server; nobody for any other channel."""
        server_id = self._places.get(channel_id)
        if server_id is None:
            return frozenset()
        return self._who(server_id, channel_id, permissions.READ)

    def _learn(self, rules: Rules) -> None:
        self._forget(self._rules.get(rules.server_id))
        self._rules[rules.server_id] = rules
        self._places.update(dict.fromkeys(rules.channels, rules.server_id))

    def _forget(self, rules: Rules | None) -> None:
        for channel_id in () if rules is None else rules.channels:
            del self._places[channel_id]

    def _who(self, server_id: int, channel_id: int | None, needed: int) -> frozenset[int]:
        """Connected members who have all of `needed`; kept until the server changes."""
        kept = self._able.setdefault(server_id, {})
        key = channel_id, needed
        if key not in kept:
            kept[key] = frozenset(self._having(server_id, channel_id, needed))
        return kept[key]

    def _having(self, server_id: int, channel_id: int | None, needed: int) -> Iterator[int]:
        rules = self._rules.get(server_id)
        if rules is None or (channel_id is not None and channel_id not in rules.channels):
            return  # what is gone has no audience
        for standing in self._standings.get(server_id, {}).values():
            if not needed & ~_allowed(rules, standing, channel_id):
                yield standing.user_id

    def _attend(self, event: Attends) -> None:
        if not self._followed(event.user_id):
            return
        for rules in event.rules:
            if rules.server_id not in self._rules:
                self._learn(rules)
        self._servers[event.user_id] = {standing.server_id for standing in event.standings}
        for standing in event.standings:
            self._standings.setdefault(standing.server_id, {})[event.user_id] = standing
            self._able.pop(standing.server_id, None)

    def _differences(self, before: Rules, after: Rules) -> list[ChannelTold]:
        """Who gains, loses or sees changed which channel by new rules."""
        standings = self._standings.get(after.server_id, {}).values()
        seen_before, seen_after = _Seen(before), _Seen(after)
        audiences: defaultdict[Told, set[int]] = defaultdict(set)
        alike: dict[tuple[object, object], list[Told]] = {}
        for standing in standings:
            was, now = seen_before.key(standing), seen_after.key(standing)
            if (was, now) not in alike:
                alike[was, now] = list(_changes(seen_before.by(standing), seen_after.by(standing)))
            for told in alike[was, now]:
                audiences[told].add(standing.user_id)
        return [
            kind(audience=frozenset(people), channel=channel)
            for (kind, channel), people in audiences.items()
        ]

    def _change_standing(
        self,
        server_id: int,
        user_id: int,
        standing: Standing | None,
        last: Mapping[int, int | None],
    ) -> list[ChannelTold]:
        """Somebody joined, left, or may do other things than before.

        `last` are the last messages of the channels, which the rules here have not followed.
        """
        if standing is None:
            self._servers[user_id].discard(server_id)
            self._leave(server_id, user_id)
            return []
        members = self._standings.setdefault(server_id, {})
        before = members.get(user_id)
        members[user_id] = standing
        self._able.pop(server_id, None)
        self._servers[user_id].add(server_id)
        rules = self._rules.get(server_id)
        if before is None or rules is None:
            return []
        was, now = permissions.seen(rules, before), permissions.seen(rules, standing)
        audience = frozenset((user_id,))
        return [
            kind(audience=audience, channel=replace(channel, last_message_id=last.get(channel.id)))
            for kind, channel in _changes(was, now)
        ]

    def _leave(self, server_id: int, user_id: int) -> None:
        members = self._standings.get(server_id, {})
        members.pop(user_id, None)
        self._able.pop(server_id, None)

    def _drop_server(self, server_id: int) -> None:
        for user_id in self._standings.pop(server_id, ()):
            self._servers[user_id].discard(server_id)
        self._forget(self._rules.pop(server_id, None))
        self._able.pop(server_id, None)


class _Seen:
    """Which channels a member sees: the same as whoever has the same roles and no override."""

    def __init__(self, rules: Rules) -> None:
        self._rules = rules
        self._singled_out = {
            override.target_id
            for overrides in rules.overrides.values()
            for override in overrides
            if override.kind == "member"
        } | {rules.owner_id}
        self._kept: dict[object, dict[int, Channel]] = {}

    def key(self, standing: Standing) -> object:
        """The same for whoever sees the same."""
        return standing.user_id if standing.user_id in self._singled_out else standing.role_ids

    def by(self, standing: Standing) -> dict[int, Channel]:
        key = self.key(standing)
        if key not in self._kept:
            self._kept[key] = permissions.seen(self._rules, standing)
        return self._kept[key]


def _with_entrance(server: Server | None, told: Iterable[ChannelTold]) -> Iterator[Event]:
    """Who loses sight of a server's default channel hears first that there is none.

    Who gains it hears after that what it is.
    """
    for event in told:
        if server is None or event.channel.id != server.default_channel_id:
            yield event
        elif isinstance(event, ChannelDeleted):
            hidden = structs.replace(server, default_channel_id=None)
            yield ServerChanged(audience=event.audience, server=hidden)
            yield event
        else:
            yield event
            if isinstance(event, ChannelCreated):
                yield ServerChanged(audience=event.audience, server=server)


def _changes(was: dict[int, Channel], now: dict[int, Channel]) -> Iterator[Told]:
    """What somebody is told who saw these channels and sees those."""
    for channel_id, channel in was.items():
        if channel_id not in now:
            yield ChannelDeleted, channel
    for channel_id, channel in now.items():
        if channel_id not in was:
            yield ChannelCreated, channel
        elif _differs(was[channel_id], channel):
            yield ChannelUpdated, channel


def attend(tx: Tx, user_id: int, known: Container[int]) -> None:
    """Bring somebody's servers into memory, in order with every other change to them.

    `known` are the servers whose rules are there already; they stay until the server goes.
    """
    standings = rows.standings(tx, user_id)
    missing = (s.server_id for s in standings if s.server_id not in known)
    rules = [rows.of_server(tx, server_id) for server_id in missing]
    tx.emit(
        Attends(
            audience=frozenset(),
            user_id=user_id,
            standings=tuple(standings),
            rules=tuple(each for each in rules if each is not None),
        )
    )


def _allowed(rules: Rules, standing: Standing, channel_id: int | None) -> int:
    """Without regard to time-outs, which take away nothing that decides who hears what."""
    if channel_id is None:
        return permissions.in_server(rules, standing, 1 << 62)
    return permissions.in_channel(rules, standing, channel_id, 1 << 62)


def _differs(before: Channel, after: Channel) -> bool:
    return replace(before, last_message_id=None) != replace(after, last_message_id=None)
