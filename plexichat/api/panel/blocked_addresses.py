"""Addresses from which nobody is answered (contract 15, section 3)."""

from typing import Annotated

from msgspec import Meta, Struct

from plexichat.api.shapes import SUCCESS, Id, Seconds, Success, seconds
from plexichat.core import blocked_addresses
from plexichat.core.deeds import Deed
from plexichat.store.blocked_addresses import Blocked
from plexichat.web import panel
from plexichat.web.limits import network
from plexichat.web.requests import current, see
from plexichat.web.routes import Routes

routes = Routes("Admin: addresses", guard=panel.INSIDE)

ERRORS = ("400 Invalid input",)


class NewBlock(Struct):
    ip_address: Annotated[str, Meta(min_length=2, max_length=45)]
    reason: Annotated[str, Meta(max_length=500)] | None = None
    duration_hours: Annotated[int, Meta(ge=1, le=1_000_000)] | None = None


class BlockedAddress(Struct):
    """Of IPv6 it is the network of a household; without `expires_at` until further notice."""

    ip_address: str
    reason: str | None
    blocked_at: Seconds
    blocked_by: Id
    expires_at: Seconds | None


@routes.get("/admin/security/blocked-ips")
async def list_all() -> list[BlockedAddress]:
    """Which addresses are blocked, the newest first."""
    return [_shape(blocked) for blocked in await see(blocked_addresses.listed)]


@routes.post(
    "/admin/security/block-ip", errors=(*ERRORS, "400 Own address", panel.FRESH)
)
async def block(body: NewBlock) -> BlockedAddress:
    """Answer nobody at an address; sockets that are open stay until they close."""
    address = network(panel.address_in(body.ip_address))
    deed = Deed("security.block_ip", "address", None, {"ip_address": address})
    made = await panel.act_freshly(
        deed, blocked_addresses.block, panel.admin().id, network(current().address), address,
        body.reason, body.duration_hours,
    )  # fmt: skip
    return _shape(made)


@routes.delete(
    "/admin/security/unblock-ip/<ip_address>", errors=(*ERRORS, "404 Address not found")
)
async def unblock(ip_address: str) -> Success:
    """Answer again; of a household's network any address will do."""
    address = network(panel.address_in(ip_address))
    deed = Deed("security.unblock_ip", "address", None, {"ip_address": address})
    await panel.act(deed, blocked_addresses.unblock, address)
    return SUCCESS


def _shape(blocked: Blocked) -> BlockedAddress:
    return BlockedAddress(
        blocked.address, blocked.reason, blocked.blocked_at // 1000, str(blocked.blocked_by),
        seconds(blocked.expires_at),
    )  # fmt: skip
