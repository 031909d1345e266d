"""Whose address a request comes from."""

import ipaddress

import pytest

from plexichat.web.proxies import Proxies

TRUSTED = (ipaddress.ip_network("10.0.0.0/8"), ipaddress.ip_network("::1/128"))


@pytest.mark.parametrize(
    ("peer", "forwarded", "client"),
    [
        ("192.0.2.9", ["198.51.100.1"], "192.0.2.9"),
        ("10.0.0.1", ["198.51.100.1"], "198.51.100.1"),
        ("10.0.0.1", ["evil, 198.51.100.1"], "198.51.100.1"),
        ("10.0.0.1", ["203.0.113.5, 198.51.100.1, 10.1.1.1"], "198.51.100.1"),
        ("10.0.0.1", ["203.0.113.5", "198.51.100.1"], "198.51.100.1"),
        ("10.0.0.1", ["nonsense"], "10.0.0.1"),
        ("10.0.0.1", [], "10.0.0.1"),
        ("::1", ["2001:db8::7"], "2001:db8::7"),
        ("::ffff:10.0.0.1", ["198.51.100.1, ::ffff:10.1.1.1"], "198.51.100.1"),
        ("::ffff:192.0.2.9", ["198.51.100.1"], "192.0.2.9"),
    ],
)
def test_the_nearest_address_that_no_trusted_proxy_wrote_counts(
    peer: str, forwarded: list[str], client: str
) -> None:
    headers = [(b"x-forwarded-for", value.encode()) for value in forwarded]
    assert Proxies(TRUSTED).client((peer, 1), headers) == client


def test_nobody_is_believed_unless_configured() -> None:
    headers = [(b"x-forwarded-for", b"198.51.100.1")]
    assert Proxies(()).client(("127.0.0.1", 1), headers) == "127.0.0.1"


@pytest.mark.parametrize("peer", ["127.0.0.1", "::ffff:127.0.0.1"])
def test_an_ipv4_client_has_one_address_whatever_the_server_listens_on(peer: str) -> None:
    assert Proxies(()).client((peer, 1), []) == "127.0.0.1"


def test_a_named_proxy_is_known_on_a_socket_for_both_families() -> None:
    passed_on = [(b"x-forwarded-for", b"198.51.100.1")]
    assert not Proxies(TRUSTED).unknown(("::ffff:10.0.0.1", 1), passed_on)
    assert Proxies(TRUSTED).unknown(("::ffff:192.0.2.9", 1), passed_on)
