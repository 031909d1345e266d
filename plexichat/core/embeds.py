"""Embeds: cards that a message carries besides its text.

What a client sends is checked and made complete, so that every embed of a message has every field
and only addresses that a browser may open.
"""

import re
from collections.abc import Sequence
from datetime import datetime
from typing import Annotated, Literal

import msgspec
from msgspec import Meta, Struct

from plexichat.core.errors import Invalid

PER_MESSAGE = 10
TEXT_LIMIT = 6000  # of one embed, all its texts together
COLOR = re.compile(r"#(?:[0-9A-Fa-f]{3}){1,2}")
HOST, PATH = r"[^\s\x00-\x1f\"<>\\^`{|}/?#@]+", r"[/?#][^\s\x00-\x1f\"<>\\]*"
ADDRESS = re.compile(f"https?://{HOST}(?:{PATH})?", re.IGNORECASE)

Address = Annotated[str, Meta(max_length=2048, description="http or https")]
Pixels = Annotated[int, Meta(ge=0, le=100_000)]
Name = Annotated[str, Meta(min_length=1, max_length=256)]


class Footer(Struct, frozen=True):
    text: Annotated[str, Meta(min_length=1, max_length=2048)]
    icon_url: Address | None = None


class Picture(Struct, frozen=True):
    url: Address
    width: Pixels | None = None
    height: Pixels | None = None


class Author(Struct, frozen=True):
    name: Name
    url: Address | None = None
    icon_url: Address | None = None


class Provider(Struct, frozen=True):
    name: Annotated[str, Meta(max_length=256)] | None = None
    url: Address | None = None


class Field(Struct, frozen=True):
    name: Name
    value: Annotated[str, Meta(min_length=1, max_length=1024)]
    inline: bool = False


class Embed(Struct, frozen=True):
    type: Literal["rich", "image", "video", "gifv", "article", "link"] = "rich"
    title: Annotated[str, Meta(max_length=256)] | None = None
    description: Annotated[str, Meta(max_length=4096)] | None = None
    url: Address | None = None
    timestamp: str | None = None
    color: str | None = None
    footer: Footer | None = None
    image: Picture | None = None
    thumbnail: Picture | None = None
    author: Author | None = None
    provider: Provider | None = None
    fields: Annotated[tuple[Field, ...], Meta(max_length=25)] = ()


def checked(sent: Sequence[object]) -> tuple[Embed, ...]:
    """The embeds that a client sent; refused as a whole when one of them is wrong."""
    if len(sent) > PER_MESSAGE:
        raise _refusal(f"more than {PER_MESSAGE} embeds")
    return tuple(_checked(each) for each in sent)


def _checked(sent: object) -> Embed:
    try:
        embed = msgspec.convert(_without_nulls(sent), Embed)
    except msgspec.ValidationError as error:
        raise _refusal(f"embed: {error}") from None
    for address in _addresses(embed):
        if address is not None and not ADDRESS.fullmatch(address):
            raise _refusal("embed: a url is not http or https")
    texts = _texts(embed)
    if not any(map(str.strip, texts)) and not any((embed.url, embed.image, embed.thumbnail)):
        raise _refusal("embed: nothing to show")
    if sum(map(len, texts)) > TEXT_LIMIT:
        raise _refusal(f"embed: more than {TEXT_LIMIT} characters")
    if embed.timestamp is not None:
        _check_timestamp(embed.timestamp)
    if embed.color is None:
        return embed
    return msgspec.structs.replace(embed, color=_color(embed.color))


def _without_nulls(sent: object) -> object:
    """What was sent with `null` as if it were absent, so that it takes its default."""
    match sent:
        case dict():
            return {key: _without_nulls(value) for key, value in sent.items() if value is not None}
        case list():
            return [_without_nulls(value) for value in sent]
    return sent


def _addresses(embed: Embed) -> list[str | None]:
    pictures = [picture.url for picture in (embed.image, embed.thumbnail) if picture]
    author = embed.author and (embed.author.url, embed.author.icon_url)
    return [
        embed.url,
        *pictures,
        *(author or ()),
        embed.footer and embed.footer.icon_url,
        embed.provider and embed.provider.url,
    ]


def _texts(embed: Embed) -> list[str]:
    texts = [
        embed.title,
        embed.description,
        embed.footer and embed.footer.text,
        embed.author and embed.author.name,
        embed.provider and embed.provider.name,
    ]
    of_fields = [text for field in embed.fields for text in (field.name, field.value)]
    return [text for text in texts if text] + of_fields


def _check_timestamp(text: str) -> None:
    try:
        datetime.fromisoformat(text)
    except ValueError:
        raise _refusal("embed: timestamp is not ISO 8601") from None


def _color(text: str) -> str:
    if not COLOR.fullmatch(text):
        raise _refusal("embed: color is not #RRGGBB")
    if len(text) == 4:
        text = "#" + "".join(digit * 2 for digit in text[1:])
    return text.upper()


def _refusal(reason: str) -> Invalid:
    return Invalid("invalid_content", f"Invalid content: {reason}")
