"""QR codes: a text as a picture that cameras read."""

import io
import re
from typing import Final, Literal

import segno

from plexichat.core.errors import Invalid

Format = Literal["png", "jpg"]

SIZE: Final = re.compile(r"([0-9]{1,9})(?:x([0-9]{1,9}))?", re.ASCII)
SIDES: Final = 10, 1000
TEXT_BYTES: Final = 1000
QUIET: Final = 4  # modules of white around the code, without which cameras miss it


def sides(size: str) -> tuple[int, int]:
    """Width and height that somebody asks for, as near as we make them."""
    found = SIZE.fullmatch(size)
    if found is None:
        raise Invalid("invalid_size", "Invalid input: size")
    smallest, largest = SIDES
    width, height = int(found[1]), int(found[2] or found[1])
    return min(max(width, smallest), largest), min(max(height, smallest), largest)


def check(text: str) -> None:
    if not text:
        raise Invalid("data_required", "Data is required")
    if len(text.encode()) > TEXT_BYTES:
        raise Invalid("data_too_long", "Invalid input: data")


def lines(text: str) -> str:
    """The code for a terminal, two rows to a line; dark on light, whatever colours it has."""
    drawn = io.StringIO()
    segno.make(text, micro=False, error="L").terminal(drawn, border=QUIET // 2, compact=True)
    return drawn.getvalue()


def draw(text: str, width: int, height: int, kind: Format) -> bytes:
    """The code, in the middle of a white picture; takes its time."""
    # Only who asks for a code pays for Pillow. It writes here what we drew and reads nothing.
    from PIL import Image

    rows = segno.make(text, micro=False).matrix_iter(border=QUIET)
    modules = [bytes(0 if dark else 255 for dark in row) for row in rows]
    count, room = len(modules), min(width, height)
    side = room // count * count or room
    code = Image.frombytes("L", (count, count), b"".join(modules))
    picture = Image.new("L", (width, height), 255)
    corner = (width - side) // 2, (height - side) // 2
    picture.paste(code.resize((side, side), Image.Resampling.NEAREST), corner)
    drawn = io.BytesIO()
    picture.save(drawn, "PNG" if kind == "png" else "JPEG")
    return drawn.getvalue()
