"""Links that open one file for a while to whoever holds them, so that `<img>` needs no headers."""

import base64
import hmac
import secrets
from collections.abc import Callable
from dataclasses import dataclass

from plexichat.core.errors import Unauthenticated
from plexichat.store import uploads as rows
from plexichat.store.db import Tx

STEPS = 6  # of a link's life; those made within one are equal, so that a browser's cache knows them


@dataclass(frozen=True, slots=True)
class Links:
    """Signs names with the server's own key; `clock` tells Unix seconds."""

    key: bytes
    clock: Callable[[], float]
    life_seconds: int = 3600

    def sign(self, name: str) -> str:
        """The query that opens this file."""
        step = self.life_seconds // STEPS
        until = (int(self.clock()) + self.life_seconds) // step * step
        return f"e={until}&s={self._signature(name, str(until))}"

    def check(self, name: str, until: str, signature: str) -> None:
        """Refuse a link that this server did not make, or made too long ago."""
        if not hmac.compare_digest(self._signature(name, until).encode(), signature.encode()):
            raise Unauthenticated("invalid_token", "Invalid token")
        if int(until) < self.clock():
            raise Unauthenticated("token_expired", "Token expired")

    def _signature(self, name: str, until: str) -> str:
        digest = hmac.digest(self.key, f"{name}|{until}".encode(), "sha256")
        return base64.urlsafe_b64encode(digest).rstrip(b"=").decode()


def key(tx: Tx) -> bytes:
    """The key of this server's links, made at the first start."""
    return rows.secret(tx, "links", secrets.token_bytes(32))
