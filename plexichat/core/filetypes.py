"""Kinds of file: what one is by its content, which are refused, and which a browser may show.

A file is what its first bytes say. Where they say nothing, the uploader is believed, except that
nobody is believed to have sent something that would have shown itself.
"""

import mimetypes
import re
from collections.abc import Callable

from plexichat.core.errors import Invalid

UNKNOWN = "application/octet-stream"
TYPE = re.compile(r"[a-z0-9][a-z0-9!#$&^_.+-]{0,49}/[a-z0-9][a-z0-9!#$&^_.+-]{0,49}")
SUFFIX = re.compile(r"\.[a-z0-9]{1,10}")
BY_SUFFIX = mimetypes.MimeTypes()  # what Python knows, whatever this machine has installed

NAME_LENGTH = 255
REORDERING = frozenset("\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")

BLOCKED_SUFFIXES = frozenset((
    "app", "bash", "bat", "bin", "class", "cmd", "com", "cpl", "csh", "deb", "dll", "dmg",
    "dylib", "elf", "exe", "hta", "inf", "jar", "js", "jse", "ksh", "lnk", "msc", "msi", "msp",
    "msu", "pif", "pkg", "ps1", "psd1", "psm1", "py", "pyc", "pyo", "pyw", "reg", "rpm", "run",
    "scr", "sh", "so", "url", "vbe", "vbs", "ws", "wsc", "wsf", "wsh", "zsh",
))  # fmt: skip
BLOCKED_TYPES = frozenset((
    "application/java-archive", "application/java-vm",
    "application/vnd.microsoft.portable-executable", "application/x-csh",
    "application/x-dosexec", "application/x-elf",
    "application/x-executable", "application/x-java-archive", "application/x-mach-binary",
    "application/x-msdos-program", "application/x-msdownload", "application/x-msi",
    "application/x-sh", "application/x-shellscript", "application/x-sharedlib", "text/x-sh",
    "text/x-shellscript",
))  # fmt: skip

EXECUTABLE = "application/x-executable"
SCRIPT = "application/x-shellscript"
JAVA = "application/java-archive"
MP4 = "video/mp4"
BRANDS = {b"qt  ": "video/quicktime", b"M4A ": "audio/mp4", b"M4B ": "audio/mp4",
          b"avif": "image/avif", b"heic": "image/heic", b"heix": "image/heic",
          b"mif1": "image/heic"}  # fmt: skip

# Beginning of a file -> its type, or how to tell.
Told = str | Callable[[bytes], str | None]
SIGNATURES: tuple[tuple[bytes, Told], ...] = (
    (b"\x89PNG\r\n\x1a\n", "image/png"),
    (b"\xff\xd8\xff", "image/jpeg"),
    (b"GIF87a", "image/gif"),
    (b"GIF89a", "image/gif"),
    (b"RIFF", lambda head: {b"WEBP": "image/webp", b"WAVE": "audio/wav"}.get(head[8:12])),
    (b"\x1aE\xdf\xa3", lambda head: "video/webm" if b"webm" in head[:64] else "video/x-matroska"),
    (b"OggS", "audio/ogg"),
    (b"ID3", "audio/mpeg"),
    (b"\xff\xfb", "audio/mpeg"),
    (b"\xff\xf3", "audio/mpeg"),
    (b"\xff\xf2", "audio/mpeg"),
    (b"fLaC", "audio/flac"),
    (b"%PDF-", "application/pdf"),
    (b"PK\x03\x04", lambda head: JAVA if b"META-INF/" in head[30:60] else "application/zip"),
    (b"MZ", lambda head: EXECUTABLE if b"\0" in head[:64] else None),
    (b"\x7fELF", EXECUTABLE),
    (b"\xca\xfe\xba\xbe", EXECUTABLE),  # Java classes and fat Mach-O
    (b"\xfe\xed\xfa\xce", EXECUTABLE),
    (b"\xfe\xed\xfa\xcf", EXECUTABLE),
    (b"\xce\xfa\xed\xfe", EXECUTABLE),
    (b"\xcf\xfa\xed\xfe", EXECUTABLE),
    (b"#!", lambda head: SCRIPT if re.match(rb"#! ?/", head) else None),
)
# Whatever is one of these shows it in its first bytes.
SHOWN_BY_CONTENT = frozenset((
    "image/png", "image/jpeg", "image/gif", "image/webp", "application/pdf", "video/mp4",
    "video/quicktime", "video/webm", "audio/wav", "audio/ogg", "audio/flac", "audio/mp4",
))  # fmt: skip
# Containers that hold more than their first bytes tell: the uploader may say which.
ALSO = {
    "video/webm": ("audio/webm",),
    "audio/ogg": ("video/ogg", "audio/opus"),
    MP4: ("audio/mp4", "video/quicktime"),
    "application/zip": ("application/vnd.", "application/epub+zip"),
}
INLINE = frozenset((
    "image/png", "image/jpeg", "image/gif", "image/webp", "image/avif", "video/mp4",
    "video/quicktime", "video/webm", "video/ogg", "audio/mpeg", "audio/mp4", "audio/ogg",
    "audio/opus", "audio/wav", "audio/flac", "audio/webm", "application/pdf", "text/plain",
))  # fmt: skip


def check_name(filename: str) -> None:
    """Refuse what an operating system would run when somebody opens it by name."""
    if filename.rpartition(".")[2].lower() in BLOCKED_SUFFIXES:
        raise _refused()


def judge(head: bytes, declared: str | None, filename: str) -> str:
    """The type of a file, by its first bytes, what its uploader says, and its name.

    Refused when it is a program, or something else than it is said to be.
    """
    check_name(filename)
    claimed = declared if declared and TYPE.fullmatch(declared) and declared != UNKNOWN else None
    believed = claimed or BY_SUFFIX.guess_type(f"file{suffix(filename)}")[0] or UNKNOWN
    found = sniff(head)
    if found in (EXECUTABLE, SCRIPT, JAVA) or believed in BLOCKED_TYPES:
        raise _refused()
    if found is not None:
        return believed if believed.startswith(ALSO.get(found, found)) else found
    if believed in SHOWN_BY_CONTENT:
        raise _refused()
    if believed == "text/plain" and b"\0" in head:
        return UNKNOWN
    return believed


def sniff(head: bytes) -> str | None:
    """The type that the first bytes of a file tell, if they tell one."""
    for beginning, told in SIGNATURES:
        if head.startswith(beginning):
            return told if isinstance(told, str) else told(head)
    if head[4:8] == b"ftyp":
        return BRANDS.get(head[8:12], MP4)
    return None


def tidy(filename: str) -> str:
    """The name as it is shown: without folders, and without what hides how it ends."""
    name = re.split(r"[/\\]", filename)[-1]
    name = "".join(c for c in name if c.isprintable() and c not in REORDERING)
    name = name.strip(". ")
    if len(name) > NAME_LENGTH:
        ending = suffix(name)
        name = name[: NAME_LENGTH - len(ending)] + ending
    return name or "file"


def suffix(filename: str) -> str:
    """The ending that a stored file gets from the name it came with."""
    ending = filename[filename.rfind(".") :].lower() if "." in filename else ""
    return ending if SUFFIX.fullmatch(ending) else ""


def _refused() -> Invalid:
    return Invalid("invalid_file_type", "Invalid file type")
