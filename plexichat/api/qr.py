"""Texts as QR codes (contract 10, section 6)."""

from msgspec import Struct

from plexichat.core import qr
from plexichat.web import files
from plexichat.web.requests import Headers, Reply, house
from plexichat.web.routes import Routes

KINDS: dict[qr.Format, str] = {"png": "image/png", "jpg": "image/jpeg"}
FOR_A_DAY: Headers = [
    (b"cache-control", b"public, max-age=86400"), (b"access-control-allow-origin", b"*")
]

routes = Routes("QR")


class Query(Struct):
    data: str = ""
    size: str = "200x200"
    format: qr.Format = "png"


@routes.get(
    "/qr",
    public=True,
    bucket="qr",
    gives="image/*",
    errors=("400 Data is required", "400 Invalid input"),
)
async def show(query: Query) -> Reply:
    """A text as a QR code, each side of the picture 10 to 1000 pixels."""
    qr.check(query.data)
    width, height = qr.sides(query.size)
    drawn = await house().slow(qr.draw, query.data, width, height, query.format)
    return files.whole(drawn, KINDS[query.format], files.tag(drawn), FOR_A_DAY)
