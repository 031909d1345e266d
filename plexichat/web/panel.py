"""The admin API's own gate: where one must be, who one must be, and what one does is written down.

In this order: 404 if there is no such API here, 403 for an address that may not use it, 401 for a
token that is none. Dangerous deeds want the password again beforehand.
"""

import ipaddress
import logging
import secrets
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Concatenate, Final, ParamSpec, TypeVar

from plexichat import ids
from plexichat.config import AdminUi, ConfigError, editing
from plexichat.core import accounts, admin_sessions, administration, deeds, passwords, recovery
from plexichat.core.accounts import Challenge
from plexichat.core.backups.making import Backup
from plexichat.core.deeds import Deed
from plexichat.core.errors import (
    Conflict,
    Forbidden,
    Invalid,
    NotFound,
    Refusal,
    TooSoon,
    Unauthenticated,
)
from plexichat.core.recovery import Link
from plexichat.store.admin_sessions import Admin
from plexichat.store.administration import Account
from plexichat.store.db import Tx
from plexichat.web.limits import network
from plexichat.web.requests import TOKEN, Request, current, house, see
from plexichat.web.routes import Guard

P = ParamSpec("P")
T = TypeVar("T")

log = logging.getLogger(__name__)


async def stand_at_door(request: Request) -> None:
    """Refuse whoever may not even ask."""
    rules = request.house.config.admin_ui
    if not rules.enabled:
        raise NotFound("not_found", "Not found")
    hidden = request.house.proxies.unknown(request.scope["client"], request.headers)
    if hidden or not welcomes(rules, request.address):
        raise Forbidden("address", "Access denied")


async def let_in(request: Request) -> None:
    """Refuse whoever is no admin with a session of their own."""
    await stand_at_door(request)
    given = request.all_headers(b"authorization")
    scheme, _, token = given[0].partition(" ") if len(given) == 1 else ("", "", "")
    if scheme.lower() != "bearer" or not TOKEN.fullmatch(token):
        raise Unauthenticated("invalid_token", "Invalid token")
    db = request.house.db
    request.admin = await db.read(admin_sessions.find, token, request.house.config.admin_ui)
    await db.write(admin_sessions.touch, request.admin)


DOOR: Final = Guard(stand_at_door, None, ("403 Access denied", "404 Not found"))
INSIDE: Final = Guard(
    let_in, "admin", (*DOOR.errors, "401 Invalid token", "401 Invalid or expired token")
)
# What decides where the server listens, what it writes and who may be here.
TERMINAL_ONLY: Final = frozenset(
    ("server", "storage", "logging", "metrics", "admin_ui", "backup", "web")
)
FRESH: Final = "403 Insufficient permissions"  # what `act_freshly` refuses with


def welcomes(rules: AdminUi, address: str) -> bool:
    """Whether the admin API may be used from an address."""
    try:
        found = ipaddress.ip_address(address.partition("%")[0])
    except ValueError:
        return False
    plain = getattr(found, "ipv4_mapped", None) or found
    return any(plain in allowed for allowed in rules.allowed)


def address_in(text: str) -> str:
    """An address that a client wrote down."""
    try:
        return str(ipaddress.ip_address(text.strip()))
    except ValueError:
        raise Invalid("invalid_address", "Invalid input: ip_address") from None


def admin() -> Admin:
    found = current().admin
    assert found is not None, "the route does not ask for an admin"
    return found


async def act(
    deed: Deed, fn: Callable[Concatenate[Tx, P], T], *args: P.args, **kwargs: P.kwargs
) -> T:
    """Do something as the current admin, and write it down."""
    return await _act(False, deed, fn, *args, **kwargs)


async def act_freshly(
    deed: Deed, fn: Callable[Concatenate[Tx, P], T], *args: P.args, **kwargs: P.kwargs
) -> T:
    """Do something dangerous: refused unless the password was given again just now."""
    return await _act(True, deed, fn, *args, **kwargs)


async def _act(
    fresh: bool, deed: Deed, fn: Callable[Concatenate[Tx, P], T], *args: P.args, **kwargs: P.kwargs
) -> T:
    here = house()
    return await here.db.write(
        admin_sessions.acting, admin(), fresh, here.config.admin_ui, deed, fn, *args, **kwargs
    )


@dataclass(frozen=True, slots=True)
class Begun:
    """An admin's login: a token, or what a code turns into one."""

    admin_id: int
    how: str | Challenge


async def log_in(name: str, password: str) -> Begun:
    """Begin an admin's session; whoever is no admin is told nothing else than a wrong password."""
    here, address = house(), current().address
    _count_attempt()
    found = await see(admin_sessions.candidate, name)
    kept = await here.decoy() if found is None else found.password_hash
    matched = await here.slow(passwords.matches, password, kept)
    if found is None or not matched:
        if found is not None:
            await here.db.write(accounts.count_failure, found.user_id, here.config.lockout)
        who = None if found is None else found.user_id
        await here.db.write(deeds.record_attempt, who, name, "auth.login", address)
        raise Unauthenticated("invalid_credentials", "Invalid credentials")
    begun = await here.db.write(admin_sessions.log_in, found, address, here.config.admin_ui)
    if isinstance(begun, str):
        _forgive()
    return Begun(found.user_id, begun)


async def answer_challenge(admin_id: int, token: str, code: str) -> str:
    """Finish an admin's login that waits for its second factor."""
    here, address = house(), current().address
    _count_attempt()
    begun = await here.db.write(
        admin_sessions.answer_challenge, admin_id, token, code, address, here.config.admin_ui
    )
    if begun is None:
        who = str(admin_id)
        await here.db.write(deeds.record_attempt, admin_id, who, "auth.verify_otp", address)
        raise Unauthenticated("invalid_code", "Invalid code")
    _forgive()
    return begun


async def make_account(
    username: str, email: str | None, password: str | None
) -> tuple[Account, Link | None]:
    """An account for somebody; without a password they get a link to set one."""
    here = house()
    if password is not None:
        passwords.check(password, here.config.passwords)
    await see(accounts.check_new, username, email)
    kept = await here.slow(
        passwords.digest, password or secrets.token_urlsafe(32), here.config.passwords.bcrypt_cost
    )
    hours = None if password is not None else here.config.recovery.link_hours
    deed = Deed("users.create", "user", None, {"username": username})
    return await act(deed, recovery.make_account, username, email, kept, hours)


def changeable(key: str) -> bool:
    """Whether an admin who is not at the terminal may change an option."""
    return key.partition(".")[0] not in TERMINAL_ONLY


async def change_config(wanted: Mapping[str, editing.Plain]) -> None:
    """Change options in the configuration file; what would not be right is refused."""
    here = house()
    path = here.config.path
    if path is None:
        raise Conflict("no_config", "No configuration file: the server was started without one")
    for key in wanted:
        if not changeable(key):
            raise Invalid("terminal_only", f"Invalid input: {key} is changed at the terminal only")
    deed = Deed("config.change", None, None, {"options": wanted})
    try:
        text = await here.slow(editing.changed, path, wanted)
        await act_freshly(deed, admin_sessions.nothing)
        await here.slow(editing.replace, path, text)
    except ConfigError as error:
        raise Invalid("invalid_config", f"Invalid input: {error}") from error


async def back_up() -> Backup:
    """Make a backup in the folder for backups; why one could not be made is in the server's log."""
    here, deed = house(), Deed("operations.backup")
    await act_freshly(deed, admin_sessions.nothing)
    try:
        return await here.backups.create(None, _untold)
    except Refusal as refusal:
        log.error("no backup for %s: %s", admin().username, refusal)
        await here.db.write(deeds.record, admin(), deed, "failure")
        raise Conflict("no_backup", "No backup was made") from refusal


def _untold(what: str, done: int, total: int) -> None:
    """Nobody watches how far it is."""


async def log_out_everybody() -> int:
    """End every session there is, a few people at a time; return how many there were."""
    begun = ids.floor(int(time.time() * 1000))
    done = some = await act_freshly(
        Deed("security.logout_all"), administration.log_out_some, begun
    )
    while some:
        some = await house().db.write(administration.log_out_some, begun)
        done += some
    return done


async def prove(password: str) -> int:
    """Give one's password once more; return until when it counts, in milliseconds."""
    here = house()
    was = await proved(password)
    proved_at = await act(Deed("auth.step_up"), admin_sessions.prove, admin(), was)
    return proved_at + here.config.admin_ui.password_minutes * admin_sessions.MINUTE_MS


async def change_password(password: str, becomes: str) -> None:
    """Set one's own password; this session alone goes on."""
    here = house()
    passwords.check(becomes, here.config.passwords)
    was = await proved(password)
    kept = await here.slow(passwords.digest, becomes, here.config.passwords.bcrypt_cost)
    deed = Deed("auth.change_password", "user", admin().id)
    await act(deed, admin_sessions.change_password, admin(), was, kept)


async def proved(password: str) -> bytes:
    """The kept hash, for the admin who knows the password; guesses are counted and written down."""
    here, me = house(), admin()
    _count_attempt()
    found = await see(accounts.credentials, me.id)
    if not await here.slow(passwords.matches, password, found.password_hash):
        await here.db.write(accounts.count_failure, me.id, here.config.lockout)
        await here.db.write(
            deeds.record_attempt, me.id, me.username, "auth.step_up", current().address
        )
        raise Unauthenticated("invalid_password", "Invalid password")
    _forgive()
    return found.password_hash


def _count_attempt() -> None:
    wait = house().lockouts.attempt(network(current().address))
    if wait > 0:
        raise TooSoon("locked_out", "Rate limited", wait)


def _forgive() -> None:
    house().lockouts.forgive(network(current().address))
