"""Messaging settings, and what they and blocks let through."""

import itertools

import pytest

from tests.api.friends import befriend, block
from tests.cast import Person, refusal

PATH = "/users/@me/messaging-settings"
CANNOT_OPEN = (403, "Cannot message")
CANNOT_SEND = (403, "Permission denied: cannot message this user")


@pytest.mark.parametrize("base", ["", "/api/v1"])
async def test_somebody_new_can_be_written_to_by_everyone(ann: Person, base: str) -> None:
    assert (await ann.get(base + PATH)).json() == {
        "user_id": ann.id, "read_receipts_enabled": True, "typing_indicators_enabled": True,
        "compact_messages_enabled": True, "allow_dms_from": "everyone", "auto_create_dms": True,
        "max_message_length": None, "max_attachment_size": None,
        "max_attachments_per_message": None,
    }  # fmt: skip


@pytest.mark.parametrize("base", ["", "/api/v1"])
async def test_a_change_is_answered_whole_and_stays(
    ann: Person, bob: Person, base: str
) -> None:
    before = (await ann.get(PATH)).json()
    wanted = {"read_receipts_enabled": False, "allow_dms_from": "friends"}
    answer = await ann.patch(base + PATH, wanted)
    assert (answer.status_code, answer.json()) == (200, before | wanted)
    assert (await ann.get(PATH)).json() == before | wanted
    assert (await bob.get(PATH)).json() == before | {"user_id": bob.id}


@pytest.mark.parametrize(
    "wanted",
    [
        {"read_receipts_enabled": False},
        {"typing_indicators_enabled": False},
        {"compact_messages_enabled": False},
        {"allow_dms_from": "friends"},
        {"allow_dms_from": "none"},
        {"auto_create_dms": False},
    ],
)
async def test_each_field_changes_alone_and_back(
    ann: Person, wanted: dict[str, object]
) -> None:
    before = (await ann.get(PATH)).json()
    assert (await ann.patch(PATH, wanted)).json() == before | wanted
    back = {name: before[name] for name in wanted}
    assert (await ann.patch(PATH, back)).json() == before


@pytest.mark.parametrize(
    "ignored",
    [
        {},
        {"read_receipts_enabled": None, "allow_dms_from": None, "auto_create_dms": None},
        {"max_message_length": 5, "max_attachment_size": 1, "max_attachments_per_message": 0},
        {"user_id": "77", "colour": "green"},
    ],
)
async def test_null_and_what_cannot_be_set_change_nothing(
    ann: Person, ignored: dict[str, object]
) -> None:
    before = (await ann.get(PATH)).json()
    answer = await ann.patch(PATH, ignored)
    assert (answer.status_code, answer.json()) == (200, before)


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({"allow_dms_from": "enemies"}, "allow_dms_from"),
        ({"allow_dms_from": "server_members"}, "allow_dms_from"),
        ({"allow_dms_from": ""}, "allow_dms_from"),
        ({"allow_dms_from": True}, "allow_dms_from"),
        ({"auto_create_dms": "yes"}, "auto_create_dms"),
        ({"auto_create_dms": 1}, "auto_create_dms"),
        ({"read_receipts_enabled": "false"}, "read_receipts_enabled"),
        ({"read_receipts_enabled": False, "allow_dms_from": "x"}, "allow_dms_from"),
    ],
)
async def test_a_bad_setting_is_refused_and_nothing_changes(
    ann: Person, body: dict[str, object], field: str
) -> None:
    before = (await ann.get(PATH)).json()
    assert refusal(await ann.patch(PATH, body)) == (400, f"Invalid input: {field}")
    assert (await ann.get(PATH)).json() == before


BLOCKS = ("nobody", "ann", "bob", "both")
COMBINATIONS = list(itertools.product(("everyone", "friends", "none"), (True, False)))


@pytest.mark.parametrize("begun", [False, True], ids=["new", "begun"])
@pytest.mark.parametrize("friends", [False, True], ids=["strangers", "friends"])
@pytest.mark.parametrize(("dms_from", "auto"), COMBINATIONS)
async def test_the_recipients_settings_decide_who_opens_a_dm_and_who_sends(
    ann: Person, bob: Person, dms_from: str, auto: bool, friends: bool, begun: bool
) -> None:
    dm = await ann.dm(bob) if begun else None
    if friends:
        await befriend(ann, bob)
    await bob.patch(PATH, {"allow_dms_from": dms_from, "auto_create_dms": auto})
    welcome = dms_from == "everyone" or (dms_from == "friends" and friends)
    opened = await ann.post("/users/@me/channels", {"recipient_id": bob.id})
    if welcome and (begun or auto):
        assert opened.status_code == 200
        dm = opened.json()["id"]
    else:
        assert refusal(opened) == CANNOT_OPEN
        assert [seen["id"] for seen in (await bob.get("/users/@me/channels")).json()] == (
            [dm] if begun else []
        )
    if dm is not None:
        sent = await ann.post(f"/channels/{dm}/messages", {"content": "soup"})
        assert sent.status_code == 200 if welcome else refusal(sent) == CANNOT_SEND
        answered = await bob.post(f"/channels/{dm}/messages", {"content": "yes"})
        assert answered.status_code == 200, "bob's own settings do not bind bob"


@pytest.mark.parametrize("begun", [False, True], ids=["new", "begun"])
@pytest.mark.parametrize("dms_from", ["everyone", "friends", "none"])
@pytest.mark.parametrize("blocker", BLOCKS)
async def test_a_block_either_way_stops_both_whatever_the_settings(
    ann: Person, bob: Person, blocker: str, dms_from: str, begun: bool
) -> None:
    dm = await ann.dm(bob) if begun else None
    await bob.patch(PATH, {"allow_dms_from": dms_from})
    for person, other in ((ann, bob), (bob, ann)):
        if blocker in (person.username, "both"):
            await block(person, other)
    for person, other in ((ann, bob), (bob, ann)):
        welcome = blocker == "nobody" and (other is ann or dms_from == "everyone")
        opened = await person.post("/users/@me/channels", {"recipient_id": other.id})
        assert opened.status_code == 200 if welcome else refusal(opened) == CANNOT_OPEN
        if dm is not None:
            path = f"/channels/{dm}/messages"
            sent = await person.post(path, {"content": "soup"})
            assert sent.status_code == 200 if welcome else refusal(sent) == CANNOT_SEND
            assert (await person.get(path)).status_code == 200, "both may still read"
            listed = (await person.get("/users/@me/channels")).json()
            assert [seen["id"] for seen in listed] == [dm]


async def test_unblocking_lets_messages_through_again_but_friendship_is_gone(
    ann: Person, bob: Person
) -> None:
    dm = await ann.dm(bob)
    await befriend(ann, bob)
    await bob.patch(PATH, {"allow_dms_from": "friends"})
    await ann.say(dm, "soup")
    await block(bob, ann)
    path = f"/channels/{dm}/messages"
    assert refusal(await ann.post(path, {"content": "soup?"})) == CANNOT_SEND
    await bob.delete(f"/relationships/{ann.id}")
    assert refusal(await ann.post(path, {"content": "soup?"})) == CANNOT_SEND
    await befriend(ann, bob)
    await ann.say(dm, "soup!")
