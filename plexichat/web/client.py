"""A web client's folder, served beside the API: files as they are, and one page for every view.

The folder is the admin's own, so what it holds may run; it may not be left by any path.
"""

import base64
import hashlib
import os
import re
import stat
from html.parser import HTMLParser
from pathlib import Path
from typing import IO

from plexichat.web import files
from plexichat.web.refusals import Problem, Refused
from plexichat.web.requests import Headers, Reply, Request, house

INDEX = "index.html"
KINDS = {
    ".html": "text/html; charset=utf-8",
    ".css": "text/css; charset=utf-8",
    ".js": "text/javascript; charset=utf-8",
    ".mjs": "text/javascript; charset=utf-8",
    ".json": "application/json; charset=utf-8",
    ".map": "application/json; charset=utf-8",
    ".webmanifest": "application/manifest+json; charset=utf-8",
    ".txt": "text/plain; charset=utf-8",
    ".xml": "text/xml; charset=utf-8",
    ".wasm": "application/wasm",
    ".svg": "image/svg+xml",
    ".png": "image/png",
    ".jpg": "image/jpeg",
    ".jpeg": "image/jpeg",
    ".gif": "image/gif",
    ".webp": "image/webp",
    ".avif": "image/avif",
    ".ico": "image/x-icon",
    ".woff": "font/woff",
    ".woff2": "font/woff2",
    ".ttf": "font/ttf",
    ".otf": "font/otf",
    ".mp3": "audio/mpeg",
    ".ogg": "audio/ogg",
    ".wav": "audio/wav",
    ".mp4": "video/mp4",
    ".webm": "video/webm",
}
# A bundler puts a hash of the content into such a name: what has it never changes.
HASHED = re.compile(r".+[.-](?=[A-Za-z0-9_-]*[0-9])[A-Za-z0-9_-]{8,}\.\w+")
FOREVER = b"public, max-age=31536000, immutable"
ASK_AGAIN = b"no-cache"
# A client may talk to any server, and show pictures from anywhere; it runs no script but its own.
POLICY = (
    "default-src 'self'; script-src 'self' 'wasm-unsafe-eval'{scripts}; "
    "style-src 'self' 'unsafe-inline' https:; font-src 'self' data: https:; "
    "img-src 'self' data: blob: http: https:; media-src 'self' data: blob: http: https:; "
    "connect-src 'self' http: https: ws: wss:; worker-src 'self' blob:; "
    "object-src 'none'; base-uri 'self'; form-action 'self'; frame-ancestors 'self'"
)


class Client:
    """The files of one folder."""

    def __init__(self, folder: str) -> None:
        """Raises OSError when the folder has no index.html."""
        self._root = Path(folder).resolve()
        (self._root / INDEX).stat()

    async def answer(self, request: Request) -> Reply:
        """The file of this path, else the page that finds its way by itself."""
        found = await house().shelf.run(self._find, request.path)
        if found is None and (wants_page(request) or "." not in request.path.rpartition("/")[2]):
            found = await house().shelf.run(self._find, f"/{INDEX}")
        if found is None:
            raise Refused(Problem(404, "Not found"))
        return self._reply(*found)

    def _find(self, path: str) -> tuple[IO[bytes], Path] | None:
        """Open a file of the folder; None for whatever is not one, hidden or outside."""
        parts = [part for part in path.split("/") if part]
        if any(part.startswith(".") or "\\" in part or "\0" in part for part in parts):
            return None
        place = self._root.joinpath(*parts)
        if path.endswith("/"):
            place /= INDEX
        try:
            real = place.resolve(strict=True)
            if not real.is_relative_to(self._root):
                return None
            file = open(real, "rb", buffering=0)  # noqa: SIM115
        except (OSError, ValueError):
            return None
        if stat.S_ISREG(os.fstat(file.fileno()).st_mode):
            return file, real
        file.close()
        return None

    def _reply(self, file: IO[bytes], path: Path) -> Reply:
        kind = KINDS.get(path.suffix.lower(), "application/octet-stream")
        known = os.fstat(file.fileno())
        etag = f'"{known.st_mtime_ns:x}-{known.st_size:x}"'
        headers: Headers = [
            (b"cache-control", FOREVER if HASHED.fullmatch(path.name) else ASK_AGAIN)
        ]
        if not kind.startswith("text/html"):
            return files.streamed(file, kind, etag, headers)
        with file:
            body = file.read()
        policy = POLICY.format(scripts="".join(f" '{each}'" for each in inline_scripts(body)))
        headers.append((b"content-security-policy", policy.encode()))
        return files.whole(body, kind, etag, headers)


def wants_page(request: Request) -> bool:
    """Whether a browser asks for something to show in its window."""
    return "text/html" in (request.header(b"accept") or "").lower()


def inline_scripts(page: bytes) -> list[str]:
    """What allows exactly the scripts that stand in a page itself (CSP, hash sources)."""
    finder = _Scripts()
    finder.feed(page.decode("utf-8", "replace"))
    return [
        "sha256-" + base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()
        for text in finder.found
    ]


class _Scripts(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=False)
        self.found: list[str] = []
        self._inside = False

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self._inside = tag == "script" and "src" not in dict(attrs)
        if self._inside:
            self.found.append("")

    def handle_data(self, data: str) -> None:
        if self._inside:
            self.found[-1] += data

    def handle_endtag(self, tag: str) -> None:
        self._inside = False
