"""The process in which strangers' pictures are developed: little memory, little time, one of them.

`python -m plexichat.core.darkroom SOURCE TARGET SIDE` writes a clean copy of the picture, SIDE
pixels long at most, and prints what it made. Pillow reads pictures here and nowhere else, so
that its faults end with this process. Whatever it raises means that SOURCE is no picture.
"""

import contextlib
import io
import json
import os
import re
import resource
import sys
import warnings
import zipfile
from pathlib import Path
from typing import Any, Final

from PIL import Image, ImageOps, PngImagePlugin, WebPImagePlugin

from plexichat.core.imaging import DISK_FULL, TOO_LARGE

PIXELS: Final = 25_000_000
MOVING_PIXELS: Final = 40_000_000  # all frames together
FRAMES: Final = 1000
OUTPUT_BYTES: Final = 8 << 20
MEMORY_BYTES: Final = 768 << 20
CPU_SECONDS: Final = 8
NICENESS: Final = 10

SUFFIXES: Final = {"JPEG": ".jpg", "PNG": ".png", "GIF": ".gif", "WEBP": ".webp"}
SAVING: Final[dict[str, dict[str, Any]]] = {
    "JPEG": {"quality": 88},
    "PNG": {},
    "GIF": {},
    "WEBP": {"quality": 85},
}
QUICKLY: Final[dict[str, dict[str, Any]]] = {"WEBP": {"method": 0}, "PNG": {"compress_level": 3}}
PNG_END: Final = b"IEND\xaeB`\x82"
MARKUP: Final = re.compile(rb"<(script|html|svg|body|iframe|\?php|!doctype html)", re.IGNORECASE)


def main(source: str, target: str, side: str) -> None:
    confine()
    warnings.simplefilter("error", Image.DecompressionBombWarning)
    Image.MAX_IMAGE_PIXELS = PIXELS
    data = Path(source).read_bytes()
    if ambiguous(data):
        sys.exit("also something else than a picture")
    try:
        made, told = develop(data, int(side))
    except (Image.DecompressionBombError, Image.DecompressionBombWarning, MemoryError):
        sys.exit(TOO_LARGE)
    if len(made) > OUTPUT_BYTES:
        sys.exit(TOO_LARGE)
    try:
        Path(target).write_bytes(made)
    except OSError:
        sys.exit(DISK_FULL)
    json.dump({**told, "size": len(made)}, sys.stdout)


def confine() -> None:
    """Give up what a picture does not need; a limit that this system does not know is left out."""
    for limit, most in (
        (resource.RLIMIT_AS, MEMORY_BYTES),
        (resource.RLIMIT_CPU, CPU_SECONDS),
        (resource.RLIMIT_CORE, 0),
    ):
        with contextlib.suppress(ValueError, OSError):
            resource.setrlimit(limit, (most, most))
    os.nice(NICENESS)
    with contextlib.suppress(OSError):  # Linux: if memory is short, this goes first
        Path("/proc/self/oom_score_adj").write_text("1000")


def ambiguous(data: bytes) -> bool:
    """Whether some other program would see an archive, a document or a page in it."""
    return (
        zipfile.is_zipfile(io.BytesIO(data))
        or b"%PDF-" in data[:1024]
        or MARKUP.search(data) is not None
    )


def develop(data: bytes, side: int) -> tuple[bytes, dict[str, object]]:
    """A picture with nothing in it but pixels, and its facts."""
    image = Image.open(io.BytesIO(data), formats=tuple(SUFFIXES))
    kind = "JPEG" if image.format == "MPO" else str(image.format)
    if kind == "PNG" and PNG_END not in data:
        raise ValueError("ends too early")
    count, first = 1, 0
    if kind == "GIF":
        count = gif_frames(data)
    elif isinstance(image, (PngImagePlugin.PngImageFile, WebPImagePlugin.WebPImageFile)):
        count = image.n_frames
        first = int(image.info.get("default_image", False))  # for who cannot see the film
    if count > FRAMES or count * image.width * image.height > MOVING_PIXELS:
        raise Image.DecompressionBombError
    frames, durations = [], []
    for number in range(first, count):
        image.seek(number)
        frames.append(small(image, side))
        durations.append(image.info.get("duration", 0))
    options = dict(SAVING[kind])
    if kind == "GIF" and all(map(opaque, frames)):
        frames = [frame.convert("RGB") for frame in frames]
    elif kind == "GIF":
        options["disposal"] = 2
    moves = len(frames) > 1
    if moves:
        options |= {"save_all": True, "append_images": frames[1:], "duration": durations}
        if "loop" in image.info:
            options["loop"] = image.info["loop"]
        options |= QUICKLY.get(kind, {})
    made = io.BytesIO()
    frames[0].save(made, kind, **options)
    width, height = frames[0].size
    facts = {"suffix": SUFFIXES[kind], "width": width, "height": height, "animated": moves}
    return made.getvalue(), facts


def small(image: Image.Image, side: int) -> Image.Image:
    """The present frame, upright, no longer than `side`, in plain colours."""
    if image.mode.startswith("I"):
        image = image.point(lambda value: value / 256).convert("L")
    if image.mode not in ("L", "RGB", "CMYK"):  # JPEG's, which shrink while they are decoded
        image = image.convert("RGBA" if image.has_transparency_data else "RGB")
    frame = image if image.format in ("JPEG", "MPO") else image.copy()
    frame.thumbnail((side, side), reducing_gap=2.0)
    frame = ImageOps.exif_transpose(frame)
    if frame.mode == "CMYK":
        frame = frame.convert("RGB")
    frame.info = {}
    return frame


def opaque(frame: Image.Image) -> bool:
    return frame.mode == "RGB" or frame.getchannel("A").getextrema()[0] == 255


def gif_frames(data: bytes) -> int:
    """How many frames a GIF has, without decoding one; IndexError if it ends too early."""
    count, at = 0, 13 + colours(data[10])
    while count <= FRAMES and data[at] != 0x3B:
        if data[at] == 0x2C:
            count += 1
            at += 11 + colours(data[at + 9])
        elif data[at] == 0x21:
            at += 2
        else:
            raise ValueError("neither a frame nor an extension")
        while data[at]:
            at += data[at] + 1
        at += 1
    return count


def colours(flags: int) -> int:
    """The length of the colour table that these flags announce."""
    return 3 << (flags & 7) + 1 if flags & 0x80 else 0


if __name__ == "__main__":
    main(*sys.argv[1:])
