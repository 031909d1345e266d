"""Proving who one is: the same three steps in every dialect.

Read what is known, compare or hash on the slow thread, then let core decide inside a transaction.
"""

import logging
from datetime import UTC, datetime

from plexichat import config
from plexichat.core import (
    accounts,
    deletion,
    invites,
    passwords,
    recovery,
    sessions,
    two_factor,
    users,
)
from plexichat.core.accounts import Age, Challenge, Login
from plexichat.core.errors import Forbidden, Invalid, Unauthenticated
from plexichat.core.users import Changes
from plexichat.store.users import User
from plexichat.web.requests import act, bearer, client, current, house, me, see

log = logging.getLogger(__name__)


async def register(
    username: str,
    email: str,
    password: str,
    age: Age,
    invite_code: str | None,
    session_rules: config.Sessions | None = None,
) -> Login:
    """Make an account and log it in."""
    here = house()
    mode = here.config.registration.mode
    await see(invites.check_registration, mode, invite_code)
    passwords.check(password, here.config.passwords)
    accounts.check_age(here.config.age_gate, age, datetime.now(UTC).date())
    await see(accounts.check_new, username, email)
    hashed = await here.slow(passwords.digest, password, here.config.passwords.bcrypt_cost)
    return await here.db.write(
        accounts.register, username, email, hashed, here.config.age_gate.enabled,
        mode, invite_code, client(), session_rules or here.config.sessions,
    )  # fmt: skip


async def log_in(name: str, password: str) -> Login | Challenge:
    """Log in whoever has this name or address; a stranger costs as much time."""
    here = house()
    found = await see(accounts.candidate, name)
    kept = await here.decoy() if found is None else found.password_hash
    proved = await here.slow(passwords.matches, password, kept)
    if found is None or not proved:
        if found is not None:
            await here.db.write(accounts.count_failure, found.user_id, here.config.lockout)
        raise Unauthenticated("invalid_credentials", "Invalid credentials")
    return await here.db.write(accounts.log_in, found, client(), here.config.sessions)


async def log_in_at_once(address: str, secret: str, rules: config.Sessions) -> Login:
    """Log in by address and password, which a second factor's code follows where there is one."""
    here = house()
    found, wants_code = await see(accounts.candidate_at_once, address)
    code = None
    if wants_code:
        secret, code = secret[: -two_factor.CODE_LENGTH], secret[-two_factor.CODE_LENGTH :]
    kept = await here.decoy() if found is None else found.password_hash
    proved = await here.slow(passwords.matches, secret, kept)
    login = None
    if found is not None and proved:
        login = await here.db.write(accounts.log_in_at_once, found, code, client(), rules)
    if login is None:
        if found is not None:
            await here.db.write(accounts.count_failure, found.user_id, here.config.lockout)
        raise Unauthenticated("invalid_credentials", "Invalid credentials")
    return login


async def answer_challenge(token: str, code: str) -> Login:
    """Finish a login that waits for its second factor."""
    here = house()
    login = await here.db.write(
        accounts.answer_challenge, token, code, client(), here.config.sessions
    )
    if login is None:
        raise Unauthenticated("invalid_code", "Invalid code")
    return login


async def refresh() -> Login:
    """The same token once more, its session extended if it nears its end."""
    here = house()
    await act(sessions.extend, (me().session_id,), here.config.sessions)
    return Login(bearer(current()), await see(users.get, me().id))


async def update(wanted: Changes, password: str | None, current_password: str | None) -> User:
    """Change one's own account; a new password needs the present one."""
    here = house()
    users.check(wanted)
    if password is None:
        return await act(users.update, me().id, wanted)
    passwords.check(password, here.config.passwords)
    if not current_password:
        raise Invalid("missing_current_password", "Missing current_password")
    was = await prove(current_password)
    becomes = await here.slow(passwords.digest, password, here.config.passwords.bcrypt_cost)
    return await act(
        accounts.update, me().id, wanted, accounts.NewPassword(was, becomes, me().session_id)
    )


async def ask_for_link(email: str) -> None:
    """Let the admin know that somebody wants a link; who asks learns nothing of it."""
    user = await see(recovery.asker, email)
    if user is not None:
        log.warning(
            "%s asks for a new password: plexichat user recovery-link %s",
            user.username, user.username,
        )  # fmt: skip


async def recover_by_link(token: str, password: str) -> None:
    """Set a new password for whoever an admin's link was made for."""
    await see(recovery.check_link, token)
    await house().db.write(recovery.use_link, token, await _digest(password))


async def recover_by_code(name: str, code: str, password: str) -> None:
    """Set a new password for whoever has this name or address, and made this code."""
    await see(recovery.check_code, name, code)
    await house().db.write(recovery.use_code, name, code, await _digest(password))


async def leave(password: str, code: str | None) -> None:
    """Begin the grace after which one's own account is deleted."""
    was = await proved(password)
    if was is None:
        raise Invalid("incorrect_password", "Incorrect password")
    await act(deletion.schedule, me().id, was, code, house().config.account_deletion)


async def _digest(password: str) -> bytes:
    policy = house().config.passwords
    passwords.check(password, policy)
    return await house().slow(passwords.digest, password, policy.bcrypt_cost)


async def prove(password: str) -> bytes:
    """The kept hash of one's own password, for whoever knows it; others are refused."""
    was = await proved(password)
    if was is None:
        raise Forbidden("incorrect_password", "Incorrect current password")
    return was


async def proved(password: str) -> bytes | None:
    """The kept hash if this is one's own password."""
    found = await see(accounts.credentials, me().id)
    matched = await house().slow(passwords.matches, password, found.password_hash)
    return found.password_hash if matched else None
