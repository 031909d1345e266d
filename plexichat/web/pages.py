"""What is the same for everybody while the server runs: pages, styles, scripts, documents.

Held in memory, sent with an ETag, and sent again only to whoever has another one.
"""

import hashlib
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

from plexichat.web.requests import Headers, Reply, current

# A page may use what we serve beside it and nothing else.
POLICY = (
    b"default-src 'none'; style-src 'self'; script-src 'self'; connect-src 'self'; "
    b"img-src 'self' data:; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
)
KINDS = {
    "html": b"text/html; charset=utf-8",
    "css": b"text/css; charset=utf-8",
    "js": b"text/javascript; charset=utf-8",
    "json": b"application/json; charset=utf-8",
}


@dataclass(frozen=True, slots=True)
class Page:
    """Something whole, and how it is known."""

    body: bytes
    kind: bytes
    etag: bytes

    def reply(self) -> Reply:
        """The page, or 304 to whoever has it already."""
        headers: Headers = [(b"etag", self.etag), (b"cache-control", b"no-cache")]
        if self.kind == KINDS["html"]:  # on a 304 too: its headers replace those a browser keeps
            headers.append((b"content-security-policy", POLICY))
        known = current().header(b"if-none-match") or ""
        if self.etag in (tag.strip().encode("latin-1") for tag in known.split(",")):
            return Reply(status=304, headers=headers)
        headers.append((b"content-type", self.kind))
        return Reply(self.body, headers=headers)


def page(body: bytes, suffix: str) -> Page:
    digest = hashlib.sha256(body).hexdigest()[:20]
    return Page(body, KINDS[suffix], f'"{digest}"'.encode())


@cache
def file(name: str) -> Page:
    """A file of the folder pages/, read once."""
    return page((files("plexichat") / "pages" / name).read_bytes(), name.rpartition(".")[2])
