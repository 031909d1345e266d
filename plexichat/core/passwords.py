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
    lacks = [
        sentence
        for failed, sentence in (
            (len(password) < policy.min_length, f"at least {policy.min_length} characters"),
            (len(password) > policy.max_length, f"at most {policy.max_length} characters"),
            (policy.require_uppercase and not any(c.isupper() for c in password), "an upper-case letter"),
            (policy.require_lowercase and not any(c.islower() for c in password), "a lower-case letter"),
            (policy.require_digit and not any(c.isdigit() for c in password), "a digit"),
            (
                policy.require_special and not any(c in string.punctuation for c in password),
                "a special character",
            ),
        )
        if failed
    ]  # fmt: skip
    if lacks:
        raise Invalid("weak_password", f"Weak password: needs {', '.join(lacks)}")


def digest(password: str, cost: int) -> bytes:
    return bcrypt.hashpw(_short(password), bcrypt.gensalt(cost))


def matches(password: str, kept: bytes) -> bool:
    return bcrypt.checkpw(_short(password), kept)


def _short(password: str) -> bytes:
    return base64.b64encode(hashlib.sha256(password.encode()).digest())
