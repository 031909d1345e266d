"""The words for what happens to people and their accounts."""

from plexichat.api import notifications
from plexichat.api.events.words import Worded, word
from plexichat.api.intents import Intent
from plexichat.api.shapes import DELETED_USER, Person, Shapes
from plexichat.api.shapes_events import Alert, Logout, RelationshipRemove, UserUpdate
from plexichat.core.events import (
    NotificationCreated,
    NotificationGone,
    NotificationsRead,
    PresenceChanged,
    RelationshipChanged,
    SecurityAlert,
    SecurityLogout,
    UserUpdated,
)


@word.register
def _(event: UserUpdated, shapes: Shapes) -> Worded:
    user = event.user
    if event.private:
        told = UserUpdate(shapes.oneself(user), shapes.messaging_settings(user))
        return Worded("USER_UPDATE", told)
    avatar = shapes.avatar(user.id, user.avatar)
    person = Person(str(user.id), user.username or DELETED_USER, avatar)
    return Worded("USER_UPDATE", UserUpdate(person))


@word.register
def _(event: RelationshipChanged, shapes: Shapes) -> Worded:
    if event.relation is None:
        return Worded("RELATIONSHIP_REMOVE", RelationshipRemove(str(event.user_id)))
    return Worded("RELATIONSHIP_ADD", shapes.relationship_listed(event.relation, None))


@word.register
def _(event: PresenceChanged, shapes: Shapes) -> Worded:
    return Worded(
        "PRESENCE_UPDATE", shapes.presence_update(event.presence), Intent.GUILD_PRESENCES
    )


@word.register
def _(event: SecurityAlert, shapes: Shapes) -> Worded:
    return Worded("SECURITY_ALERT", Alert(str(event.user_id), event.action, event.detail))


@word.register
def _(event: SecurityLogout, shapes: Shapes) -> Worded:
    return Worded("SECURITY_LOGOUT", Logout(str(event.user_id), event.message))


@word.register
def _(event: NotificationCreated, shapes: Shapes) -> Worded:
    return Worded("NOTIFICATION_CREATE", notifications.shape(event.notification))


@word.register
def _(event: NotificationsRead, shapes: Shapes) -> Worded:
    return Worded("NOTIFICATION_UPDATE", notifications.told_read(event.notification_id))


@word.register
def _(event: NotificationGone, shapes: Shapes) -> Worded:
    return Worded("NOTIFICATION_DELETE", notifications.told_gone(event.notification_id))
