"""People as the admin API shows them."""

from typing import Literal

from msgspec import Struct

from plexichat.api.shapes import Id, Seconds, created, seconds
from plexichat.core.administration import ENDLESS
from plexichat.store.administration import Account


class AdminUser(Struct):
    id: Id
    username: str
    email: str
    tier: str
    badges: tuple[str, ...]
    created_at: Seconds
    deletion_status: Literal["active", "scheduled"]
    deletion_at: Seconds | None


class AdminUserDetail(AdminUser):
    """Locked without `locked_until` is until further notice."""

    last_login: Seconds | None
    account_locked: bool
    locked_until: Seconds | None
    force_username_change: bool
    is_admin: bool
    totp_enabled: bool
    sessions: int


def line(account: Account) -> AdminUser:
    return AdminUser(
        str(account.id), account.username, account.email or "", "standard", account.badges,
        created(account.id), "active" if account.deletion_at is None else "scheduled",
        seconds(account.deletion_at),
    )  # fmt: skip


def detail(account: Account, login_id: int | None, now: int) -> AdminUserDetail:
    """Somebody, whose last login that still counts began the session `login_id`."""
    until = max(account.suspended_until, account.locked_until)
    locked = until > now
    shown = line(account)
    return AdminUserDetail(
        shown.id, shown.username, shown.email, shown.tier, shown.badges, shown.created_at,
        shown.deletion_status, shown.deletion_at,
        None if login_id is None else created(login_id), locked,
        seconds(until) if locked and until < ENDLESS else None, False, account.is_admin,
        account.totp_enabled, account.sessions,
    )  # fmt: skip
