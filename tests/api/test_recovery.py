"""Back in without the password: links from an admin, codes of one's own, and the page for both."""

import re
from typing import Any

import httpx
import pytest

from plexichat.config import Config, Rate, RateLimits
from plexichat.core import recovery
from plexichat.store.db import Tx
from tests.api.line import listening
from tests.cast import PASSWORD, Person, quick, refusal

NEW = "beet-and-onion"
LATER = "rye-and-caraway"
CONFIRM = "/auth/password-reset/confirm"


async def link(person: Person, hours: int = 24) -> str:
    made = await person.house.db.write(recovery.link, person.number, hours)
    return made.token


async def codes(person: Person) -> list[str]:
    answer = await person.post("/auth/recovery-codes", {"password": PASSWORD})
    assert answer.status_code == 200, answer.text
    drawn: list[str] = answer.json()["codes"]
    return drawn


async def log_in(client: httpx.AsyncClient, name: str, password: str) -> httpx.Response:
    return await client.post("/auth/login", json={"username": name, "password": password})


async def confirm(client: httpx.AsyncClient, token: str, password: str = NEW) -> httpx.Response:
    return await client.post(CONFIRM, json={"token": token, "new_password": password})


async def fill(client: httpx.AsyncClient, **fields: str) -> httpx.Response:
    return await client.post("/recover", data=fields)


async def recover(client: httpx.AsyncClient, **fields: Any) -> httpx.Response:
    return await client.post("/auth/recover", json={"new_password": NEW, **fields})


async def test_a_link_sets_a_new_password_and_ends_every_session(
    ann: Person, stranger: httpx.AsyncClient
) -> None:
    token = await link(ann)
    answer = await fill(stranger, token=token, password=NEW, again=NEW)
    assert (answer.status_code, "Your password is set" in answer.text) == (200, True)
    assert refusal(await ann.get("/users/@me")) == (401, "Invalid token")
    assert refusal(await log_in(stranger, "ann", PASSWORD)) == (401, "Invalid credentials")
    assert (await log_in(stranger, "ann", NEW)).status_code == 200


async def test_a_client_may_use_a_link_too(ann: Person, stranger: httpx.AsyncClient) -> None:
    assert (await confirm(stranger, await link(ann))).json() == {"success": True}
    assert (await log_in(stranger, "ann", NEW)).status_code == 200


async def test_asking_for_a_link_tells_the_admin_alone(
    ann: Person, stranger: httpx.AsyncClient, caplog: pytest.LogCaptureFixture
) -> None:
    answers = [
        await stranger.post("/auth/password-reset/request", json={"email": address})
        for address in ("ANN@example.org", "nobody@example.org")
    ]
    assert [answer.json() for answer in answers] == [{"success": True}] * 2
    assert caplog.messages == ["ann asks for a new password: plexichat user recovery-link ann"]
    assert refusal(await stranger.post("/auth/password-reset/request", json={}))[0] == 400


async def test_a_link_works_once(ann: Person, stranger: httpx.AsyncClient) -> None:
    token = await link(ann)
    await confirm(stranger, token)
    assert refusal(await confirm(stranger, token, LATER)) == (401, "Invalid token")
    again = await fill(stranger, token=token, password=LATER, again=LATER)
    assert again.status_code == 401
    assert "This link does not work" in again.text
    assert token not in again.text
    assert (await log_in(stranger, "ann", NEW)).status_code == 200


async def test_a_newer_link_kills_the_one_before(ann: Person, stranger: httpx.AsyncClient) -> None:
    older, newer = await link(ann), await link(ann)
    assert refusal(await confirm(stranger, older)) == (401, "Invalid token")
    assert (await confirm(stranger, newer)).status_code == 200


async def test_any_change_of_the_password_kills_a_link(
    ann: Person, stranger: httpx.AsyncClient
) -> None:
    token = await link(ann)
    changed = {"password": NEW, "current_password": PASSWORD}
    assert (await ann.patch("/users/@me", changed)).status_code == 200
    assert refusal(await confirm(stranger, token, LATER)) == (401, "Invalid token")


async def test_a_link_expires(ann: Person, stranger: httpx.AsyncClient) -> None:
    token = await link(ann)
    await ann.house.db.write(age)
    assert refusal(await confirm(stranger, token)) == (401, "Token expired")
    assert "expired" in (await fill(stranger, token=token, password=NEW, again=NEW)).text
    assert await ann.house.db.write(recovery.forget_expired) == 1
    assert refusal(await confirm(stranger, token)) == (401, "Invalid token")


def age(tx: Tx) -> None:
    tx.execute("UPDATE recovery_link SET expires_at = ?", (tx.now,))


@pytest.mark.parametrize(
    "token", ["", "recovery", "recovery.1.x", "recovery.99999999999999999999.x", "2fa.1.x"]
)
async def test_what_is_no_link_opens_nothing(
    ann: Person, stranger: httpx.AsyncClient, token: str
) -> None:
    await link(ann)
    assert refusal(await confirm(stranger, token)) == (401, "Invalid token")


async def test_anothers_id_with_ones_own_secret_opens_nothing(
    ann: Person, bob: Person, stranger: httpx.AsyncClient
) -> None:
    token = (await link(ann)).replace(ann.id, bob.id)
    await link(bob)
    assert refusal(await confirm(stranger, token)) == (401, "Invalid token")


async def test_only_a_hash_of_a_link_and_of_a_code_is_kept(ann: Person) -> None:
    secrets = [(await link(ann)).rpartition(".")[2], await codes(ann)]
    await ann.house.db.write(lambda tx: None)
    kept = b"".join(p.read_bytes() for p in ann.house.directory.glob("plexichat.db*"))
    assert secrets[0].encode() not in kept  # type: ignore[attr-defined]
    for code in secrets[1]:
        assert code.replace("-", "").encode() not in kept


async def test_a_weak_password_leaves_the_link_alive(
    ann: Person, stranger: httpx.AsyncClient
) -> None:
    token = await link(ann)
    assert refusal(await confirm(stranger, token, "short")) == (
        400, "Weak password: needs at least 8 characters"
    )  # fmt: skip
    shown = await fill(stranger, token=token, password="short", again="short")
    assert shown.status_code == 400
    assert "Weak password" in shown.text
    assert f'value="{token}"' in shown.text
    assert (await confirm(stranger, token)).status_code == 200


async def test_the_page_wants_the_same_password_twice(
    ann: Person, stranger: httpx.AsyncClient
) -> None:
    shown = await fill(stranger, token=await link(ann), password=NEW, again=LATER)
    assert (shown.status_code, "not the same" in shown.text) == (400, True)
    assert (await log_in(stranger, "ann", PASSWORD)).status_code == 200


async def test_the_page_takes_a_whole_link_that_is_pasted(
    ann: Person, stranger: httpx.AsyncClient
) -> None:
    whole = ann.house.shapes.recovery(await link(ann))
    assert (await fill(stranger, token=f" {whole} ", password=NEW, again=NEW)).status_code == 200


async def test_the_page_needs_nothing_but_itself(stranger: httpx.AsyncClient) -> None:
    page = await stranger.get("/recover")
    policy = page.headers["content-security-policy"]
    for rule in (
        "default-src 'none'", "form-action 'self'", "frame-ancestors 'none'", "base-uri 'none'",
    ):  # fmt: skip
        assert rule in policy
    assert "unsafe" not in policy
    assert page.headers.get_list("referrer-policy") == ["no-referrer"]
    assert page.headers["cache-control"] == "no-store"
    for url in re.findall(r'(?:src|href)="([^"]+)"', page.text):
        assert url.startswith("data:") or (await stranger.get(f"/{url}")).status_code == 200


async def test_what_is_typed_comes_back_as_text(stranger: httpx.AsyncClient) -> None:
    shown = await fill(stranger, token='"><script>', password="a", again="b")
    assert "&quot;&gt;&lt;script&gt;" in shown.text
    assert "><script>" not in shown.text


async def test_the_page_says_no_as_a_page(stranger: httpx.AsyncClient) -> None:
    for answer, status in (
        (await stranger.post("/recover", content=b"a" * 20_000), 413),
        (await stranger.post("/recover", content=b"\xff"), 400),
        (await stranger.put("/recover"), 405),
        (await stranger.get("/recover/nothing"), 404),
    ):
        assert answer.status_code == status
        assert answer.headers["content-type"] == "text/html; charset=utf-8"
        assert "That did not work" in answer.text


async def test_a_code_sets_a_new_password_once(ann: Person, stranger: httpx.AsyncClient) -> None:
    assert (await ann.get("/auth/recovery-codes")).json() == {"remaining": 0}
    drawn = await codes(ann)
    assert len(set(drawn)) == 8
    assert all(re.fullmatch(r"[a-z2-9]{4}(-[a-z2-9]{4}){3}", code) for code in drawn)
    typed = drawn[0].upper().replace("-", " ")
    assert (await recover(stranger, username="ANN", code=typed)).json() == {"success": True}
    assert refusal(await ann.get("/users/@me")) == (401, "Invalid token")
    assert refusal(await recover(stranger, username="ann", code=drawn[0])) == (401, "Invalid code")
    again = await log_in(stranger, "ann", NEW)
    bearer = {"Authorization": f"Bearer {again.json()['token']}"}
    left = await stranger.get("/auth/recovery-codes", headers=bearer)
    assert left.json() == {"remaining": 7}
    by_address = await recover(
        stranger, username="ann@example.org", code=drawn[1], new_password=LATER
    )
    assert by_address.status_code == 200


async def test_new_codes_kill_the_old(ann: Person, stranger: httpx.AsyncClient) -> None:
    older, newer = await codes(ann), await codes(ann)
    assert refusal(await recover(stranger, username="ann", code=older[0])) == (401, "Invalid code")
    assert (await recover(stranger, username="ann", code=newer[0])).status_code == 200


async def test_a_code_is_good_for_its_owner_only(
    ann: Person, bob: Person, stranger: httpx.AsyncClient
) -> None:
    drawn = await codes(ann)
    for name in ("bob", "nobody", ""):
        answer = await recover(stranger, username=name, code=drawn[0])
        assert refusal(answer) == (401, "Invalid code")
    weak = await recover(stranger, username="ann", code=drawn[0], new_password="short")
    assert refusal(weak)[0] == 400
    assert (await recover(stranger, username="ann", code=drawn[0])).status_code == 200


async def test_codes_are_made_with_the_password(ann: Person, stranger: httpx.AsyncClient) -> None:
    path = "/auth/recovery-codes"
    assert refusal(await ann.post(path, {})) == (400, "Password required")
    assert refusal(await ann.post(path, {"password": NEW})) == (401, "Invalid password")
    nobody = await stranger.post(path, json={"password": PASSWORD})
    assert refusal(nobody) == (401, "Authentication required")


async def test_ones_sockets_hear_of_it_and_close(
    ann: Person, url: str, stranger: httpx.AsyncClient
) -> None:
    async with listening(url, ann) as line:
        await codes(ann)
        token = await link(ann)
        told = [frame["d"]["detail"] for frame in await line.beat()]
        assert told == [{"setting": "recovery_codes"}, {"setting": "recovery_link"}]
        await confirm(stranger, token)
        heard = await line.hear()
        assert (heard["t"], heard["d"]["action"]) == ("SECURITY_ALERT", "password_change")
        assert await line.hangup() == (4004, "Authentication failed")


async def test_whom_wrong_passwords_locked_out_a_link_lets_in(
    ann: Person, stranger: httpx.AsyncClient
) -> None:
    for _ in range(5):
        await log_in(stranger, "ann", "wrong")
    assert refusal(await log_in(stranger, "ann", PASSWORD)) == (403, "Account locked")
    await confirm(stranger, await link(ann))
    assert (await log_in(stranger, "ann", NEW)).status_code == 200


class TestTried:
    @pytest.fixture
    def config(self, tmp_path: Any) -> Config:
        return quick(tmp_path / "data", rate_limits=RateLimits(recover=(Rate(2, 60, 2),)))

    async def test_few_may_be_tried(self, stranger: httpx.AsyncClient) -> None:
        for _ in range(2):
            assert (await confirm(stranger, "x")).status_code == 401
        assert (await confirm(stranger, "x")).status_code == 429
        shown = await fill(stranger, token="x", password=NEW, again=NEW)
        assert (shown.status_code, "Rate limited" in shown.text) == (429, True)
        assert "retry-after" in shown.headers
        assert (await stranger.get("/recover")).status_code == 200
