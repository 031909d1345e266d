"""QR codes and help pages, for anybody."""

import io

import httpx
import pytest
from PIL import Image

from plexichat.core import qr
from tests.cast import refusal


def opened(answer: httpx.Response) -> Image.Image:
    return Image.open(io.BytesIO(answer.content))


@pytest.mark.parametrize(("kind", "type"), [("png", "image/png"), ("jpg", "image/jpeg")])
async def test_a_text_becomes_a_picture(
    stranger: httpx.AsyncClient, kind: str, type: str
) -> None:
    answer = await stranger.get("/qr", params={"data": "https://chat.example", "format": kind})
    assert answer.status_code == 200
    assert answer.headers["content-type"] == type
    assert answer.headers["cache-control"] == "public, max-age=86400"
    assert answer.headers["access-control-allow-origin"] == "*"
    picture = opened(answer)
    assert picture.size == (200, 200)
    assert picture.convert("1").getcolors(4) is not None
    assert (await stranger.get("/api/v1/qr", params={"data": "soup"})).status_code == 200


@pytest.mark.parametrize(
    ("size", "made"),
    [("300x100", (300, 100)), ("5x5000", (10, 1000)), ("64", (64, 64)), ("0x0", (10, 10))],
)
async def test_its_sides_are_clamped(
    stranger: httpx.AsyncClient, size: str, made: tuple[int, int]
) -> None:
    assert opened(await stranger.get("/qr", params={"data": "soup", "size": size})).size == made


def test_the_code_is_drawn_whole_and_sharp() -> None:
    picture = Image.open(io.BytesIO(qr.draw("soup", 290, 400, "png")))
    assert picture.size == (290, 400)
    shades = picture.getcolors(4)
    assert shades is not None
    assert {shade for _, shade in shades} == {0, 255}
    dark = picture.point(lambda shade: 255 - shade).getbbox()
    assert dark == (40, 95, 250, 305), "21 modules of ten pixels, in the middle"


@pytest.mark.parametrize(
    ("params", "message"),
    [
        ({}, "Data is required"),
        ({"data": ""}, "Data is required"),
        ({"data": "x" * 1001}, "Invalid input: data"),
        ({"data": "🍲" * 251}, "Invalid input: data"),
        ({"data": "x", "size": "big"}, "Invalid input: size"),
        ({"data": "x", "size": "-5x5"}, "Invalid input: size"),
        ({"data": "x", "format": "gif"}, "Invalid input: format"),
    ],
)
async def test_what_cannot_be_drawn_is_refused(
    stranger: httpx.AsyncClient, params: dict[str, str], message: str
) -> None:
    assert refusal(await stranger.get("/qr", params=params)) == (400, message)


@pytest.mark.parametrize("page", ["security-logout", "access-blocked"])
@pytest.mark.parametrize("base", ["", "/api/v1"])
async def test_help_is_there_without_an_account(
    stranger: httpx.AsyncClient, base: str, page: str
) -> None:
    answer = await stranger.get(f"{base}/help/{page}")
    assert answer.status_code == 200
    assert answer.headers["content-type"] == "text/html; charset=utf-8"
    assert "<h1>" in answer.text
