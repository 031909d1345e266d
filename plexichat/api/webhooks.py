"""Webhooks: managing them, and what programs post to them (contract group webhooks)."""

from typing import Any, ClassVar

from msgspec import UNSET, Struct, UnsetType
from msgspec.structs import asdict

from plexichat.api import senders
from plexichat.api.shapes import SUCCESS, Id, Seconds, Success, created
from plexichat.core import webhooks
from plexichat.core.errors import Invalid
from plexichat.core.webhooks import Made, Post
from plexichat.store.webhooks import Webhook
from plexichat.web.answer import refuse_over
from plexichat.web.bodies import DIGITS, snowflake
from plexichat.web.requests import act, current, house, me, see
from plexichat.web.routes import Routes

routes = Routes("Webhooks")

MANAGED = ("400 Invalid webhook ID", "403 Permission denied", "404 Webhook not found")
MANAGED_HERE = (*MANAGED, "403 Access denied")
EXECUTED = (
    "400 Invalid ID format", "400 Invalid content", "400 Invalid input", "400 Empty message",
    "401 Invalid token", "404 Webhook not found",
)  # fmt: skip


class NewWebhook(Struct):
    channel_id: str | int
    name: str
    avatar_url: str | None = None


class Changes(Struct):
    name: str | None = None
    avatar_url: str | UnsetType | None = UNSET
    channel_id: str | int | None = None


class WebhookListed(Struct):
    id: Id
    channel_id: Id
    server_id: Id
    guild_id: Id
    creator_id: Id
    name: str
    avatar_url: str | None
    created_at: Seconds


class WebhookShape(WebhookListed):
    """`token` and `url` are shown when the token is made, and never again."""

    token: str | None = None
    url: str | None = None


class NewPost(Struct):
    """What a program says: in our words and Discord's, or in Slack's."""

    phrases: ClassVar = dict.fromkeys(
        ("content", "text", "username", "embeds", "attachments"), "Invalid content"
    )
    content: str | None = None
    text: str | None = None
    username: Any = None
    avatar_url: Any = None
    icon_url: Any = None
    embeds: Any = None
    attachments: Any = None
    thread_id: Any = None


class Waiting(Struct):
    wait: bool = False
    thread_id: str | None = None


class Executed(Struct, omit_defaults=True):
    """`success` alone, or with `wait` the message that came of it."""

    success: bool | UnsetType = UNSET
    id: Id | UnsetType = UNSET
    webhook_id: Id | UnsetType = UNSET
    channel_id: Id | UnsetType = UNSET
    content: str | UnsetType | None = UNSET
    username: str | UnsetType = UNSET
    avatar_url: str | UnsetType | None = UNSET
    created_at: Seconds | UnsetType = UNSET


@routes.post(
    "/webhooks",
    bucket="create_webhook",
    errors=(
        "400 Invalid input", "400 Invalid channel ID", "400 Webhook limit", "403 Access denied",
        "403 Permission denied", "404 Channel not found",
    ),
)  # fmt: skip
async def create(body: NewWebhook) -> WebhookShape:
    """Let a program write into a channel."""
    channel_id = snowflake(body.channel_id, "channel")
    rules = house().config.servers
    return _made(
        await act(webhooks.create, me().id, channel_id, body.name, body.avatar_url, rules)
    )


@routes.get("/webhooks/<webhook_id>", errors=("403 Access denied", *MANAGED))
async def show(webhook_id: int) -> WebhookShape:
    """A webhook, without its token."""
    return _shape(await see(webhooks.show, me().id, webhook_id))


@routes.patch(
    "/webhooks/<webhook_id>",
    errors=(
        *MANAGED_HERE, "400 Invalid input", "400 Invalid channel ID", "400 Webhook limit",
        "404 Channel not found",
    ),
)  # fmt: skip
async def update(webhook_id: int, body: Changes) -> WebhookShape:
    """Change name, picture or channel."""
    channel_id = None if body.channel_id is None else snowflake(body.channel_id, "channel")
    avatar_url = None if body.avatar_url is UNSET else body.avatar_url or ""
    changed = await act(
        webhooks.update, me().id, webhook_id, body.name, avatar_url, channel_id,
        house().config.servers,
    )
    return _shape(changed)


@routes.delete("/webhooks/<webhook_id>", errors=MANAGED_HERE)
async def delete(webhook_id: int) -> Success:
    """Let the program write no more; what it wrote stays."""
    await act(webhooks.delete, me().id, webhook_id)
    return SUCCESS


@routes.post("/webhooks/<webhook_id>/regenerate-token", errors=MANAGED_HERE)
async def regenerate(webhook_id: int) -> WebhookShape:
    """Give a webhook a new token; the old one is dead at once."""
    return _made(await act(webhooks.regenerate, me().id, webhook_id))


@routes.get(
    "/channels/<channel_id>/webhooks",
    errors=(
        "400 Invalid channel ID", "400 Invalid input", "403 Access denied",
        "403 Permission denied", "404 Channel not found",
    ),
)  # fmt: skip
async def of_channel(channel_id: int) -> list[WebhookListed]:
    """The webhooks of a channel."""
    return [_listed(each) for each in await see(webhooks.of_channel, me().id, channel_id)]


@routes.get(
    "/servers/<server_id>/webhooks",
    errors=(
        "400 Invalid server ID", "403 Access denied", "403 Permission denied",
        "404 Server not found",
    ),
)  # fmt: skip
async def of_server(server_id: int) -> list[WebhookListed]:
    """The webhooks of a server, in the channels one sees."""
    return [_listed(each) for each in await see(webhooks.of_server, me().id, server_id)]


@routes.post(
    "/webhooks/<hook>/<token>", public=True, bucket="webhook", per="hook", errors=EXECUTED
)
async def execute(hook: str, token: str, body: NewPost, query: Waiting) -> Executed:
    """Post as a program, in our words, Discord's or Slack's. `wait` answers with the message."""
    if query.thread_id is not None or body.thread_id is not None:
        raise Invalid("no_threads", "Invalid content: thread_id")
    return await _execute(hook, token, senders.post(asdict(body)), query.wait)


@routes.post(
    "/webhooks/<hook>/<token>/slack", public=True, bucket="webhook", per="hook", errors=EXECUTED
)
async def slack(hook: str, token: str, body: NewPost, query: Waiting) -> Executed:
    """Post in Slack's words."""
    return await _execute(hook, token, senders.post(asdict(body)), query.wait)


@routes.post(
    "/webhooks/<hook>/<token>/github", public=True, bucket="webhook", per="hook", errors=EXECUTED
)
async def github(hook: str, token: str, body: dict[str, Any]) -> Success:
    """Tell what happened in a repository; events that nobody needs to read are accepted too."""
    post = senders.github(current().header(b"x-github-event") or "", body)
    if post is None:
        await see(webhooks.opened, _id(hook), token)
        return SUCCESS
    await _execute(hook, token, post, wait=False)
    return SUCCESS


async def _execute(hook: str, token: str, post: Post, wait: bool) -> Executed:
    here = house()
    webhook = await see(webhooks.opened, _id(hook), token)
    refuse_over(here.limits.take("webhook_channel", webhook.channel_id), "route")
    online = here.online(webhook.channel_id)
    view = await here.db.write(webhooks.execute, webhook.id, token, post, online)
    if not wait:
        return Executed(success=True)
    shape = here.shapes.message(view)
    return Executed(
        UNSET, shape.id, str(webhook.id), shape.channel_id, shape.content,
        shape.author_username, shape.author_avatar_url, shape.created_at,
    )  # fmt: skip


def _id(hook: str) -> int:
    if not DIGITS.fullmatch(hook):
        raise Invalid("invalid_id", "Invalid ID format")
    return snowflake(hook, "webhook")


def _listed(webhook: Webhook) -> WebhookListed:
    server_id = str(webhook.server_id)
    return WebhookListed(
        str(webhook.id), str(webhook.channel_id), server_id, server_id, str(webhook.creator_id),
        webhook.name, webhook.avatar_url, created(webhook.id),
    )  # fmt: skip


def _shape(webhook: Webhook, token: str | None = None) -> WebhookShape:
    shape = WebhookShape(**asdict(_listed(webhook)))
    if token is not None:
        shape.token = token
        shape.url = f"{house().shapes.origin}/api/v1/webhooks/{webhook.id}/{token}"
    return shape


def _made(made: Made) -> WebhookShape:
    return _shape(made.webhook, made.token)
