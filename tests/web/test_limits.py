"""The rate limit engine, on a clock of its own, and what a client sees of it."""

import dataclasses

import httpx
import pytest

from plexichat.config import Config, Rate, RateLimits
from plexichat.web.limits import Limits, network
from tests.cast import Person, refusal


class Clock:
    def __init__(self) -> None:
        self.now = 1000.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


def passes(limits: Limits, key: object = 1) -> bool:
    verdict = limits.take("login", key)
    assert verdict is not None
    return verdict.retry_after == 0


def test_a_burst_passes_and_then_one_per_interval(clock: Clock) -> None:
    limits = Limits(RateLimits(login=(Rate(10, 5, 5),)), clock)
    assert [passes(limits) for _ in range(6)] == [True] * 5 + [False]
    clock.now += 0.5
    assert [passes(limits) for _ in range(2)] == [True, False]
    clock.now += 60
    assert [passes(limits) for _ in range(6)] == [True] * 5 + [False]


def test_a_refused_request_costs_nothing(clock: Clock) -> None:
    limits = Limits(RateLimits(login=(Rate(1, 10, 1),)), clock)
    assert passes(limits)
    for _ in range(50):
        assert not passes(limits)
    clock.now += 10
    assert passes(limits)


def test_every_rate_of_a_bucket_must_let_a_request_pass(clock: Clock) -> None:
    limits = Limits(RateLimits(login=(Rate(2, 1, 2), Rate(3, 60, 3))), clock)
    passed = []
    for _ in range(4):
        passed.append(passes(limits))
        clock.now += 1
    assert passed == [True, True, True, False]


def test_the_verdict_tells_how_long_to_wait(clock: Clock) -> None:
    limits = Limits(RateLimits(login=(Rate(4, 2, 2),)), clock)
    first = limits.take("login", 1)
    assert first is not None
    assert (first.limit, first.remaining, first.reset_after) == (4, 1, 0.5)
    limits.take("login", 1)
    third = limits.take("login", 1)
    assert third is not None
    assert (third.remaining, third.retry_after) == (0, 0.5)


def test_keys_are_counted_apart_and_forgotten_when_empty(clock: Clock) -> None:
    limits = Limits(RateLimits(login=(Rate(1, 10, 1),)), clock)
    assert passes(limits, "ann")
    assert passes(limits, "bob")
    clock.now += 11
    limits.sweep()
    assert limits._empty_at == {}


def test_limits_that_are_off_say_nothing(clock: Clock) -> None:
    assert Limits(RateLimits(enabled=False), clock).take("login", 1) is None


@pytest.mark.parametrize(
    ("address", "counted"),
    [
        ("192.0.2.1", "192.0.2.1"),
        ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64"),
        ("2001:db8:1:2:ffff::1", "2001:db8:1:2::/64"),
        ("::ffff:192.0.2.1", "192.0.2.1"),
        ("fe80::1%eth0", "fe80::/64"),
        ("<local>", "<local>"),
    ],
)
def test_an_ipv6_household_counts_as_one(address: str, counted: str) -> None:
    assert network(address) == counted


class TestOnTheWire:
    @pytest.fixture
    def config(self, config: Config) -> Config:
        twice = (Rate(2, 60, 2),)
        rates = RateLimits(login=twice, read_me=twice, default=twice)
        return dataclasses.replace(config, rate_limits=rates)

    async def test_the_third_login_of_an_address_is_429(
        self, stranger: httpx.AsyncClient
    ) -> None:
        body = {"username": "nobody", "password": "wrong"}
        answers = [await stranger.post("/auth/login", json=body) for _ in range(3)]
        assert [answer.status_code for answer in answers] == [401, 401, 429]
        error = answers[-1].json()["error"]
        assert (error["code"], error["message"], error["scope"]) == (429, "Rate limited", "route")
        assert 0 < error["retry_after"] <= 30
        headers = answers[-1].headers
        assert int(headers["retry-after"]) >= error["retry_after"]
        assert headers["x-ratelimit-remaining"] == "0"
        assert headers["x-ratelimit-bucket"] == "login"

    async def test_limited_routes_tell_what_is_left(self, ann: Person, bob: Person) -> None:
        first = await ann.get("/users/@me")
        assert first.headers["x-ratelimit-limit"] == "2"
        assert first.headers["x-ratelimit-remaining"] == "1"
        assert first.headers["x-ratelimit-scope"] == "route"
        refused = await ann.patch("/users/@me", {"username": "x"})
        assert (refused.status_code, refused.headers["x-ratelimit-remaining"]) == (400, "4")
        await ann.get("/users/@me")
        assert refusal(await ann.get("/users/@me")) == (429, "Rate limited")
        assert (await bob.get("/users/@me")).status_code == 200

    async def test_routes_without_a_limit_of_their_own_are_counted_apart(
        self, ann: Person, bob: Person
    ) -> None:
        path = f"/users/{bob.id}"
        told = [(await ann.get(path)).status_code for path in (path, f"/api/v1{path}", path)]
        assert told == [200, 200, 429]
        assert (await ann.get(f"{path}/presence")).status_code == 200

    async def test_a_bucket_names_what_is_counted_together(self, ann: Person, bob: Person) -> None:
        async def bucket(method: str, path: str) -> str:
            answer = await ann.ask(method, path)
            return str(answer.headers["x-ratelimit-bucket"])

        assert await bucket("GET", f"/users/{bob.id}") == "GET /users/{user_id}"
        assert await bucket("GET", f"/api/v1/users/{ann.id}") == "GET /users/{user_id}"
        assert await bucket("GET", f"/users/{bob.id}/presence") == "GET /users/{user_id}/presence"
        assert await bucket("PATCH", "/users/@me") == "update_me"
        assert await bucket("POST", "/channels/077/messages") == "send_message:77"
        assert await bucket("POST", "/channels/78/messages") == "send_message:78"
        assert await bucket("POST", "/channels/x%0Ay/messages") == "send_message"
