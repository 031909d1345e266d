"""Pictures, honest ones and others."""

import io
import struct
import zipfile
import zlib
from typing import Any

from PIL import Image


def saved(image: Image.Image, kind: str, **options: Any) -> bytes:
    out = io.BytesIO()
    image.save(out, kind, **options)
    return out.getvalue()


def picture(kind: str, width: int = 64, height: int = 48, **options: Any) -> bytes:
    """A gradient, so that the compressed part is long enough to be cut."""
    gradient = Image.linear_gradient("L").resize((width, height)).convert("RGB")
    return saved(gradient, kind, **options)


def moving(kind: str, frames: int = 3, side: int = 32) -> bytes:
    """A film whose frame n lasts 100 * (n + 1) ms and is forever repeated."""
    pictures = [Image.new("RGB", (side, side), (60 * n % 256, 90, 20)) for n in range(frames)]
    lasting = [100 * (n + 1) for n in range(frames)]
    return saved(
        pictures[0], kind, save_all=True, append_images=pictures[1:], duration=lasting, loop=0
    )


def png_claiming(width: int, height: int) -> bytes:
    """A PNG whose head promises more than there is."""
    return (
        b"\x89PNG\r\n\x1a\n"
        + _chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0))
        + _chunk(b"IDAT", zlib.compress(bytes(10_000)))
        + _chunk(b"IEND", b"")
    )


def gif_of(frames: int, width: int = 1, height: int = 1) -> bytes:
    """A GIF of so many frames in few bytes each."""
    frame = b",\0\0\0\0" + struct.pack("<HHB", 1, 1, 0) + b"\x02\x02D\x01\0"
    head = b"GIF89a" + struct.pack("<HHBBB", width, height, 0x80, 0, 0)
    return head + b"\0\0\0\xff\xff\xff" + frame * frames + b";"


def archive() -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as zipped:
        zipped.writestr("inside.txt", "surprise")
    return out.getvalue()


def opened(data: bytes) -> Image.Image:
    image = Image.open(io.BytesIO(data))
    image.load()
    return image


def _chunk(kind: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))
