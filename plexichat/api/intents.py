"""What a gateway client asks to hear (contract 16, section 5)."""

from enum import IntFlag


class Intent(IntFlag):
    """What a client may ask for; the order is the wire's."""

    GUILDS = 1 << 0
    GUILD_MEMBERS = 1 << 1
    GUILD_BANS = 1 << 2
    GUILD_EMOJIS = 1 << 3
    GUILD_INTEGRATIONS = 1 << 4
    GUILD_WEBHOOKS = 1 << 5
    GUILD_INVITES = 1 << 6
    GUILD_VOICE_STATES = 1 << 7
    GUILD_PRESENCES = 1 << 8
    GUILD_MESSAGES = 1 << 9
    GUILD_MESSAGE_REACTIONS = 1 << 10
    GUILD_MESSAGE_TYPING = 1 << 11
    DIRECT_MESSAGES = 1 << 12
    DIRECT_MESSAGE_REACTIONS = 1 << 13
    DIRECT_MESSAGE_TYPING = 1 << 14
    MESSAGE_CONTENT = 1 << 15
    SCHEDULED_EVENTS = 1 << 16
    THREADS = 1 << 17
    AUTOMOD = 1 << 18
    AUDIT_LOG = 1 << 19
    ARTIFACTS = 1 << 20


ALL = (1 << 21) - 1
PRIVILEGED = int(Intent.GUILD_MEMBERS | Intent.GUILD_PRESENCES | Intent.MESSAGE_CONTENT)
DEFAULT = ALL & ~int(
    PRIVILEGED
    | Intent.SCHEDULED_EVENTS
    | Intent.THREADS
    | Intent.AUTOMOD
    | Intent.AUDIT_LOG
    | Intent.ARTIFACTS
)
ALWAYS = Intent(0)
