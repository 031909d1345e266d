"""The page of the users' API, row by row: files."""

import dataclasses

import httpx
import pytest

from plexichat.config import Config, RateLimits
from tests.cast import Person
from tests.giving import give
from tests.pictures import picture
from tests.wryft.cast import refusal

MB = 1 << 20
LIMITS = {"avatar": 5 * MB, "banner": 10 * MB, "icon": 5 * MB, "emoji": 256 << 10,
          "attachment": 25 * MB}  # fmt: skip
PUBLIC = ["avatar", "banner", "icon", "emoji"]


def sized(kind: str, size: int) -> bytes:
    """A file of this kind that is exactly so long."""
    begun = b"clay" if kind == "attachment" else picture("PNG")
    return begun + bytes(size - len(begun))


@pytest.mark.parametrize(("kind", "limit"), LIMITS.items())
async def test_exactly_the_limit_is_allowed_and_no_byte_more(
    ann: Person, kind: str, limit: int
) -> None:
    name = "notes.txt" if kind == "attachment" else "pot.png"
    answer = await give(ann, f"/api/upload/{kind}", sized(kind, limit), name)
    assert answer.status_code == 200, answer.text
    told = answer.json()
    assert told == {"url": f"/api/files/{told['file_id']}", "file_id": told["file_id"]}
    answer = await give(ann, f"/api/upload/{kind}", sized(kind, limit + 1), name)
    assert refusal(answer) == (413, "File too large")


@pytest.mark.parametrize("kind", LIMITS)
async def test_all_uploads_require_authentication(stranger: httpx.AsyncClient, kind: str) -> None:
    answer = await stranger.post(f"/api/upload/{kind}", files={"file": ("a.png", b"a")})
    assert answer.status_code == 401


class TestInAMinute:
    @pytest.fixture
    def config(self, config: Config) -> Config:
        return dataclasses.replace(config, rate_limits=RateLimits())

    async def test_ten_uploads_are_allowed(self, ann: Person) -> None:
        for _ in range(10):
            assert (await give(ann, "/api/upload/attachment", b"notes")).status_code == 200
        assert (await give(ann, "/api/upload/attachment", b"notes")).status_code == 429


@pytest.mark.parametrize("kind", PUBLIC)
async def test_public_files_are_open(
    ann: Person, stranger: httpx.AsyncClient, kind: str
) -> None:
    url = (await give(ann, f"/api/upload/{kind}", picture("PNG"), "pot.png")).json()["url"]
    answer = await stranger.get(url)
    assert (answer.status_code, answer.headers["content-type"]) == (200, "image/png")


async def test_private_files_need_authentication_and_permission(
    ann: Person, bob: Person, stranger: httpx.AsyncClient
) -> None:
    url = (await give(ann, "/api/upload/attachment", b"notes")).json()["url"]
    assert (await ann.get(url)).content == b"notes"
    assert (await bob.get(url)).status_code == 403
    assert (await stranger.get(url)).status_code == 401
