"""What a file is, which ones are refused, and under which name it is shown."""

import pytest

from plexichat.core.errors import Invalid
from plexichat.core.filetypes import BLOCKED_SUFFIXES, INLINE, judge, suffix, tidy
from tests.pictures import archive, picture

PNG = picture("PNG")
MP4 = b"\0\0\0\x18ftypisom" + bytes(40)
JAR = archive().replace(b"inside.txt", b"META-INF/x")


@pytest.mark.parametrize(
    ("head", "declared", "filename", "kind"),
    [
        (PNG, "image/png", "a.png", "image/png"),
        (PNG, "image/jpeg", "a.jpg", "image/png"),
        (PNG, None, "a", "image/png"),
        (PNG, "text/html", "a.html", "image/png"),
        (picture("JPEG"), "image/jpeg", "a.jpg", "image/jpeg"),
        (picture("GIF"), None, "a.gif", "image/gif"),
        (picture("WEBP"), None, "a.webp", "image/webp"),
        (MP4, "video/mp4", "a.mp4", "video/mp4"),
        (MP4, "audio/mp4", "a.m4a", "audio/mp4"),
        (b"\0\0\0\x18ftypqt  ", None, "a.mov", "video/quicktime"),
        (b"\x1aE\xdf\xa3\x42\x82webm", "audio/webm", "a.webm", "audio/webm"),
        (b"\x1aE\xdf\xa3\x42\x82webm", None, "a.webm", "video/webm"),
        (b"OggS\0", None, "a.ogg", "audio/ogg"),
        (b"RIFF\0\0\0\0WAVE", None, "a.wav", "audio/wav"),
        (b"ID3\4", None, "a.mp3", "audio/mpeg"),
        (b"%PDF-1.7", "application/pdf", "a.pdf", "application/pdf"),
        (archive(), None, "a.zip", "application/zip"),
        (archive(), "application/epub+zip", "a.epub", "application/epub+zip"),
        (b"hello", "text/plain", "a.txt", "text/plain"),
        (b"hello", None, "a.txt", "text/plain"),
        (b"hel\0lo", "text/plain", "a.txt", "application/octet-stream"),
        (b"", "text/plain", "a.txt", "text/plain"),
        (b"<html>", "text/html", "a.html", "text/html"),
        (b"<svg/>", "image/svg+xml", "a.svg", "image/svg+xml"),
        (b"\1\2\3", "application/octet-stream", "a.xyz", "application/octet-stream"),
        (b"\1\2\3", None, "a", "application/octet-stream"),
        (b"\1\2\3", "not a type", "a", "application/octet-stream"),
        (b"MZ is how it begins", "text/plain", "a.txt", "text/plain"),
    ],
)
def test_a_file_is_what_its_content_says_else_what_its_uploader_says(
    head: bytes, declared: str | None, filename: str, kind: str
) -> None:
    assert judge(head, declared, filename) == kind


@pytest.mark.parametrize(
    ("head", "declared", "filename"),
    [
        (b"<html>", "image/png", "a.png"),
        (b"<html>", None, "a.png"),
        (b"hello", "application/pdf", "a.pdf"),
        (b"", "image/jpeg", "a.jpg"),
        (b"MZ" + bytes(62), None, "a.txt"),
        (b"\x7fELF\2", "application/octet-stream", "a"),
        (b"\xcf\xfa\xed\xfe", None, "a"),
        (b"\xca\xfe\xba\xbe", None, "a"),
        (b"#!/bin/sh\n", "text/plain", "a.txt"),
        (b"#! /usr/bin/env python", None, "a"),
        (JAR, "application/zip", "a.zip"),
        (b"hello", "application/x-sh", "a"),
        (b"hello", "application/x-msdownload", "a.txt"),
    ],
)
def test_programs_and_impostors_are_refused(
    head: bytes, declared: str | None, filename: str
) -> None:
    with pytest.raises(Invalid, match=r"^Invalid file type$"):
        judge(head, declared, filename)


@pytest.mark.parametrize("ending", sorted(BLOCKED_SUFFIXES))
def test_no_name_ends_in_what_would_be_run(ending: str) -> None:
    for name in (f"a.{ending}", f"a.{ending.upper()}", f"a.png.{ending}"):
        with pytest.raises(Invalid, match=r"^Invalid file type$"):
            judge(PNG, "image/png", name)


@pytest.mark.parametrize(
    ("given", "shown"),
    [
        ("plan.png", "plan.png"),
        ("../../etc/passwd", "passwd"),
        ("C:\\pictures\\plan.png", "plan.png"),
        ("plan.exe. . ", "plan.exe"),
        ("..", "file"),
        ("", "file"),
        ("a\0b\r\nc.png", "abc.png"),
        ("gnp.\u202eexe.png", "gnp.exe.png"),
        ("žluťoučký 🐎.png", "žluťoučký 🐎.png"),
        ("x" * 300 + ".png", "x" * 251 + ".png"),
    ],
)
def test_a_name_is_shown_without_what_would_deceive(given: str, shown: str) -> None:
    assert tidy(given) == shown


@pytest.mark.parametrize(
    ("filename", "ending"),
    [
        ("a.png", ".png"), ("A.PNG", ".png"), ("a.tar.gz", ".gz"), ("a", ""), ("a.", ""),
        ("a.x y", ""), ("a.ž", ""), ("a." + "x" * 11, ""),
    ],
)  # fmt: skip
def test_a_stored_file_keeps_a_plain_ending(filename: str, ending: str) -> None:
    assert suffix(filename) == ending


def test_nothing_that_could_act_is_shown() -> None:
    assert not INLINE & {"text/html", "image/svg+xml", "text/xml", "application/xhtml+xml"}
