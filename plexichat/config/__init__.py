"""Every choice an operator has: read once at start, then passed to whoever needs it."""

from plexichat.config.kinds import Network, Rate
from plexichat.config.options import (
    AgeGate,
    Config,
    Gateway,
    Lockout,
    Logging,
    Messages,
    Option,
    Passwords,
    RateLimits,
    Registration,
    Server,
    Sessions,
    Storage,
    TwoFactor,
    Versioning,
    describe,
)
from plexichat.config.sources import ConfigError, load, locate

__all__ = [
    "AgeGate",
    "Config",
    "ConfigError",
    "Gateway",
    "Lockout",
    "Logging",
    "Messages",
    "Network",
    "Option",
    "Passwords",
    "Rate",
    "RateLimits",
    "Registration",
    "Server",
    "Sessions",
    "Storage",
    "TwoFactor",
    "Versioning",
    "describe",
    "load",
    "locate",
]
