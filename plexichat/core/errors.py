"""Every refusal that core can utter.

    Refusal
    ├── Invalid           the request itself is wrong
    ├── Unauthenticated   nobody, or not who they claim to be
    ├── Forbidden         known, and not allowed
    ├── NotFound          absent, or not for these eyes
    ├── Conflict          true, but it is already so
    └── TooSoon           allowed, later

`code` is for programs and never changes; `message` is for people. A dialect maps kind to status.
"""

from collections.abc import Mapping
from types import MappingProxyType


class Refusal(Exception):
    """A request refused by a rule; the transaction it was made in leaves no trace."""

    def __init__(
        self, code: str, message: str, extra: Mapping[str, object] = MappingProxyType({})
    ) -> None:
        super().__init__(message)
        self.code = code
        self.message = message
        self.extra = extra


class Invalid(Refusal):
    """The request itself is wrong."""


class Unauthenticated(Refusal):
    """Nobody, or not who they claim to be."""


class Forbidden(Refusal):
    """Known, and not allowed."""


class NotFound(Refusal):
    """Absent, or not for these eyes."""


class Conflict(Refusal):
    """Already so."""


class TooSoon(Refusal):
    """Allowed after `retry_after` seconds."""

    def __init__(self, code: str, message: str, retry_after: float) -> None:
        super().__init__(code, message, {"retry_after": retry_after})
        self.retry_after = retry_after
