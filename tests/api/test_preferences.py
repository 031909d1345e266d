"""What clients keep for a person."""

import pytest

from tests.cast import Person, refusal

PATH = "/users/@me/settings"


async def test_what_is_put_is_shown_to_its_owner_alone(ann: Person, bob: Person) -> None:
    put = (await ann.put(f"{PATH}/theme", {"value": "dark"})).json()
    assert (put["key"], put["value"]) == ("theme", "dark")
    assert (await ann.get(f"{PATH}/theme")).json() == put
    assert (await ann.get(PATH)).json() == {"settings": {"theme": "dark"}, "count": 1, "limit": 100}
    assert refusal(await bob.get(f"{PATH}/theme")) == (404, "Setting not found")
    assert (await bob.get(PATH)).json() == {"settings": {}, "count": 0, "limit": 100}


async def test_a_new_value_keeps_the_time_of_the_first(ann: Person) -> None:
    first = (await ann.put(f"{PATH}/theme", {"value": "dark"})).json()
    second = (await ann.put(f"{PATH}/theme", {"value": ""})).json()
    assert second["value"] == ""
    assert second["created_at"] == first["created_at"] <= second["updated_at"]


async def test_what_is_deleted_is_gone(ann: Person) -> None:
    await ann.put(f"{PATH}/theme", {"value": "dark"})
    assert (await ann.delete(f"{PATH}/theme")).json() == {"success": True}
    assert refusal(await ann.delete(f"{PATH}/theme")) == (404, "Setting not found")
    assert (await ann.get(PATH)).json()["count"] == 0


@pytest.mark.parametrize(
    ("key", "body", "message"),
    [
        ("k" * 101, {"value": "x"}, "Key too long"),
        ("theme", {"value": "x" * 10_001}, "Value too long"),
        ("__internal_note", {"value": "x"}, "Key reserved"),
        ("theme", {}, "Invalid input: value"),
        ("theme", {"value": 7}, "Invalid input: value"),
    ],
)
async def test_what_cannot_be_kept_is_refused(
    ann: Person, key: str, body: dict[str, object], message: str
) -> None:
    assert refusal(await ann.put(f"{PATH}/{key}", body)) == (400, message)
    assert (await ann.get(PATH)).json()["count"] == 0


async def test_the_hundred_and_first_key_is_refused_and_the_others_still_change(
    ann: Person,
) -> None:
    await ann.put(f"{PATH}/bulk", {f"key{n}": "x" for n in range(101)})
    assert (await ann.get(PATH)).json()["count"] == 100
    assert refusal(await ann.put(f"{PATH}/theme", {"value": "x"})) == (400, "Limit exceeded")
    assert (await ann.put(f"{PATH}/key7", {"value": "y"})).json()["value"] == "y"


async def test_several_are_kept_as_texts_and_bad_ones_skipped(ann: Person) -> None:
    values = {"a": "text", "b": 7, "c": [1, "x"], "d": None, "__internal": "x", "k" * 101: "x"}
    assert (await ann.put(f"{PATH}/bulk", values)).json() == {"success": True}
    kept = (await ann.get(PATH)).json()["settings"]
    assert kept == {"a": "text", "b": "7", "c": '[1,"x"]', "d": "null"}


@pytest.mark.parametrize(
    "value", ['{"channel_id":"77","server_id":null}', '{"channel_id":"soup"}', "?"]
)
async def test_the_focused_channel_is_not_kept(ann: Person, value: str) -> None:
    put = (await ann.put(f"{PATH}/_focused_channel", {"value": value})).json()
    assert put["value"] == value
    assert (await ann.get(PATH)).json()["settings"] == {}
    assert (await ann.delete(f"{PATH}/_focused_channel")).json() == {"success": True}
