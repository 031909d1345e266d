"""What an admin does with people's accounts: what changes, who hears of it, what is refused."""

import pytest

from plexichat import config
from plexichat.core import accounts, administration, deletion, servers, sessions, two_factor
from plexichat.core.accounts import Login
from plexichat.core.errors import Conflict, Forbidden, Invalid, NotFound, Unauthenticated
from plexichat.core.events import SecurityAlert, SecurityLogout, SessionOpened, SessionsClosed
from plexichat.core.sessions import Client, LiveSessions
from plexichat.store import two_factor as two_factor_rows
from plexichat.store import users as user_rows
from plexichat.store.db import Tx
from tests.core.talk import Talk

HERE = Client("203.0.113.7", "a browser")
SESSIONS = config.Sessions()
LOCKOUT = config.Lockout()


async def log_in(talk: Talk, user_id: int) -> str:
    """Log somebody in whose password was found to be right; return their token."""
    checked = await talk.read(accounts.credentials, user_id)
    begun = await talk.write(accounts.log_in, checked, HERE, SESSIONS)
    assert isinstance(begun, Login)
    return begun.token


async def lock_out(talk: Talk, user_id: int) -> None:
    for _ in range(LOCKOUT.max_failures):
        await talk.write(accounts.count_failure, user_id, LOCKOUT)


async def test_people_are_found_by_name_and_by_id(talk: Talk) -> None:
    for name in ("ann", "ANN", str(talk.ann)):
        assert (await talk.read(administration.find, name)).id == talk.ann
    for name in ("dee", "", str(talk.cem + 1), "9" * 30, "²"):
        with pytest.raises(NotFound, match=f"called {name}"):
            await talk.read(administration.find, name)


async def test_a_name_of_digits_goes_before_an_id(talk: Talk) -> None:
    made = await talk.write(accounts.create, str(talk.ann), None, b"")
    assert (await talk.read(administration.find, str(talk.ann))).id == made.id


async def test_a_search_looks_at_names_addresses_and_ids(talk: Talk) -> None:
    await talk.write(accounts.create, "dee", "Straße@example.org", b"")
    for text, names in {
        "": ["ann", "bob", "cem", "dee"],
        "N": ["ann"],
        "STRASSE": ["dee"],
        "%": [],
        str(talk.bob): ["bob"],
        "0": [],
    }.items():
        found = await talk.read(administration.search, text)
        assert [each.username for each in found] == names, text
    page = await talk.read(administration.search, after=talk.ann, limit=2)
    assert [each.username for each in page] == ["bob", "cem"]
    page = await talk.read(administration.search, limit=2, offset=3)
    assert [each.username for each in page] == ["dee"]


async def test_who_is_suspended_is_told_and_has_no_session_and_begins_none(talk: Talk) -> None:
    await log_in(talk, talk.ann)
    await talk.write(administration.suspend, talk.ann, None)
    suspended, closed = talk.told[-2:]
    assert isinstance(closed, SessionsClosed)
    assert isinstance(suspended, SecurityLogout)
    assert suspended.audience == frozenset((talk.ann,))
    assert suspended.message == "Account suspended"
    assert await talk.read(sessions.mine, talk.ann) == []
    with pytest.raises(Forbidden, match="Account locked") as refused:
        await talk.read(accounts.candidate, "ann")
    assert refused.value.extra == {"reason": "Account suspended"}
    with pytest.raises(Forbidden):
        await log_in(talk, talk.ann)
    await talk.write(administration.restore, talk.ann)
    await log_in(talk, talk.ann)


async def test_a_suspension_for_a_while_ends_by_itself(talk: Talk) -> None:
    account = await talk.write(administration.suspend, talk.ann, 3600)
    with pytest.raises(Forbidden):
        await log_in(talk, talk.ann)

    def later(tx: Tx) -> None:
        user_rows.change(talk.ann, suspended_until=tx.now)

    assert account.suspended_until < administration.ENDLESS
    await talk.write(later)
    await log_in(talk, talk.ann)


async def test_a_new_password_lets_in_whom_wrong_ones_locked_out(talk: Talk) -> None:
    await log_in(talk, talk.ann)
    await lock_out(talk, talk.ann)
    talk.told.clear()
    await talk.write(administration.set_password, talk.ann, b"new")
    assert [event.action for event in talk.heard(SecurityAlert)] == ["password_change"]
    assert await talk.read(sessions.mine, talk.ann) == []
    await log_in(talk, talk.ann)


async def test_a_new_password_lets_in_nobody_who_is_suspended(talk: Talk) -> None:
    await talk.write(administration.suspend, talk.ann, None)
    await talk.write(administration.set_password, talk.ann, b"new")
    with pytest.raises(Forbidden):
        await log_in(talk, talk.ann)


async def test_restoring_lets_in_whom_wrong_passwords_locked_out(talk: Talk) -> None:
    await lock_out(talk, talk.ann)
    await talk.write(administration.restore, talk.ann)
    await log_in(talk, talk.ann)
    with pytest.raises(Conflict, match="ann is not locked out"):
        await talk.write(administration.restore, talk.ann)


async def test_sessions_know_at_once_whether_they_are_an_admins(talk: Talk) -> None:
    live = LiveSessions()
    token = await log_in(talk, talk.ann)
    for event in talk.heard(SessionOpened):
        live.apply(event)
    for admin in (True, False):
        account = await talk.write(administration.appoint, talk.ann, admin=admin)
        assert account.is_admin == admin
        for event in talk.heard(SessionOpened):
            live.apply(event)
        assert live.find(token, 0).is_admin == admin
        with pytest.raises(Conflict):
            await talk.write(administration.appoint, talk.ann, admin=admin)


async def test_who_lost_their_second_factor_logs_in_without(talk: Talk) -> None:
    with pytest.raises(Invalid):
        await talk.write(administration.reset_two_factor, talk.ann)

    def turn_on(tx: Tx) -> None:
        two_factor.enable(tx, talk.ann, "here")
        user_rows.change(talk.ann, totp_enabled=1)

    await talk.write(turn_on)
    await talk.write(administration.reset_two_factor, talk.ann)
    await log_in(talk, talk.ann)
    assert await talk.read(two_factor_rows.totp, talk.ann) is None


async def test_a_deletion_at_once_is_taken_back_by_no_login(talk: Talk) -> None:
    await log_in(talk, talk.ann)
    await talk.write(administration.delete, talk.ann)
    assert await talk.read(sessions.mine, talk.ann) == []
    with pytest.raises(Unauthenticated):
        await log_in(talk, talk.ann)
    with pytest.raises(Invalid):
        await talk.write(administration.spare, talk.ann)
    while await talk.write(deletion.purge):
        pass
    with pytest.raises(NotFound):
        await talk.read(administration.find, "ann")
    assert [each.username for each in await talk.read(administration.search)] == ["bob", "cem"]


async def test_a_later_deletion_can_be_taken_back(talk: Talk) -> None:
    account = await talk.write(administration.delete, talk.ann, 30)
    assert await talk.read(administration.deletions) == [account]
    assert await talk.write(deletion.purge) is False
    assert (await talk.write(administration.spare, talk.ann)).deletion_at is None


async def test_who_owns_a_server_is_not_deleted(talk: Talk) -> None:
    server = await talk.write(servers.create, talk.ann, "Maple Street", None)
    with pytest.raises(Invalid, match=f"Maple Street .{server.id}."):
        await talk.write(administration.delete, talk.ann)


@pytest.mark.parametrize(
    "act",
    [
        lambda tx, nobody: administration.suspend(tx, nobody, None),
        lambda tx, nobody: administration.restore(tx, nobody),
        lambda tx, nobody: administration.log_out(tx, nobody),
        lambda tx, nobody: administration.appoint(tx, nobody, admin=True),
        lambda tx, nobody: administration.set_password(tx, nobody, b""),
        lambda tx, nobody: administration.reset_two_factor(tx, nobody),
        lambda tx, nobody: administration.delete(tx, nobody),
        lambda tx, nobody: administration.spare(tx, nobody),
        lambda tx, nobody: administration.show(tx, nobody),
    ],
)
async def test_nothing_is_done_with_nobody(act, talk: Talk) -> None:  # type: ignore[no-untyped-def]
    with pytest.raises(NotFound):
        await talk.write(act, talk.cem + 1)
    assert talk.told == []
