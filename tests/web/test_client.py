"""A web client beside the API: its files, its one page, and who answers where paths coincide."""

import dataclasses
from collections.abc import AsyncIterator
from pathlib import Path

import httpx
import pytest

from plexichat.app import House, create_app
from plexichat.config import Config, Web
from tests.cast import browser
from tests.recorder import WITH_CLIENT

PAGE = "<!doctype html><title>Chat</title><script>var dark = 1</script><script src=x.js></script>"
BROWSER = {"Accept": "text/html,application/xhtml+xml,*/*;q=0.8"}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    folder = tmp_path / "client"
    (folder / "assets").mkdir(parents=True)
    (folder / "index.html").write_text(PAGE)
    (folder / "assets" / "index-4f3a9c1b.js").write_text("export {}")
    (folder / "robots.txt").write_text("User-agent: *")
    (folder / "logo.svg").write_text("<svg xmlns='http://www.w3.org/2000/svg'/>")
    (folder / ".secret").write_text("hush")
    (folder / "outside").symlink_to(tmp_path)
    (tmp_path / "private.txt").write_text("hush")
    return folder


@pytest.fixture
def config(config: Config, folder: Path) -> Config:
    return dataclasses.replace(config, web=Web(client_dir=str(folder)))


@pytest.fixture
async def page(house: House) -> AsyncIterator[httpx.AsyncClient]:
    async with browser(create_app(house)) as client:
        client.base_url = httpx.URL(f"http://{WITH_CLIENT}")
        yield client


@pytest.mark.parametrize("path", ["/", "/login", "/channels/5c0f/general", "/k3J9xQ2b", "/health"])
async def test_a_browser_gets_the_page_wherever_it_goes(
    page: httpx.AsyncClient, path: str
) -> None:
    answer = await page.get(path, headers=BROWSER)
    assert (answer.status_code, answer.text) == (200, PAGE)
    assert answer.headers["content-type"] == "text/html; charset=utf-8"
    assert answer.headers["cache-control"] == "no-cache"
    assert answer.headers["x-content-type-options"] == "nosniff"
    again = await page.get(path, headers={**BROWSER, "If-None-Match": answer.headers["etag"]})
    assert again.status_code == 304


async def test_its_own_inline_script_runs_and_no_other(page: httpx.AsyncClient) -> None:
    policy = (await page.get("/", headers=BROWSER)).headers["content-security-policy"]
    (scripts,) = (part for part in policy.split("; ") if part.startswith("script-src"))
    assert "'unsafe-inline'" not in scripts
    assert scripts.count("'sha256-") == 1


async def test_who_asks_for_no_page_gets_the_api(page: httpx.AsyncClient) -> None:
    assert (await page.get("/health")).json()["status"] == "healthy"
    told = (await page.get("/channels/5/messages", headers={"Accept": "application/json"})).json()
    assert told["error"]["message"] == "Authentication required"
    assert (await page.post("/login", headers=BROWSER)).json()["error"]["code"] == 404
    for path in ("/api/nonsense", "/api/v1/nonsense", "/api/v1/health"):
        answer = await page.get(path, headers=BROWSER)
        assert answer.headers["content-type"].startswith("application/json"), path


async def test_our_own_pages_stay(page: httpx.AsyncClient) -> None:
    answer = await page.get("/docs", headers=BROWSER)
    assert answer.status_code == 200
    assert answer.text != PAGE


@pytest.mark.parametrize(
    ("path", "kind", "cached"),
    [
        ("/assets/index-4f3a9c1b.js", "text/javascript; charset=utf-8", "immutable"),
        ("/robots.txt", "text/plain; charset=utf-8", "no-cache"),
        ("/logo.svg", "image/svg+xml", "no-cache"),
    ],
)
async def test_a_file_comes_as_what_it_is(
    page: httpx.AsyncClient, folder: Path, path: str, kind: str, cached: str
) -> None:
    answer = await page.get(path)
    assert answer.status_code == 200
    assert answer.content == (folder / path[1:]).read_bytes()
    assert answer.headers["content-type"] == kind
    assert cached in answer.headers["cache-control"]
    part = await page.get(path, headers={"Range": "bytes=0-2"})
    assert (part.status_code, part.content) == (206, answer.content[:3])
    assert (await page.head(path)).headers["content-length"] == str(len(answer.content))


@pytest.mark.parametrize(
    "path",
    [
        "/assets/missing.js", "/.secret", "/outside/private.txt", "/%2e%2e/private.txt",
        "/assets/..%2f..%2fprivate.txt", "/assets%00.js", "/..%5cprivate.txt",
    ],
)  # fmt: skip
async def test_nothing_else_leaves_the_house(page: httpx.AsyncClient, path: str) -> None:
    answer = await page.get(path)
    assert answer.status_code == 404
    assert "hush" not in answer.text


async def test_a_folder_without_a_page_is_refused(config: Config, tmp_path: Path) -> None:
    empty = dataclasses.replace(config, web=Web(client_dir=str(tmp_path)))
    house = await House.open(empty)
    try:
        with pytest.raises(FileNotFoundError):
            create_app(house)
    finally:
        await house.close()
