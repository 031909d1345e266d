"""Forms with files, however the network cuts them."""

import pytest

from plexichat.core.errors import Invalid
from plexichat.web.multipart import HEAD_BYTES, Multipart, Part

TYPE = "multipart/form-data; boundary=XYZ"
FILE = b"soup\r\n--XY is not the end\r\n--XYznorthis\n--XYZ nor this\r\n-"
FORM = (
    b'--XYZ\r\nContent-Disposition: form-data; name="note"\r\n\r\nhello\r\n'
    b'--XYZ\r\nContent-Disposition: form-data; name="file"; filename="a.txt"\r\n'
    b"Content-Type: Text/Plain; charset=utf-8\r\n\r\n" + FILE + b"\r\n"
    b'--XYZ\r\nContent-Disposition: form-data; name="empty"\r\n\r\n\r\n'
    b"--XYZ--\r\n"
)


class Wire:
    """A body in the given pieces; `given` counts what has been asked for."""

    def __init__(self, *pieces: bytes) -> None:
        self.pieces = list(pieces)
        self.given = 0

    async def more(self) -> bytes:
        if not self.pieces:
            return b""
        self.given += len(self.pieces[0])
        return self.pieces.pop(0)


async def read(form: Multipart) -> list[tuple[Part, bytes]]:
    found = []
    while (part := await form.part()) is not None:
        body = b""
        while piece := await form.piece():
            body += piece
        found.append((part, body))
    return found


EXPECTED = [
    (Part("note", None, None), b"hello"),
    (Part("file", "a.txt", "text/plain"), FILE),
    (Part("empty", None, None), b""),
]


@pytest.mark.parametrize("cut", range(1, len(FORM)))
async def test_a_form_reads_the_same_wherever_it_is_cut(cut: int) -> None:
    wire = Wire(FORM[:cut], FORM[cut:])
    assert await read(Multipart(TYPE, wire.more)) == EXPECTED


@pytest.mark.parametrize("size", [1, 2, 3, 7])
async def test_a_form_reads_the_same_in_crumbs(size: int) -> None:
    wire = Wire(*(FORM[at : at + size] for at in range(0, len(FORM), size)))
    assert await read(Multipart(TYPE, wire.more)) == EXPECTED


async def test_a_part_that_is_not_read_is_skipped() -> None:
    form = Multipart(TYPE, Wire(FORM).more)
    assert [(await form.part()) for _ in range(4)] == [*(part for part, _ in EXPECTED), None]


async def test_what_is_read_is_handed_on_and_not_gathered() -> None:
    head = FORM[: FORM.index(FILE)]
    wire = Wire(head, *([bytes(65_536)] * 100), b"\r\n--XYZ--")
    form = Multipart(TYPE, wire.more)
    await form.part()
    await form.part()
    handed = 0
    while piece := await form.piece():
        handed += len(piece)
        assert wire.given - len(head) - handed < 2 * 65_536
    assert handed == 100 * 65_536


@pytest.mark.parametrize(
    ("disposition", "filename"),
    [
        (b'form-data; name="file"; filename="a b.png"', "a b.png"),
        (b"form-data; name=file; filename=a.png", "a.png"),
        (b'form-data; filename="a;b=c.png"; name="file"', "a;b=c.png"),
        (b'form-data; name="file"; filename="say \\"hi\\".png"', 'say "hi".png'),
        ('form-data; name="file"; filename="žluť.png"'.encode(), "žluť.png"),
        ('form-data; name="file"; filename="kaffé.png"'.encode("latin-1"), "kaffé.png"),
        (b"form-data; name=\"file\"; filename=\"x.png\"; filename*=UTF-8''%C5%BElu.png", "žlu.png"),
        (b'form-data; name="file"; filename="say %22hi%22 100%.png"', 'say "hi" 100%.png'),
        (b'form-data; name="file"', None),
        (b'form-data; name="file"; filename=""', ""),
    ],
)
async def test_the_name_of_a_file_is_read_in_every_spelling(
    disposition: bytes, filename: str | None
) -> None:
    body = b"--XYZ\r\nContent-Disposition: " + disposition + b"\r\n\r\nx\r\n--XYZ--"
    form = Multipart(TYPE, Wire(body).more)
    assert await form.part() == Part("file", filename, None)


@pytest.mark.parametrize(
    "given",
    [
        None, "", "text/plain", "application/json", "multipart/form-data",
        "multipart/form-data; boundary=", f"multipart/form-data; boundary={'x' * 71}",
        'multipart/form-data; boundary="a\x00b"', "multipart/mixed; boundary=XYZ",
    ],
)  # fmt: skip
def test_a_body_of_another_type_is_refused(given: str | None) -> None:
    with pytest.raises(Invalid, match="Invalid file type"):
        Multipart(given, Wire(FORM).more)


def test_a_boundary_may_be_quoted() -> None:
    Multipart('Multipart/Form-Data; charset=utf-8; boundary="XY Z"', Wire(FORM).more)


@pytest.mark.parametrize(
    "body",
    [
        pytest.param(b"", id="nothing"),
        pytest.param(b"hello", id="no form"),
        pytest.param(b"before" + FORM, id="something before the first part"),
        pytest.param(FORM.replace(b"--XYZ--", b"--XYZ"), id="no end"),
        pytest.param(FORM[: FORM.index(FILE) + 5], id="cut in a file"),
        pytest.param(FORM[:20], id="cut in a head"),
        pytest.param(FORM.replace(b"--XYZ\r\n", b"--XYZ\n"), id="half a line end"),
        pytest.param(FORM.replace(b"form-data", b"attachment"), id="not a form's part"),
        pytest.param(FORM.replace(b'name="note"', b"x=y"), id="a part without a name"),
        pytest.param(FORM.replace(b"Content-Disposition:", b"Content-Disposition"), id="no colon"),
        pytest.param(b"--XYZ\r\n\r\nx\r\n--XYZ--", id="no head"),
        pytest.param(
            b"--XYZ\r\nContent-Disposition: form-data; name=file\r\nX: " + b"x" * HEAD_BYTES * 2,
            id="a head without end",
        ),
    ],
)
async def test_a_broken_form_is_refused(body: bytes) -> None:
    form = Multipart(TYPE, Wire(*(body[at : at + 100] for at in range(0, len(body), 100))).more)
    with pytest.raises(Invalid, match="Invalid file type"):
        await read(form)
