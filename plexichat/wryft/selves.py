"""Paths that name the one who acts: the token decides, and the path must agree."""

from plexichat.core.errors import Forbidden
from plexichat.web.requests import me


def refuse_other(user_id: int) -> None:
    """Refuse whoever acts in somebody else's name."""
    if user_id != me().id:
        raise Forbidden("not_you", "Permission denied: this is not your account")
