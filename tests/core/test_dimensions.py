"""What pictures say about their size, and what others do not."""

from pathlib import Path
from typing import Any

import pytest
from PIL import Image

from plexichat.core.dimensions import longest_side
from plexichat.core.errors import Invalid
from tests.pictures import picture, png_claiming, saved


@pytest.mark.parametrize("size", [(300, 200), (17, 1000), (1, 1)])
@pytest.mark.parametrize(
    ("kind", "options"),
    [
        ("PNG", {}), ("GIF", {}), ("JPEG", {}), ("JPEG", {"progressive": True}),
        ("WEBP", {}), ("WEBP", {"lossless": True}), ("WEBP", {"exif": b"Exif\0\0" + bytes(50)}),
    ],
)  # fmt: skip
def test_the_longest_side_is_in_the_head(
    tmp_path: Path, kind: str, options: dict[str, Any], size: tuple[int, int]
) -> None:
    path = tmp_path / "picture"
    path.write_bytes(picture(kind, *size, **options))
    assert longest_side(path, f"image/{kind.lower()}") == max(size)


def test_a_jpeg_may_tell_it_late(tmp_path: Path) -> None:
    path = tmp_path / "picture"
    profile = bytes(200_000)
    path.write_bytes(saved(Image.new("RGB", (70, 90)), "JPEG", icc_profile=profile))
    assert longest_side(path, "image/jpeg") == 90


@pytest.mark.parametrize("kind", ["PNG", "GIF", "JPEG", "WEBP"])
def test_no_beginning_of_a_picture_is_a_fault(tmp_path: Path, kind: str) -> None:
    path, data = tmp_path / "picture", picture(kind, 300, 200)
    for length in range(0, min(len(data), 700), 3):
        path.write_bytes(data[:length])
        assert longest_side(path, f"image/{kind.lower()}") in (0, 300)


def test_what_is_no_picture_has_no_side(tmp_path: Path) -> None:
    path = tmp_path / "notes"
    path.write_bytes(picture("PNG"))
    assert longest_side(path, "text/plain") == 0
    path.write_bytes(b"\xff\xd8" + b"\xff\xe0\0\0" * 2000)
    assert longest_side(path, "image/jpeg") == 0
    path.write_bytes(b"RIFF\0\0\0\0WEBPXXXX" + bytes(20))
    assert longest_side(path, "image/webp") == 0


def test_a_side_too_long_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "picture"
    path.write_bytes(png_claiming(16_384, 1))
    assert longest_side(path, "image/png") == 16_384
    path.write_bytes(png_claiming(16_385, 1))
    with pytest.raises(Invalid):
        longest_side(path, "image/png")
