"""Each event in the wire's words."""

import msgspec
import pytest
from quart import Quart

from plexichat.api.events import word
from plexichat.api.intents import ALL, DEFAULT, PRIVILEGED, Intent
from plexichat.app import House
from plexichat.core.events import SecurityLogout, SessionsClosed
from tests.api.line import listening
from tests.cast import PASSWORD, Person


def test_intents_are_the_numbers_of_the_wire() -> None:
    assert (ALL, DEFAULT, PRIVILEGED) == (2_097_151, 32_509, 33_026)
    assert int(Intent.DIRECT_MESSAGES) == 4096


async def test_a_message_is_told_to_both_without_what_only_one_may_see(
    url: str, ann: Person, bob: Person
) -> None:
    channel = await ann.dm(bob)
    async with listening(url, ann) as anns, listening(url, bob) as bobs:
        said = await ann.say(channel, "hello")
        for line in (anns, bobs):
            (heard,) = await line.beat()
            assert heard["t"] == "MESSAGE_CREATE"
            neutral = {"status": None, "read": False, "server_id": None, "guild_id": None}
            assert heard["d"] == said | neutral


async def test_a_new_conversation_is_told_to_each_as_they_see_it(
    url: str, ann: Person, bob: Person
) -> None:
    async with listening(url, ann) as anns, listening(url, bob) as bobs:
        await ann.dm(bob)
        await ann.dm(bob)
        for line, person in ((anns, ann), (bobs, bob)):
            (heard,) = await line.beat()
            assert heard["t"] == "CHANNEL_CREATE"
            assert [heard["d"]] == (await person.get("/users/@me/channels")).json()


async def test_a_new_name_is_told_and_the_address_to_oneself_alone(
    url: str, ann: Person, bob: Person, cem: Person
) -> None:
    await ann.dm(bob)
    async with (
        listening(url, ann) as anns,
        listening(url, bob) as bobs,
        listening(url, cem) as cems,
    ):
        await ann.patch("/users/@me", {"username": "anna"})
        (own,), (others,) = await anns.beat(), await bobs.beat()
        person = {"id": ann.id, "username": "anna", "avatar_url": None}
        assert (own["t"], own["d"]["user"]) == (
            "USER_UPDATE",
            {**anns.ready["user"], **person, "email": "ann@example.org"},
        )
        assert (others["t"], others["d"]) == ("USER_UPDATE", {"user": person})
        assert await cems.beat() == []


async def test_an_ended_session_is_an_alert_to_the_others(
    app: Quart, url: str, ann: Person
) -> None:
    login = await ann.post("/auth/login", {"username": "ann", "password": PASSWORD})
    phone = Person(app, login.json()["user"], login.json()["token"])
    session_id = phone.token.partition(".")[0]
    async with listening(url, ann) as line, listening(url, phone) as lost:
        await ann.delete(f"/auth/sessions/{session_id}")
        (heard,) = await line.beat()
        assert (heard["t"], heard["d"]) == (
            "SECURITY_ALERT",
            {
                "user_id": ann.id,
                "action": "session_revoked",
                "detail": {"session_id": session_id},
            },
        )
        assert await lost.hangup() == (4004, "Authentication failed")


async def test_what_an_admin_says_at_the_end_is_told(house: House) -> None:
    ended = SecurityLogout(audience=frozenset((7,)), user_id=7, message="Ask me why")
    worded = word(ended, house.shapes)
    assert worded is not None
    assert worded.name == "SECURITY_LOGOUT"
    assert msgspec.to_builtins(worded.d) == {"user_id": "7", "message": "Ask me why"}


def test_what_is_not_known_is_a_fault(house: House) -> None:
    with pytest.raises(TypeError):
        word(object(), house.shapes)
    closed = SessionsClosed(audience=frozenset(), user_id=7, session_ids=frozenset((1,)))
    assert word(closed, house.shapes) is None
