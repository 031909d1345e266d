"""What is the same for everybody while the server runs: pages, styles, scripts, documents."""

import hashlib
import html
from dataclasses import dataclass
from functools import cache
from importlib.resources import files as packaged
from string import Template

from plexichat.web import files
from plexichat.web.requests import Headers, Reply

# A page may use what we serve beside it and nothing else.
POLICY = (
    b"default-src 'none'; style-src 'self'; script-src 'self'; connect-src 'self'; "
    b"img-src 'self' data:; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
)
KINDS = {
    "html": "text/html; charset=utf-8",
    "css": "text/css; charset=utf-8",
    "js": "text/javascript; charset=utf-8",
    "json": "application/json; charset=utf-8",
}
# A page with a form may besides send it back to where it came from, and says nowhere that it did.
FORM: Headers = [
    (b"content-type", KINDS["html"].encode()),
    (b"content-security-policy", POLICY.replace(b"form-action 'none'", b"form-action 'self'")),
    (b"referrer-policy", b"no-referrer"),
    (b"cache-control", b"no-store"),
]


@dataclass(frozen=True, slots=True)
class Page:
    """Something whole, and how it is known."""

    body: bytes
    kind: str
    etag: str

    def reply(self) -> Reply:
        """The page, or the news that the client has it already."""
        headers: Headers = [(b"cache-control", b"no-cache")]
        if self.kind == KINDS["html"]:  # on a 304 too: its headers replace those a browser keeps
            headers.append((b"content-security-policy", POLICY))
        return files.whole(self.body, self.kind, self.etag, headers)


def page(body: bytes, suffix: str) -> Page:
    return Page(body, KINDS[suffix], f'"{hashlib.sha256(body).hexdigest()[:20]}"')


@cache
def file(name: str) -> Page:
    """A file of the folder pages/, read once."""
    return page((packaged("plexichat") / "pages" / name).read_bytes(), name.rpartition(".")[2])


def filled(name: str, status: int = 200, **texts: str) -> Reply:
    """A page with a form, made for this one answer: its `$names` replaced by these texts."""
    safe = {key: html.escape(text) for key, text in texts.items()}
    body = Template(file(name).body.decode()).substitute(safe).encode()
    return Reply(body, status, [*FORM])
