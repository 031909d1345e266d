"""Addresses from which nobody is answered."""

from typing import Any

import httpx
import pytest
from websockets.exceptions import InvalidStatus

from plexichat.app import House
from plexichat.config import Config
from plexichat.core import blocked_addresses
from plexichat.store.db import Tx
from tests.api.line import dial, listening
from tests.api.panel.office import Office, visitor
from tests.cast import Person, refusal

PATH = "/admin/security/block-ip"
DENIED = (403, "Access denied")


async def test_nobody_at_a_blocked_address_is_answered(office: Office, bob: Person) -> None:
    made = await office.did(PATH, ip_address="203.0.113.7", reason="noise")
    assert (made["ip_address"], made["reason"], made["expires_at"]) == (
        "203.0.113.7", "noise", None
    )  # fmt: skip
    assert made["blocked_by"] == office.admin.id
    assert await office.seen("/admin/security/blocked-ips") == [made]
    for path in ("/users/@me", "/health", "/recover", "/nonsense"):
        answer = await bob.get(path)
        assert answer.status_code == 403, path
    async with visitor(bob, "203.0.113.8") as elsewhere:
        assert (await elsewhere.get("/health")).status_code == 200
    undone = await office.client.delete("/admin/security/unblock-ip/203.0.113.7")
    assert undone.json() == {"success": True}
    assert (await bob.get("/users/@me")).status_code == 200
    assert (await office.actions())[:2] == ["security.unblock_ip", "security.block_ip"]


async def test_a_household_is_blocked_as_one(office: Office, ann: Person) -> None:
    made = await office.did(PATH, ip_address="2001:DB8::7", duration_hours=1)
    assert made["ip_address"] == "2001:db8::/64"
    assert made["expires_at"] - made["blocked_at"] == 3600
    for address, status in (("2001:db8::8", 403), ("2001:db8:0:1::8", 200)):
        async with visitor(ann, address) as client:
            assert (await client.get("/health")).status_code == status
    undone = await office.client.delete("/admin/security/unblock-ip/2001:db8::9")
    assert undone.status_code == 200


async def test_a_block_ends_by_itself(office: Office, bob: Person) -> None:
    house = bob.house
    await office.did(PATH, ip_address="203.0.113.7", duration_hours=1)
    await house.db.write(pass_time)
    house.blocked.load(await house.db.read(blocked_addresses.load))
    assert (await bob.get("/users/@me")).status_code == 200
    assert await office.seen("/admin/security/blocked-ips") == []
    assert await house.db.write(blocked_addresses.forget_expired) == 1
    assert not house.blocked


def pass_time(tx: Tx) -> None:
    tx.execute("UPDATE blocked_address SET expires_at = ?", (tx.now,))


async def test_a_blocked_address_is_blocked_after_a_restart(config: Config) -> None:
    address = "203.0.113.7"
    house = await House.open(config)
    await house.db.write(blocked_addresses.block, 1, "127.0.0.1", address, None, None)
    await house.close()
    again = await House.open(config)
    assert again.blocked.holds(address, 0)
    await again.close()


async def test_no_socket_opens_at_a_blocked_address(
    office: Office, bob: Person, url: str
) -> None:
    async with listening(url, bob) as line:
        await office.did(PATH, ip_address="127.0.0.1")
        assert await line.beat() == []
        with pytest.raises(InvalidStatus) as refused:
            async with dial(url):
                pass
        assert refused.value.response.status_code == 403


@pytest.mark.parametrize(
    "body",
    [{}, {"ip_address": "somewhere"}, {"ip_address": "10.0.0.0/8"},
     {"ip_address": "203.0.113.7", "duration_hours": 0}],
)  # fmt: skip
async def test_what_is_no_address_is_not_blocked(office: Office, body: dict[str, Any]) -> None:
    assert refusal(await office.post(PATH, **body))[0] == 400
    assert await office.seen("/admin/security/blocked-ips") == []


async def test_nobody_blocks_their_own_address(office: Office, stranger: httpx.AsyncClient) -> None:
    answer = await office.post(PATH, ip_address="192.168.0.7")
    assert refusal(answer) == (400, "Own address: you would be locked out")
    missing = await office.client.delete("/admin/security/unblock-ip/192.168.0.7")
    assert refusal(missing) == (404, "Address not found")
    odd = await office.client.delete("/admin/security/unblock-ip/home")
    assert refusal(odd) == (400, "Invalid input: ip_address")
