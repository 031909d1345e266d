"""What one was told of because it concerns one (contract 11, section 2)."""

import re
from typing import Annotated

from msgspec import Meta, Struct

from plexichat.api.shapes import DELETED_USER, SUCCESS, Id, Seconds, Success, created
from plexichat.core import notifications
from plexichat.store.notifications import Notification as Row
from plexichat.web.bodies import snowflake
from plexichat.web.requests import act, me, see
from plexichat.web.routes import Routes

PREVIEW_LENGTH = 100
CALLED = re.compile(r"<@[!&]?[0-9]+>", re.ASCII)

routes = Routes("Notifications")


class Notification(Struct):
    id: Id
    type: str
    title: str
    content: str
    content_preview: str | None
    read: bool
    created_at: Seconds
    link: str | None
    sender_id: Id | None


class Listed(Struct):
    notifications: list[Notification]
    unread_count: int


class Read(Struct):
    id: Id
    read: bool = True


class AllRead(Struct):
    all_read: bool = True


class Gone(Struct):
    id: Id


class Query(Struct):
    limit: Annotated[int, Meta(ge=1, le=notifications.PAGE_LIMIT)] = notifications.PAGE
    before: str | None = None
    unread_only: bool = False


@routes.get(
    "/users/@me/notifications", errors=("400 Invalid input", "400 Invalid notification ID")
)
async def show_all(query: Query) -> Listed:
    """What one was told of during the last month, the newest first."""
    before = None if query.before is None else snowflake(query.before, "notification")
    found, unread = await see(
        notifications.mine, me().id, before, query.limit, query.unread_only
    )
    return Listed([shape(each) for each in found], unread)


@routes.put("/users/@me/notifications/read-all")
async def read_all() -> Success:
    """Count all of them as read."""
    await act(notifications.read_all, me().id)
    return SUCCESS


@routes.put(
    "/users/@me/notifications/<notification_id>/read",
    errors=("400 Invalid notification ID", "404 Notification not found"),
)
async def read(notification_id: int) -> Success:
    """Count one as read."""
    await act(notifications.read, me().id, notification_id)
    return SUCCESS


def shape(told: Row) -> Notification:
    content = told.content or ""
    link = None if told.message_id is None else f"/channels/{told.channel_id}/{told.message_id}"
    return Notification(
        str(told.id), told.kind, _title(told), content, _preview(content),
        told.seen, created(told.id), link, str(told.sender_id),
    )  # fmt: skip


def _preview(content: str) -> str | None:
    """The beginning of what was said, without whom it calls."""
    return " ".join(CALLED.sub(" ", content).split())[:PREVIEW_LENGTH] or None


def told_read(notification_id: int | None) -> Read | AllRead:
    """How sockets hear that one counts as read, or all do."""
    return AllRead() if notification_id is None else Read(str(notification_id))


def told_gone(notification_id: int) -> Gone:
    return Gone(str(notification_id))


def _title(told: Row) -> str:
    sender = told.sender_name or DELETED_USER
    if told.message_id is None:
        return f"{sender} wants to be friends"
    return f"{sender} in #{told.channel_name}" if told.channel_name else sender
