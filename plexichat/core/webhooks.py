"""Webhooks: letting a program write into a channel with nothing but an address.

The address carries a token of its own, shown once; only its SHA-256 is kept. A program writes under
the name it likes, mentions nobody, and reads nothing.
"""

import hashlib
import hmac
import re
import secrets
from dataclasses import dataclass

from plexichat import config
from plexichat.core import channels, embeds, permissions, receipts, servers
from plexichat.core.errors import Forbidden, Invalid, NotFound, Unauthenticated
from plexichat.core.events import Able, MessageCreated, WebhooksChanged
from plexichat.core.messages import one
from plexichat.core.receipts import Online
from plexichat.core.views import MessageView
from plexichat.store import channels as channel_rows
from plexichat.store import messages as message_rows
from plexichat.store import webhooks as rows
from plexichat.store.channels import Channel
from plexichat.store.db import Snapshot, Tx
from plexichat.store.messages import Byline
from plexichat.store.webhooks import Webhook

MANAGE = permissions.BITS["webhooks.manage"]
NAME_LENGTH = 80
CONTENT_LENGTH = 2000
PICTURE = re.compile(r"https?://[^\s\x00-\x1f/]\S{0,2000}")


@dataclass(frozen=True, slots=True)
class Made:
    """A webhook and the token that opens it, for the one time it is shown."""

    webhook: Webhook
    token: str


@dataclass(frozen=True, slots=True)
class Post:
    """What a program wants to say, and as whom."""

    content: str | None = None
    username: str | None = None
    avatar_url: str | None = None
    embeds: tuple[object, ...] = ()


def create(
    tx: Tx, user_id: int, channel_id: int, name: str, avatar_url: str | None, rules: config.Servers
) -> Made:
    channel = _managed(tx, user_id, channel_id)
    assert channel.server_id is not None
    _check(name, avatar_url)
    _refuse_one_more(tx, channel, rules)
    token = secrets.token_urlsafe(48)
    webhook_id = rows.insert(
        tx, channel.server_id, channel_id, user_id, name, avatar_url or None, _digest(token)
    )
    _tell(tx, channel.server_id, channel_id)
    return Made(_get(tx, webhook_id), token)


def show(snap: Snapshot, user_id: int, webhook_id: int) -> Webhook:
    return _own(snap, user_id, webhook_id, channels.ACCESS_DENIED)


def of_channel(snap: Snapshot, user_id: int, channel_id: int) -> list[Webhook]:
    _managed(snap, user_id, channel_id)
    return rows.of_channel(snap, channel_id)


def of_server(snap: Snapshot, user_id: int, server_id: int) -> list[Webhook]:
    """A server's webhooks, in the channels that this person sees."""
    servers.acting(snap, user_id, server_id, MANAGE)
    return [
        webhook
        for webhook in rows.of_server(snap, server_id)
        if channels.reads(snap, user_id, webhook.channel_id)
    ]


def update(
    tx: Tx,
    user_id: int,
    webhook_id: int,
    name: str | None,
    avatar_url: str | None,
    channel_id: int | None,
    rules: config.Servers,
) -> Webhook:
    """Change name, picture (empty: none) or channel, within the server."""
    before = _own(tx, user_id, webhook_id)
    _check(name, avatar_url)
    columns: dict[str, object] = {}
    if name is not None:
        columns["name"] = name
    if avatar_url is not None:
        columns["avatar_url"] = avatar_url or None
    if channel_id is not None and channel_id != before.channel_id:
        channel = _managed(tx, user_id, channel_id)
        if channel.server_id != before.server_id:
            raise Invalid("other_server", "Invalid input: channel_id")
        _refuse_one_more(tx, channel, rules, moving=True)
        columns["channel_id"] = channel_id
    if columns:
        rows.change(tx, webhook_id, **columns)
        after = _get(tx, webhook_id)
        for changed in {before.channel_id, after.channel_id}:
            _tell(tx, before.server_id, changed)
    return _get(tx, webhook_id)


def delete(tx: Tx, user_id: int, webhook_id: int) -> None:
    """Remove a webhook; what it wrote stays."""
    _own(tx, user_id, webhook_id)
    remove(tx, webhook_id)


def remove(tx: Tx, webhook_id: int) -> Webhook:
    """Remove a webhook, whoever made it."""
    webhook = _get(tx, webhook_id)
    rows.delete(tx, webhook_id)
    _tell(tx, webhook.server_id, webhook.channel_id)
    return webhook


def regenerate(tx: Tx, user_id: int, webhook_id: int) -> Made:
    """Give a webhook a new token; the old one is dead at once."""
    _own(tx, user_id, webhook_id)
    token = secrets.token_urlsafe(48)
    rows.change(tx, webhook_id, token_hash=_digest(token))
    return Made(_get(tx, webhook_id), token)


def opened(snap: Snapshot, webhook_id: int, token: str) -> Webhook:
    """The webhook, for whoever has its token."""
    webhook = _get(snap, webhook_id)
    if not hmac.compare_digest(webhook.token_hash, _digest(token)):
        raise Unauthenticated("invalid_token", "Invalid token")
    return webhook


def execute(
    tx: Tx, webhook_id: int, token: str, post: Post, online: Online
) -> MessageView:
    """Write a message as a program; everybody who reads the channel hears of it."""
    webhook = opened(tx, webhook_id, token)
    tx.claim()
    content = (post.content or "").strip() or None
    if content is not None and len(content) > CONTENT_LENGTH:
        raise Invalid("too_long", f"Invalid content: more than {CONTENT_LENGTH} characters")
    if post.username is not None and len(post.username) > NAME_LENGTH:
        raise Invalid("invalid_username", "Invalid content: username")
    if post.avatar_url and not PICTURE.fullmatch(post.avatar_url):
        raise Invalid("invalid_avatar", "Invalid content: avatar_url")
    cards = embeds.checked(post.embeds)
    if content is None and not cards:
        raise Invalid("empty_message", "Empty message")
    channel = channel_rows.by_id(tx, webhook.channel_id)
    assert channel is not None
    byline = Byline(
        webhook.id, post.username or webhook.name, post.avatar_url or webhook.avatar_url
    )
    message_id = message_rows.insert(
        tx, channel.id, webhook.id, content, None, None, message_rows.column(cards), byline
    )
    message = one(tx, channel.id, message_id)
    view = receipts.fresh(channel, message, online)
    tx.emit(MessageCreated(audience=channels.audience(channel), message=view))
    return view


def _managed(snap: Snapshot, user_id: int, channel_id: int) -> Channel:
    """A channel of a server that takes messages, for whoever sees it and manages webhooks."""
    seat = channels.enter(snap, user_id, channel_id, needed=permissions.VIEW)
    channels.refuse_without(seat, MANAGE)
    channel = seat.channel
    if channel.server_id is None:
        raise Forbidden(*channels.PERMISSION_DENIED)
    if channel.kind not in channels.WRITTEN:
        raise Invalid("no_messages_here", "Invalid input: channel_id")
    return channel


def _own(
    snap: Snapshot,
    user_id: int,
    webhook_id: int,
    otherwise: tuple[str, str] = channels.PERMISSION_DENIED,
) -> Webhook:
    """A webhook, for whoever manages those of its channel."""
    webhook = _get(snap, webhook_id)
    channels.get(snap, user_id, webhook.channel_id, otherwise, MANAGE)
    return webhook


def _get(snap: Snapshot, webhook_id: int) -> Webhook:
    webhook = rows.by_id(snap, webhook_id)
    if webhook is None:
        raise NotFound("webhook_not_found", "Webhook not found")
    return webhook


def _refuse_one_more(
    snap: Snapshot, channel: Channel, rules: config.Servers, *, moving: bool = False
) -> None:
    assert channel.server_id is not None
    full = len(rows.of_channel(snap, channel.id)) >= rules.webhooks_per_channel
    if full or (not moving and len(rows.of_server(snap, channel.server_id)) >= rules.webhooks):
        raise Invalid("webhook_limit", "Webhook limit")


def _check(name: str | None, avatar_url: str | None) -> None:
    if name is not None and (not name.strip() or len(name) > NAME_LENGTH):
        raise Invalid("invalid_name", "Invalid input: name")
    if avatar_url and not PICTURE.fullmatch(avatar_url):
        raise Invalid("invalid_avatar", "Invalid input: avatar_url")


def _tell(tx: Tx, server_id: int, channel_id: int) -> None:
    tx.emit(
        WebhooksChanged(
            audience=Able(server_id, MANAGE | permissions.READ, channel_id),
            server_id=server_id,
            channel_id=channel_id,
        )
    )


def _digest(token: str) -> bytes:
    return hashlib.sha256(token.encode()).digest()
