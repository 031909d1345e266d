"""What an account here comes with (contract 11, section 5): one tier for everybody."""

from msgspec import Struct

from plexichat.core import badges, reactions, servers, users
from plexichat.web.requests import house, me, see
from plexichat.web.routes import Routes

UNLIMITED = -1

routes = Routes("Features")


class Badge(Struct):
    name: str
    display_name: str
    description: str
    icon: str
    color: str


class TierLimits(Struct):
    name: str
    multiplier: float
    max_voice_minutes_per_day: int
    max_video_minutes_per_day: int
    max_file_uploads_per_day: int
    max_file_size_mb: int
    max_servers: int
    max_message_length: int
    max_reactions_per_message: int
    max_pins_per_channel: int
    custom_emoji_slots: int


class Features(Struct):
    badges: list[Badge]
    tier: str
    tier_limits: TierLimits


@routes.get("/users/@me/features", errors=("404 User not found",))
async def show() -> Features:
    """One's badges, and how much of everything one may have; -1 is any amount."""
    user = await see(users.get, me().id)
    config = house().config
    limits = TierLimits(
        "standard", 1.0, UNLIMITED, UNLIMITED, UNLIMITED,
        config.uploads.max_attachment_bytes >> 20, servers.SERVERS_PER_PERSON,
        config.messages.max_length, reactions.DIFFERENT, config.messages.max_pins,
        config.servers.emojis,
    )  # fmt: skip
    shown = [_badge(badges.known(name)) for name in user.badges]
    return Features(shown, limits.name, limits)


def _badge(badge: badges.Badge) -> Badge:
    return Badge(badge.name, badge.title, badge.description, badge.icon, badge.colour)
