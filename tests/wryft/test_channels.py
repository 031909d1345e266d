"""Channels of guilds, their categories, and what some may do otherwise in them."""

from typing import Any

import pytest

from plexichat.wryft.dialect import uuid
from tests.cast import Person
from tests.town import Town, allow, found, join
from tests.wryft.cast import named, path_of, refusal
from tests.wryft.test_guilds import DENIED, NOWHERE, STRANGE, UNKNOWN, begun

NOTHING = "5c0ffee5-0010-4a00-8a00-0000000000c1"
NOT_FOUND = (404, "Channel not found")
USUAL = {"allow_view": True, "allow_send_messages": True, "allow_manage_messages": False}


@pytest.fixture
async def town(ann: Person, bob: Person) -> Town:
    """Ann's guild, in which bob is a member."""
    made = await found(ann)
    await join(made, bob)
    return made


async def added(town: Town, what: str = "channels", **wanted: Any) -> dict[str, Any]:
    answer = await town.owner.post(f"{path_of(town)}/{what}", wanted)
    assert answer.status_code == 200, answer.text
    made: dict[str, Any] = answer.json()
    return made


async def names(person: Person, town: Town, what: str = "channels") -> list[str]:
    return [each["name"] for each in (await person.get(f"{path_of(town)}/{what}")).json()]


async def test_a_new_guild_shows_its_rooms_by_category(ann: Person) -> None:
    path = f"/api/guilds/{(await begun(ann))['id']}"
    texts, voices = (await ann.get(f"{path}/categories")).json()
    assert texts == {
        "id": texts["id"], "guild_id": path.rpartition("/")[2], "name": "Text Channels",
        "position": 0,
    }  # fmt: skip
    assert (voices["name"], voices["position"]) == ("Voice Channels", 1)
    general, talk, lounge = (await ann.get(f"{path}/channels")).json()
    assert general == {
        "id": general["id"], "guild_id": texts["guild_id"], "name": "general", "position": 0,
        "channel_type": "text", "type": "text", "category_id": texts["id"],
    }  # fmt: skip
    assert [(each["name"], each["type"]) for each in (talk, lounge)] == [
        ("General", "voice"), ("Lounge", "voice"),
    ]  # fmt: skip
    assert talk["category_id"] == lounge["category_id"] == voices["id"]


async def test_a_channel_is_added_with_a_name_that_fits_an_address(
    town: Town, ann: Person, bob: Person
) -> None:
    workshop = await added(town, "categories", name="Workshops")
    made = await added(town, name="Kiln & Clay", channel_type="text", category_id=workshop["id"])
    assert made == {
        "id": made["id"], "guild_id": uuid(town.number), "name": "kiln-clay", "position": 0,
        "channel_type": "text", "type": "text", "category_id": workshop["id"],
    }  # fmt: skip
    loud = await added(town, name="Big Kiln", type="voice", category_id=None, position=3)
    assert (loud["name"], loud["channel_type"], loud["position"]) == ("Big Kiln", "voice", 3)
    assert "category_id" not in loud
    assert (await added(town, name="glaze"))["channel_type"] == "text"
    assert await names(bob, town) == ["general", "kiln-clay", "glaze", "Big Kiln"]
    assert await names(bob, town, "categories") == ["Workshops"]


async def test_names_to_write_in_are_unique_and_those_to_talk_in_need_not_be(
    town: Town, ann: Person
) -> None:
    answer = await ann.post(f"{path_of(town)}/channels", {"name": "General"})
    assert refusal(answer) == (409, "Channel name already exists")
    assert await names(ann, town) == ["general"]
    for _ in range(2):
        await added(town, name="general", type="voice")
    assert await names(ann, town) == ["general", "general", "general"]


async def test_several_of_a_name_from_elsewhere_are_told_apart(
    town: Town, ann: Person, bob: Person
) -> None:
    other = []
    for name in ("general-2", "general", "general"):
        made = await ann.post(f"{town.path}/channels", {"name": name, "position": 0})
        other.append(made.json()["id"])
    called = {
        each["id"]: each["name"]
        for each in (await bob.get(f"{path_of(town)}/channels")).json()
    }
    ids = [uuid(int(each)) for each in (town.general, *other)]
    assert [called[id] for id in ids] == ["general", "general-2", "general-3", "general-4"]
    for channel_id, id in zip((town.general, *other), ids, strict=True):
        await ann.say(channel_id, f"this is {channel_id}")
        key = f"{uuid(town.number)}-{called[id]}"
        (said,) = (await bob.get(f"/api/messages/{key}")).json()
        assert (said["channel_id"], said["text"]) == (id, f"this is {channel_id}")
        assert (await bob.ask("POST", f"/api/channels/{called[id]}/typing")).status_code == 204
        typing = (await ann.get(f"/api/channels/{id}/typing")).json()
        assert [each["username"] for each in typing] == ["bob"]


@pytest.mark.parametrize(
    ("wrong", "sentence"),
    [
        ({}, "Invalid input: name"), ({"name": "&&&"}, "Invalid input: name"),
        ({"name": "x", "channel_type": "stage"}, "Invalid input: channel_type"),
        ({"name": "x", "category_id": "7"}, "Invalid category id"),
        ({"name": "x", "category_id": NOTHING}, "Invalid input: category_id"),
        ({"name": "x", "position": -1}, "Invalid input: position"),
    ],
)  # fmt: skip
async def test_what_no_channel_can_be_is_refused(
    town: Town, ann: Person, wrong: dict[str, Any], sentence: str
) -> None:
    assert refusal(await ann.post(f"{path_of(town)}/channels", wrong)) == (400, sentence)
    assert await names(ann, town) == ["general"]


async def test_channels_of_every_kind_are_texts_or_voices_here(town: Town, ann: Person) -> None:
    for kind in ("announcement", "stage", "category"):
        await ann.post(f"{town.path}/channels", {"name": kind, "type": kind})
    listed = (await ann.get(f"{path_of(town)}/channels")).json()
    assert [(each["name"], each["channel_type"]) for each in listed] == [
        ("general", "text"), ("announcement", "text"), ("stage", "voice"),
    ]  # fmt: skip


async def test_a_channel_ends_and_may_be_ended_again(
    town: Town, ann: Person, bob: Person, cem: Person
) -> None:
    made = await added(town, name="kiln")
    path = f"{path_of(town)}/channels/{made['id']}"
    assert refusal(await bob.delete(path)) == DENIED
    assert refusal(await bob.delete(f"{path_of(town)}/channels/{NOTHING}")) == DENIED
    assert refusal(await cem.delete(path)) == STRANGE
    assert refusal(await cem.delete(f"{NOWHERE}/channels/{made['id']}")) == UNKNOWN
    elsewhere = f"/api/guilds/{(await begun(ann))['id']}/channels/{made['id']}"
    assert (await ann.delete(elsewhere)).status_code == 204
    category = await added(town, "categories", name="Workshops")
    assert (await ann.delete(f"{path_of(town)}/channels/{category['id']}")).status_code == 204
    assert await names(bob, town) == ["general", "kiln"]
    assert await names(bob, town, "categories") == ["Workshops"]
    for _ in range(2):
        gone = await ann.delete(path)
        assert (gone.status_code, gone.content) == (204, b"")
    assert await names(bob, town) == ["general"]
    assert refusal(await ann.delete(f"{path_of(town)}/channels/7")) == (400, "Invalid channel id")


async def test_categories_are_renamed_moved_and_taken_from_their_channels(
    town: Town, ann: Person, bob: Person, cem: Person
) -> None:
    made = await added(town, "categories", name="Workshops", position=2)
    kiln = await added(town, name="kiln", category_id=made["id"])
    path = f"{path_of(town)}/categories/{made['id']}"
    after = (await ann.patch(path, {"name": "Classes", "position": 1})).json()
    assert after == {**made, "name": "Classes", "position": 1}
    wrong = {"name": " ", "position": 7}
    assert refusal(await ann.patch(path, wrong)) == (400, "Invalid input: name")
    assert (await bob.get(f"{path_of(town)}/categories")).json() == [after]
    missing = f"{path_of(town)}/categories/{kiln['id']}"
    assert refusal(await ann.patch(missing, {"name": "x"})) == NOT_FOUND
    for who, refused in ((bob, DENIED), (cem, STRANGE)):
        assert refusal(await who.patch(path, {"name": "x"})) == refused
        assert refusal(await who.delete(path)) == refused
        assert refusal(await who.post(f"{path_of(town)}/categories", {"name": "x"})) == refused
        assert refusal(await who.post(f"{path_of(town)}/channels", {"name": "x"})) == refused
    for what in ("categories", "channels"):
        assert refusal(await cem.get(f"{path_of(town)}/{what}")) == STRANGE
        assert refusal(await cem.get(f"{NOWHERE}/{what}")) == UNKNOWN
        assert refusal(await cem.post(f"{NOWHERE}/{what}", {"name": "x"})) == UNKNOWN
    for _ in range(2):
        assert (await ann.delete(path)).status_code == 204
    freed = (await bob.get(f"{path_of(town)}/channels")).json()[-1]
    assert freed["id"] == kiln["id"]
    assert "category_id" not in freed


async def test_who_manages_channels_may_do_as_the_owner(town: Town, bob: Person) -> None:
    await allow(town, bob, "channels.manage")
    path = f"{path_of(town)}/channels"
    made = (await bob.post(path, {"name": "kiln"})).json()
    assert (await bob.delete(f"{path}/{made['id']}")).status_code == 204


@pytest.fixture
def general(town: Town) -> str:
    """Where the overrides of the first channel are."""
    return f"{path_of(town)}/channels/{uuid(int(town.general))}/permissions"


async def test_what_the_client_says_of_everybody_by_itself_changes_nothing(
    town: Town, ann: Person, bob: Person, general: str
) -> None:
    await allow(town, bob, "messages.manage")
    made = (await ann.post(general, {"role_id": uuid(town.number), **USUAL})).json()
    assert made == {
        "id": made["id"], "channel_id": uuid(int(town.general)), "role_id": uuid(town.number),
        "user_id": None, **USUAL,
    }  # fmt: skip
    assert (await ann.get(general)).json() == [made]
    said = await ann.say(town.general, "soup at seven?")
    gone = await bob.delete(f"/channels/{town.general}/messages/{said['id']}")
    assert gone.status_code == 200
    (kept,) = (await ann.get(f"/channels/{town.general}/permissions")).json()
    assert (kept["allow"], kept["deny"]) == ({}, {})


async def test_everybody_is_silenced_and_some_may_speak(
    town: Town, ann: Person, bob: Person, cem: Person, general: str
) -> None:
    await join(town, cem)
    quiet = {**USUAL, "allow_send_messages": False}
    made = (await ann.post(general, {"role_id": uuid(town.number), **quiet})).json()
    assert made["allow_send_messages"] is False
    say = f"/channels/{town.general}/messages"
    assert (await bob.post(say, {"content": "hello"})).status_code == 403
    own = (await ann.post(general, {"user_id": named(bob), **USUAL})).json()
    assert (own["role_id"], own["user_id"]) == (None, named(bob))
    assert (await bob.post(say, {"content": "hello"})).status_code == 200
    assert (await cem.post(say, {"content": "hello"})).status_code == 403
    assert (await ann.delete(f"{general}/{own['id']}")).status_code == 204
    assert (await bob.post(say, {"content": "hello"})).status_code == 403
    after = (await ann.patch(f"{general}/{made['id']}", {"allow_send_messages": True})).json()
    assert after == {**made, "allow_send_messages": True}
    assert (await bob.post(say, {"content": "hello"})).status_code == 200


async def test_a_hidden_channel_is_shown_to_a_role(
    town: Town, ann: Person, bob: Person, cem: Person
) -> None:
    await join(town, cem)
    made = await added(town, name="staff")
    path = f"{path_of(town)}/channels/{made['id']}/permissions"
    role = uuid(int(await allow(town, bob)))
    hidden = {**USUAL, "allow_view": False}
    assert (await ann.post(path, {"role_id": uuid(town.number), **hidden})).status_code == 200
    assert "staff" not in await names(bob, town)
    assert (await ann.post(path, {"role_id": role, **USUAL})).status_code == 200
    assert "staff" in await names(bob, town)
    assert "staff" not in await names(cem, town)
    await ann.patch(f"{path}/{role}", {"allow_manage_messages": True})
    said = await ann.say(await _id(ann, town), "hm")
    assert (await bob.delete(f"/api/messages/{made['id']}/{uuid(int(said['id']))}")).is_success
    again = (await ann.post(path, {"role_id": role, **hidden})).json()
    assert (again["allow_view"], again["allow_manage_messages"]) == (False, False)
    assert "staff" not in await names(bob, town)
    assert len((await ann.get(path)).json()) == 2, "the later word replaces the one before"


async def _id(person: Person, town: Town) -> str:
    """The channel `staff` by the id it has elsewhere."""
    listed = (await person.get(f"{town.path}/channels")).json()
    return next(str(each["id"]) for each in listed if each["name"] == "staff")


async def test_what_is_no_override_is_refused(
    town: Town, ann: Person, bob: Person, cem: Person, general: str
) -> None:
    role = uuid(town.number)
    for wrong, sentence in [
        (USUAL, "Invalid input: role_id or user_id"),
        ({**USUAL, "role_id": role, "user_id": named(bob)}, "Invalid input: role_id or user_id"),
        ({"role_id": role, "allow_view": True}, "Invalid input: allow_send_messages"),
        ({**USUAL, "role_id": "7"}, "Invalid role id"),
        ({**USUAL, "user_id": "7"}, "Invalid user id"),
    ]:
        assert refusal(await ann.post(general, wrong)) == (400, sentence)
    assert refusal(await ann.post(general, {**USUAL, "role_id": NOTHING})) == (
        404, "Role not found",
    )  # fmt: skip
    assert refusal(await ann.post(general, {**USUAL, "user_id": named(cem)})) == (
        404, "Member not found",
    )  # fmt: skip
    assert (await ann.get(general)).json() == []
    assert refusal(await ann.patch(f"{general}/{role}", USUAL)) == (404, "Override not found")
    assert (await ann.delete(f"{general}/{role}")).status_code == 204


async def test_overrides_are_for_who_manages_roles_and_for_channels_of_the_guild(
    town: Town, ann: Person, bob: Person, cem: Person, general: str
) -> None:
    elsewhere = f"{path_of(town)}/channels/{NOTHING}/permissions"
    unknown = f"{NOWHERE}/channels/{NOTHING}/permissions"
    own = {**USUAL, "role_id": uuid(town.number)}
    for who, path, refused in [
        (bob, general, DENIED), (cem, general, STRANGE), (ann, elsewhere, NOT_FOUND),
        (ann, unknown, UNKNOWN),
    ]:  # fmt: skip
        assert refusal(await who.get(path)) == refused
        assert refusal(await who.post(path, own)) == refused
        assert refusal(await who.patch(f"{path}/{own['role_id']}", USUAL)) == refused
        assert refusal(await who.delete(f"{path}/{own['role_id']}")) == refused
    await allow(town, bob, "roles.manage")
    assert (await bob.post(general, own)).status_code == 200
