"""Which pages may open a WebSocket: a browser says whose page asks, and never lies about it."""

from collections.abc import Iterable
from urllib.parse import urlsplit


class Origins:
    """Our own origin, and those an admin has listed.

    With `any_port` also pages that another port of the same host gives: a browser keeps one set of
    cookies for all of them.
    """

    def __init__(self, url: str, listed: Iterable[str], *, any_port: bool = False) -> None:
        self._known = frozenset((*listed, origin_of(url)))
        self._any_port = any_port

    def welcome(self, headers: Iterable[tuple[bytes, bytes]]) -> bool:
        """Whether whoever connects is no page, or one of ours, or a listed one."""
        found = {name.lower(): value.decode("latin-1").lower() for name, value in headers}
        origin = found.get(b"origin")
        if origin is None or origin in self._known:
            return True
        scheme, _, host = origin.partition("://")
        asked = found.get(b"host", "")
        if self._any_port:
            return host_name(host) == host_name(asked) != ""
        return host != "" and bare(scheme, host) == bare(scheme, asked)


def origin_of(url: str) -> str:
    """What a browser calls the origin of a page at this address."""
    parts = urlsplit(url)
    return f"{parts.scheme}://{bare(parts.scheme, parts.netloc)}"


def host_name(host: str) -> str:
    """A host without its port; empty for what is none."""
    try:
        return urlsplit(f"//{host}").hostname or ""
    except ValueError:
        return ""


def bare(scheme: str, host: str) -> str:
    """A host without the port that goes without saying."""
    return host.removesuffix({"http": ":80", "https": ":443"}.get(scheme, ""))
