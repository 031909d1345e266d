"""How large a picture says that it is, read from its head without decoding anything."""

from pathlib import Path
from struct import error, unpack_from
from typing import IO, Final

from plexichat.core.errors import Invalid

SIDE: Final = 16_384  # pixels, the longest that is taken
SEGMENTS: Final = 1000
LONE: Final = frozenset((0x01, *range(0xD0, 0xD8)))  # JPEG markers without a length
FRAMES: Final = frozenset(range(0xC0, 0xD0)) - {0xC4, 0xC8, 0xCC}
ENDS: Final = frozenset((0xD9, 0xDA))


def longest_side(path: Path, content_type: str) -> int:
    """In pixels; 0 of what is no picture, or does not tell. Refused when it is too long."""
    with open(path, "rb") as file:
        try:
            side = max(_size(file, content_type))
        except (error, IndexError):  # it ends too early
            side = 0
    if side > SIDE:
        raise Invalid("file_too_large", f"File too large: over {SIDE} pixels a side")
    return side


def _size(file: IO[bytes], content_type: str) -> tuple[int, int]:
    match content_type:
        case "image/png":
            return _pair(">II", file.read(24), 16)
        case "image/gif":
            return _pair("<HH", file.read(10), 6)
        case "image/webp":
            return _webp(file.read(30))
        case "image/jpeg":
            return _jpeg(file)
    return 0, 0


def _webp(head: bytes) -> tuple[int, int]:
    kind = head[12:16]
    if kind == b"VP8 ":
        width, height = _pair("<HH", head, 26)
        return width & 0x3FFF, height & 0x3FFF
    if kind == b"VP8L":
        (packed,) = unpack_from("<I", head, 21)
        return (packed & 0x3FFF) + 1, (packed >> 14 & 0x3FFF) + 1
    if kind == b"VP8X":
        high = unpack_from("<3xBBBBBB", head, 21)
        width, height = (int.from_bytes(high[at : at + 3], "little") for at in (0, 3))
        return width + 1, height + 1
    return 0, 0


def _jpeg(file: IO[bytes]) -> tuple[int, int]:
    """From the first frame, which may stand behind any number of other segments."""
    file.seek(2)
    for _ in range(SEGMENTS):
        if file.read(1) != b"\xff":
            break
        while (code := file.read(1)[0]) == 0xFF:
            pass
        if code in ENDS:
            break
        if code in LONE:
            continue
        head = file.read(7 if code in FRAMES else 2)
        if code in FRAMES:
            height, width = _pair(">HH", head, 3)
            return width, height
        file.seek(max(unpack_from(">H", head)[0] - 2, 0), 1)
    return 0, 0


def _pair(form: str, head: bytes, at: int) -> tuple[int, int]:
    first, second = unpack_from(form, head, at)
    return first, second
