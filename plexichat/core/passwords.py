"""Passwords: what makes one acceptable, and how it is kept.

bcrypt reads 72 bytes at most, so it is given the SHA-256 of the password in base64. Hashing takes
a quarter of a second on purpose: callers run `digest` and `matches` away from the event loop.
"""

import base64
import hashlib
import string

import bcrypt

from plexichat.config import Passwords
from plexichat.core.errors import Invalid


def check(password: str, policy: Passwords) -> None:
    """Refuse a password that the policy does not allow, saying what it lacks."""
    has_special = any(c in string.punctuation for c in password)
    needs = {
        f"at least {policy.min_length} characters": len(password) >= policy.min_length,
        f"at most {policy.max_length} characters": len(password) <= policy.max_length,
        "an upper-case letter": not policy.require_uppercase or any(map(str.isupper, password)),
        "a lower-case letter": not policy.require_lowercase or any(map(str.islower, password)),
        "a digit": not policy.require_digit or any(map(str.isdigit, password)),
        "a special character": not policy.require_special or has_special,
    }
    lacks = [need for need, met in needs.items() if not met]
    if lacks:
        raise Invalid("weak_password", f"Weak password: needs {', '.join(lacks)}")


def digest(password: str, cost: int) -> bytes:
    return bcrypt.hashpw(_short(password), bcrypt.gensalt(cost))


def matches(password: str, kept: bytes) -> bool:
    return bcrypt.checkpw(_short(password), kept)


def _short(password: str) -> bytes:
    return base64.b64encode(hashlib.sha256(password.encode()).digest())
