"""Embeds: what is taken, made complete, and refused."""

from typing import Any

import msgspec
import pytest

from plexichat.core import embeds
from plexichat.core.errors import Invalid

FIELD = {"name": "Friday", "value": "beet"}


def checked(*sent: Any) -> Any:
    return msgspec.json.decode(msgspec.json.encode(embeds.checked(sent)))


def test_an_embed_is_made_complete() -> None:
    assert checked({"title": "Menu", "color": "#b5f", "fields": [FIELD]}) == [
        {
            "type": "rich", "title": "Menu", "description": None, "url": None, "timestamp": None,
            "color": "#BB55FF", "footer": None, "image": None, "thumbnail": None, "author": None,
            "provider": None, "fields": [{**FIELD, "inline": False}],
        }
    ]  # fmt: skip


def test_an_embed_may_have_everything() -> None:
    picture = {"url": "https://chat.test/a.png?b=c#d", "width": 3, "height": 4}
    whole = {
        "type": "article", "title": "Menu", "description": "leek, beet", "url": "http://chat.test",
        "timestamp": "2024-05-01T10:00:00Z", "color": "#B5651D",
        "footer": {"text": "at seven", "icon_url": "https://chat.test/i.png"},
        "image": picture, "thumbnail": picture,
        "author": {"name": "ann", "url": "https://chat.test/ann", "icon_url": None},
        "provider": {"name": "kitchen", "url": None},
        "fields": [{**FIELD, "inline": True}] * 25,
    }  # fmt: skip
    assert checked(whole) == [whole]


def test_null_is_as_good_as_absent() -> None:
    sent = {"title": "Menu", "type": None, "fields": [{**FIELD, "inline": None}], "image": None}
    assert checked(sent) == checked({"title": "Menu", "fields": [FIELD]})


@pytest.mark.parametrize(
    "wrong",
    [
        5, "Menu", [], None, {}, {"type": "rich"}, {"title": " "}, {"color": "#FFFFFF"},
        {"title": 5}, {"title": "x" * 257}, {"description": "x" * 4097},
        {"title": "x", "type": "poll"}, {"title": "x", "timestamp": "tomorrow"},
        {"title": "x", "color": "red"}, {"title": "x", "color": 5},
        {"title": "x", "color": "#12345"},
        {"title": "x", "footer": {}}, {"title": "x", "footer": {"text": "x" * 2049}},
        {"title": "x", "author": {"name": ""}}, {"title": "x", "author": {"name": "x" * 257}},
        {"title": "x", "image": {}},
        {"title": "x", "image": {"url": "https://chat.test", "width": -1}},
        {"title": "x", "fields": [FIELD] * 26}, {"title": "x", "fields": [{"name": "x"}]},
        {"title": "x", "fields": [{"name": "x", "value": "x" * 1025}]},
        {"title": "x", "fields": [{"name": "x" * 257, "value": "x"}]},
        {"description": "x" * 4000, "footer": {"text": "x" * 2001}},
    ],
    ids=lambda wrong: str(wrong)[:40],
)  # fmt: skip
def test_a_wrong_embed_is_refused(wrong: Any) -> None:
    with pytest.raises(Invalid, match=r"^Invalid content: "):
        checked({"title": "right"}, wrong)


@pytest.mark.parametrize(
    "url",
    [
        "javascript:alert(1)", "data:text/html,x", "JAVASCRIPT:alert(1)", " https://chat.test",
        "https://", "http:///path", "//chat.test", "ftp://chat.test", "chat.test", "",
        "https://ann@chat.test/", "https://chat.test/\n", "https://chat.test/<script>",
        "https://chat.test/" + "x" * 2048,
    ],
)  # fmt: skip
@pytest.mark.parametrize("place", ["url", "image", "thumbnail", "author", "footer", "provider"])
def test_only_web_addresses_are_taken(url: str, place: str) -> None:
    sent: Any = {
        "url": url, "image": {"url": url}, "thumbnail": {"url": url},
        "author": {"name": "ann", "icon_url": url}, "footer": {"text": "x", "icon_url": url},
        "provider": {"url": url},
    }[place]  # fmt: skip
    with pytest.raises(Invalid, match=r"^Invalid content: "):
        checked({"title": "x", place: sent})


def test_a_message_has_at_most_ten() -> None:
    assert len(checked(*[{"title": "x"}] * 10)) == 10
    with pytest.raises(Invalid, match=r"^Invalid content: more than 10 embeds"):
        checked(*[{"title": "x"}] * 11)
