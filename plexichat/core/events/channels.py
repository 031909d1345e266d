"""Conversations, notes and the channels of servers."""

from dataclasses import dataclass

from plexichat.core.events.event import Event
from plexichat.store.channels import Channel, Conversation


@dataclass(frozen=True, slots=True, kw_only=True)
class NotesCreated(Event):
    notes: Channel


@dataclass(frozen=True, slots=True, kw_only=True)
class ConversationCreated(Event):
    """A DM came into being, as its audience sees it."""

    conversation: Conversation


@dataclass(frozen=True, slots=True, kw_only=True)
class ChannelCreated(Event):
    """A channel of a server came into being, or into sight."""

    channel: Channel


@dataclass(frozen=True, slots=True, kw_only=True)
class ChannelUpdated(Event):
    channel: Channel


@dataclass(frozen=True, slots=True, kw_only=True)
class ChannelDeleted(Event):
    """A channel of a server is gone, or out of sight."""

    channel: Channel


@dataclass(frozen=True, slots=True, kw_only=True)
class WebhooksChanged(Event):
    """The webhooks of a channel are not the same as before."""

    server_id: int
    channel_id: int
