"""Whose address a request comes from, behind proxies that the admin has named."""

import ipaddress
from collections.abc import Iterable

from plexichat.config import Network

FORWARDED = (b"forwarded", b"x-forwarded-for", b"x-real-ip")


class Proxies:
    """The addresses and networks whose `X-Forwarded-For` is believed."""

    def __init__(self, trusted: Iterable[Network]) -> None:
        self._networks = tuple(trusted)

    def client(
        self, peer: tuple[str, int] | None, headers: Iterable[tuple[bytes, bytes]]
    ) -> str:
        """The nearest address that no trusted proxy wrote down for itself."""
        address = _plain(peer[0]) if peer else ""
        if not self._networks or not self._trusts(address):
            return address
        forwarded = b",".join(value for name, value in headers if name == b"x-forwarded-for")
        for hop in reversed(forwarded.decode("latin-1").split(",")):
            hop = _plain(hop.strip())
            if not _is_address(hop):
                break
            address = hop
            if not self._trusts(hop):
                break
        return address

    def unknown(
        self, peer: tuple[str, int] | None, headers: Iterable[tuple[bytes, bytes]]
    ) -> bool:
        """Whether a proxy that nobody has named passes this on, so that it is from anywhere."""
        passed_on = any(name in FORWARDED for name, _ in headers)
        return passed_on and not self._trusts(_plain(peer[0]) if peer else "")

    def _trusts(self, address: str) -> bool:
        return _is_address(address) and any(
            ipaddress.ip_address(address) in network for network in self._networks
        )


def _plain(address: str) -> str:
    """An IPv4 address as itself: a socket that listens on :: tells it as ::ffff:192.0.2.1."""
    mapped = address.startswith("::ffff:") and "." in address
    return address.removeprefix("::ffff:") if mapped else address


def _is_address(text: str) -> bool:
    try:
        ipaddress.ip_address(text)
    except ValueError:
        return False
    return True
