"""Pictures of strangers: what comes out of the darkroom, and what never does."""

import subprocess
import sys
from pathlib import Path

import pytest
from PIL import Image, ImageSequence

from plexichat.core import imaging
from plexichat.core.errors import Invalid
from plexichat.core.imaging import Picture
from plexichat.store.errors import Full
from tests.pictures import archive, gif_of, moving, opened, picture, png_claiming, saved
from tests.running import ROOT

KINDS = ["JPEG", "PNG", "GIF", "WEBP"]
SUFFIXES = {"JPEG": ".jpg", "PNG": ".png", "GIF": ".gif", "WEBP": ".webp"}


class Darkroom:
    def __init__(self, folder: Path) -> None:
        self.source, self.target = folder / "source", folder / "target"

    def develop(self, data: bytes, side: int = 512) -> tuple[Picture, Image.Image]:
        self.source.write_bytes(data)
        made = imaging.develop(self.source, self.target, side)
        assert made.size == self.target.stat().st_size
        return made, opened(self.target.read_bytes())

    def refusal(self, data: bytes) -> str:
        with pytest.raises(Invalid) as refused:
            self.develop(data)
        return refused.value.message


@pytest.fixture
def darkroom(tmp_path: Path) -> Darkroom:
    return Darkroom(tmp_path)


@pytest.mark.parametrize("kind", KINDS)
def test_a_picture_stays_of_its_kind_and_no_longer_than_wanted(
    darkroom: Darkroom, kind: str
) -> None:
    made, image = darkroom.develop(picture(kind, 1000, 500))
    assert (image.format, image.size) == (kind, (512, 256))
    assert (made.suffix, made.width, made.height, made.animated) == (
        SUFFIXES[kind], 512, 256, False,
    )  # fmt: skip


def test_a_small_picture_is_not_made_larger(darkroom: Darkroom) -> None:
    made, image = darkroom.develop(picture("PNG", 20, 10))
    assert image.size == (made.width, made.height) == (20, 10)


@pytest.mark.parametrize("kind", ["GIF", "PNG", "WEBP"])
def test_a_film_keeps_its_frames_and_their_time(darkroom: Darkroom, kind: str) -> None:
    made, image = darkroom.develop(moving(kind, frames=3, side=600))
    assert made.animated
    assert image.size == (512, 512)
    lasting = []
    for frame in ImageSequence.Iterator(image):
        frame.load()
        lasting.append(frame.info["duration"])
    assert lasting == [100, 200, 300]
    assert image.info["loop"] == 0


@pytest.mark.parametrize(("kind", "disposal"), [("GIF", 2), ("PNG", 1)])
def test_a_film_with_holes_keeps_them(darkroom: Darkroom, kind: str, disposal: int) -> None:
    frames = [Image.new("RGBA", (8, 8)) for _ in range(2)]
    for n, frame in enumerate(frames):
        frame.putpixel((n, 0), (200, 10, 10, 255))
    _, image = darkroom.develop(
        saved(frames[0], kind, save_all=True, append_images=frames[1:], disposal=disposal)
    )
    image.seek(1)
    shown = image.convert("RGBA")
    assert [shown.getpixel((x, 0))[3] for x in (0, 1, 2)] == [0, 255, 0]  # type: ignore[index]


def test_what_is_shown_in_place_of_a_film_is_not_in_it(darkroom: Darkroom) -> None:
    still, *frames = (Image.new("RGB", (8, 8), colour) for colour in ("red", "green", "blue"))
    made, image = darkroom.develop(
        saved(still, "PNG", save_all=True, append_images=frames, default_image=True)
    )
    assert made.animated
    colours = [frame.convert("RGB").getpixel((0, 0)) for frame in ImageSequence.Iterator(image)]
    assert colours == [(0, 128, 0), (0, 0, 255)]


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP"])
def test_a_picture_stands_upright_and_tells_nothing_but_itself(
    darkroom: Darkroom, kind: str
) -> None:
    lying = Image.new("RGB", (40, 20), "red")
    lying.paste("blue", (0, 0, 20, 20))
    exif = Image.Exif()
    exif[0x0112] = 6  # to be turned a quarter to the right
    exif[0x010F] = "a camera with a serial number"
    data = saved(lying, kind, exif=exif, **({"quality": 95} if kind != "PNG" else {}))
    assert b"serial number" in data
    made, image = darkroom.develop(data)
    assert (made.width, made.height) == image.size == (20, 40)
    red, _, blue = image.convert("RGB").getpixel((10, 5))  # type: ignore[misc]
    assert blue > red
    assert b"serial number" not in darkroom.target.read_bytes()
    assert not image.getexif()


def test_comments_profiles_and_texts_are_left_behind(darkroom: Darkroom) -> None:
    image = Image.new("RGB", (30, 30))
    for data in (
        saved(image, "JPEG", comment=b"for your eyes only", icc_profile=b"for your eyes only"),
        saved(image, "GIF", comment=b"for your eyes only"),
        saved(image, "WEBP", xmp=b"for your eyes only"),
    ):
        assert b"eyes only" in data
        darkroom.develop(data)
        assert b"eyes only" not in darkroom.target.read_bytes()


@pytest.mark.parametrize("mode", ["1", "L", "LA", "P", "I;16", "RGBA", "CMYK"])
def test_every_way_to_write_colours_is_understood(darkroom: Darkroom, mode: str) -> None:
    kind = "JPEG" if mode == "CMYK" else "PNG"
    made, _ = darkroom.develop(saved(Image.new(mode, (600, 30)), kind))
    assert (made.width, made.height) == (512, 26)


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("kept", [0.1, 0.5, 0.9, 0.999])
def test_a_picture_that_is_cut_short_is_refused(
    darkroom: Darkroom, kind: str, kept: float
) -> None:
    data = picture(kind, 640, 480)
    assert darkroom.refusal(data[: int(len(data) * kept)]) == "Invalid file type"


@pytest.mark.parametrize(
    "bomb",
    [
        pytest.param(png_claiming(30_000, 30_000), id="a head of 900 million pixels"),
        pytest.param(png_claiming(5001, 5000), id="a row too many"),
        pytest.param(gif_of(10_000), id="a film of 10,000 frames"),
        pytest.param(gif_of(20, 2000, 1500), id="a film of 60 million pixels"),
        pytest.param(gif_of(1, 65_000, 65_000), id="a canvas of 4 billion pixels"),
        pytest.param(
            saved(Image.new("RGB", (8000, 4000)), "WEBP", lossless=True, method=0),
            id="a plain colour, packed well",
        ),
    ],
)
def test_a_bomb_is_refused_before_it_goes_off(darkroom: Darkroom, bomb: bytes) -> None:
    assert len(bomb) < 1 << 20
    assert darkroom.refusal(bomb) == "File too large"


def test_a_frame_larger_than_its_canvas_is_refused(darkroom: Darkroom) -> None:
    data = gif_of(1, 10, 10).replace(b",\0\0\0\0\1\0\1\0", b",\0\0\0\0\xe8\xfd\xe8\xfd")
    assert darkroom.refusal(data) in ("File too large", "Invalid file type")


@pytest.mark.parametrize(
    "other",
    [
        pytest.param(picture("PNG") + archive(), id="a picture and an archive"),
        pytest.param(picture("JPEG") + archive(), id="a photo and an archive"),
        pytest.param(picture("GIF") + b"<script>alert(1)</script>", id="a film and a page"),
        pytest.param(picture("PNG") + b"<?php echo 1 ?>", id="a picture and a program"),
        pytest.param(b"%PDF-1.4\n" + picture("PNG"), id="a document before a picture"),
        pytest.param(saved(Image.new("L", (9, 9)), "GIF", comment=b"%PDF-1.4"), id="inside it"),
        pytest.param(archive(), id="an archive"),
        pytest.param(b"<svg xmlns='http://www.w3.org/2000/svg'/>", id="a drawing"),
        pytest.param(b"<html><body>hello", id="a page"),
        pytest.param(picture("BMP"), id="a bitmap"),
        pytest.param(picture("TIFF"), id="a scan"),
        pytest.param(picture("PPM"), id="a map"),
        pytest.param(b"", id="nothing"),
        pytest.param(b"\x89PNG\r\n\x1a\n", id="eight bytes"),
        pytest.param(bytes(range(256)) * 100, id="noise"),
    ],
)
def test_what_is_something_else_is_refused(darkroom: Darkroom, other: bytes) -> None:
    assert darkroom.refusal(other) == "Invalid file type"


def test_a_disk_that_takes_no_more_is_named(darkroom: Darkroom) -> None:
    darkroom.source.write_bytes(picture("PNG"))
    with pytest.raises(Full):
        imaging.develop(darkroom.source, Path("/dev/full"), 512)


@pytest.mark.skipif(sys.platform != "linux", reason="macOS limits no memory")
def test_the_darkroom_has_little_memory() -> None:
    program = "from plexichat.core.darkroom import confine; confine(); bytes(1 << 30)"
    done = subprocess.run(
        [sys.executable, "-c", program], cwd=ROOT, check=False, capture_output=True, text=True
    )
    assert "MemoryError" in done.stderr


def test_pillow_is_never_in_the_server() -> None:
    program = "import sys, plexichat.serving; sys.exit('PIL' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", program], cwd=ROOT, check=False).returncode == 0
