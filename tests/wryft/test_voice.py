"""Voice channels: who is in which, for how long, and who may come."""

import json

import httpx
import pytest

from plexichat.core.voice import STALE_MS, Voice
from plexichat.wryft.dialect import uuid
from tests.cast import Person
from tests.town import Town, found, join
from tests.wryft.cast import named, path_of, refusal
from tests.wryft.test_guilds import DENIED, NOWHERE, STRANGE, UNKNOWN

NOTHING = "/api/voice/5c0ffee5-0010-4a00-8a00-0000000000c1"
BEACON = {"Content-Type": "text/plain;charset=UTF-8"}


@pytest.fixture
async def town(ann: Person, bob: Person) -> Town:
    """Ann's guild, in which bob is a member."""
    made = await found(ann)
    await join(made, bob)
    return made


@pytest.fixture
async def lounge(town: Town) -> str:
    """The id of a voice channel, as the other dialect writes it."""
    made = await town.owner.post(f"{town.path}/channels", {"name": "Lounge", "type": "voice"})
    return str(made.json()["id"])


@pytest.fixture
def path(lounge: str) -> str:
    return f"/api/voice/{uuid(int(lounge))}"


async def talking(person: Person, town: Town) -> list[str]:
    """Who is in the one channel that is not empty."""
    answer = (await person.get(f"{path_of(town)}/voice")).json()
    assert len(answer) < 2
    return [each["username"] for channel in answer for each in channel["users"]]


def test_whoever_is_not_heard_of_for_half_a_minute_is_gone() -> None:
    voice = Voice()
    voice.join(7, 1, 0)
    voice.join(7, 2, 10)
    voice.join(8, 1, 10)
    voice.heartbeat(7, 1, STALE_MS)
    assert voice.everybody(STALE_MS).get(7, ()) == (1, 2)
    assert voice.everybody(STALE_MS + 11) == {7: (1,)}
    voice.heartbeat(7, 2, STALE_MS + 12)
    there = voice.everybody(STALE_MS + 12)
    assert there == {7: (1,)}, "a heartbeat does not bring anybody back"
    voice.join(7, 2, STALE_MS + 13)
    assert voice.everybody(STALE_MS + 13).get(7, ()) == (1, 2)
    voice.leave(7, 1)
    voice.leave(7, 1)
    assert voice.everybody(STALE_MS + 13) == {7: (2,)}


async def test_people_come_stay_and_go(
    town: Town, ann: Person, bob: Person, path: str, lounge: str
) -> None:
    assert (await bob.get(f"{path_of(town)}/voice")).json() == []
    for person in (ann, bob, ann):
        came = await person.post(f"{path}/join", {"peer_id": named(ann)})
        assert (came.status_code, came.content) == (200, b"")
    assert (await bob.get(f"{path_of(town)}/voice")).json() == [
        {
            "channel_id": uuid(int(lounge)),
            "users": [
                {"id": named(ann), "username": "ann"}, {"id": named(bob), "username": "bob"},
            ],
        }
    ]  # fmt: skip
    stays = await bob.ask("POST", f"{path}/heartbeat")
    assert (stays.status_code, stays.content) == (200, b"")
    for _ in range(2):
        left = await ann.ask("POST", f"{path}/leave")
        assert (left.status_code, left.content) == (204, b"")
    assert await talking(ann, town) == ["bob"]


async def test_a_closing_page_leaves_with_the_token_in_its_body(
    town: Town, bob: Person, path: str, stranger: httpx.AsyncClient
) -> None:
    await bob.post(f"{path}/join")
    for wrong, sentence in [
        (b"", "Authentication required"), (b"{}", "Authentication required"),
        (b'{"token": "nonsense"}', "Invalid token"),
    ]:  # fmt: skip
        answer = await stranger.post(f"{path}/leave", content=wrong, headers=BEACON)
        assert refusal(answer) == (401, sentence)
    assert await talking(bob, town) == ["bob"]
    told = json.dumps({"token": bob.token})
    answer = await stranger.post(f"{path}/leave", content=told, headers=BEACON)
    assert (answer.status_code, answer.content) == (204, b"")
    assert await talking(bob, town) == []


async def test_a_client_may_leave_wherever_it_likes(ann: Person, town: Town) -> None:
    for path in (NOTHING, f"/api/voice/{uuid(int(town.general))}"):
        assert (await ann.ask("POST", f"{path}/leave")).status_code == 204
    assert refusal(await ann.ask("POST", "/api/voice/7/leave")) == (400, "Invalid channel id")


async def test_one_talks_where_one_may_connect(
    town: Town, ann: Person, bob: Person, cem: Person, path: str, lounge: str
) -> None:
    text = f"/api/voice/{uuid(int(town.general))}"
    await bob.post(f"{path}/join")
    override = f"/channels/{lounge}/permissions/member/{bob.id}"
    await ann.put(override, {"deny": {"voice.connect": True}})
    for word in ("join", "heartbeat", "mute", "unmute", "deafen", "undeafen"):
        assert refusal(await bob.post(f"{path}/{word}")) == DENIED
        assert refusal(await cem.post(f"{path}/{word}")) == STRANGE
        assert refusal(await cem.post(f"{NOTHING}/{word}")) == (404, "Channel not found")
        nobody = (400, "Invalid channel: nobody talks there")
        assert refusal(await ann.post(f"{text}/{word}")) == nobody
    assert await talking(ann, town) == [], "who may not connect any more is not there"
    assert refusal(await cem.get(f"{path_of(town)}/voice")) == STRANGE
    assert refusal(await cem.get(f"{NOWHERE}/voice")) == UNKNOWN


async def test_who_leaves_the_guild_leaves_its_channels(
    town: Town, ann: Person, bob: Person, path: str, lounge: str
) -> None:
    for person in (ann, bob):
        await person.post(f"{path}/join")
    await bob.post(f"{path_of(town)}/leave")
    assert await talking(ann, town) == ["ann"]
    await join(town, bob)
    await ann.put(
        f"/channels/{lounge}/permissions/role/{town.id}", {"deny": {"channels.view": True}}
    )
    assert await talking(bob, town) == [], "of what is hidden there is no trace"


@pytest.mark.parametrize("word", ["mute", "unmute", "deafen", "undeafen"])
async def test_clients_are_silent_among_themselves(ann: Person, path: str, word: str) -> None:
    answer = await ann.ask("POST", f"{path}/{word}")
    assert (answer.status_code, answer.content) == (204, b"")
