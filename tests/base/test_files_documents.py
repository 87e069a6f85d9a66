"""Documents and everything else people try: taken whole or refused with a code that tells what to do."""

import io
import time
import zipfile
import zlib

import pikepdf
import pytest

from liren.base.files import decoding, rules
from liren.kernel.errors import Refused
from tests.base import files_samples as samples

Name, Dictionary = pikepdf.Name, pikepdf.Dictionary


def judged(data: bytes) -> str:
    """The media type that is kept, or the code of the refusal."""
    try:
        found = rules.media_type(data)
        if found == rules.TEXT:
            rules.plain_text(data)
            return found
        clean = decoding.decode(data, found)
    except Refused as refused:
        return refused.code
    assert clean.body == b""  # documents are kept byte for byte
    return clean.media_type


def script() -> Dictionary:
    return Dictionary(S=Name.JavaScript, JS="app.alert(1)")


def annotation(**more: object) -> object:
    def change(document: pikepdf.Pdf) -> None:
        page = document.pages[0]
        page.Annots = pikepdf.Array([Dictionary(Type=Name.Annot, Rect=[0, 0, 9, 9], **more)])

    return change


def named(**names: object) -> object:
    def change(document: pikepdf.Pdf) -> None:
        document.Root.Names = Dictionary(**names)

    return change


def attached(document: pikepdf.Pdf) -> None:
    document.attachments["run.exe"] = b"MZ"


def opening(action: object) -> object:
    def change(document: pikepdf.Pdf) -> None:
        document.Root.OpenAction = action

    return change


ACTIVE = {
    "script on opening": opening(script()),
    "script by name": named(JavaScript=Dictionary(Names=["x", script()])),
    "script behind a link": annotation(Subtype=Name.Link, A=script()),
    "script on hovering": annotation(Subtype=Name.Widget, AA=Dictionary(E=script())),
    "launch": annotation(Subtype=Name.Link, A=Dictionary(S=Name.Launch, F="calc.exe")),
    "web page on opening": opening(Dictionary(S=Name.URI, URI="http://example.org")),
    "form that sends": annotation(Subtype=Name.Widget, A=Dictionary(S=Name.SubmitForm, F="http://x")),
    "file inside": attached,
    "file pinned on a page": annotation(Subtype=Name.FileAttachment),
    "film": annotation(Subtype=Name.RichMedia),
}


@pytest.mark.parametrize("name", ACTIVE)
@pytest.mark.parametrize("packed", [False, True])
def test_a_pdf_that_acts_is_refused(name: str, packed: bool) -> None:
    mode = pikepdf.ObjectStreamMode.generate if packed else pikepdf.ObjectStreamMode.disable
    assert judged(samples.pdf(ACTIVE[name], object_stream_mode=mode)) == "file.active"


def test_xfa_is_refused() -> None:
    def change(document: pikepdf.Pdf) -> None:
        document.Root.AcroForm = Dictionary(XFA=pikepdf.Stream(document, b"<xdp/>"), Fields=[])

    assert judged(samples.pdf(change)) == "file.active"


def test_a_name_written_in_hex_does_not_hide_a_script() -> None:
    plain = samples.pdf(opening(script()), object_stream_mode=pikepdf.ObjectStreamMode.disable)
    hidden = plain.replace(b"/JavaScript", b"/J#61vaScript").replace(b"/JS", b"/#4aS")
    assert b"/JavaScript" not in hidden
    assert judged(hidden) == "file.active"


def test_a_plain_pdf_is_taken() -> None:
    def change(document: pikepdf.Pdf) -> None:
        document.Root.OpenAction = pikepdf.Array([document.pages[0].obj, Name.Fit])  # what Word writes
        link = Dictionary(S=Name.URI, URI="https://example.org")
        annotation(Subtype=Name.Link, A=link)(document)  # type: ignore[operator]

    assert judged(samples.pdf(change)) == rules.PDF


def test_a_pdf_with_a_password_without_pages_or_with_a_tail_is_refused() -> None:
    locked = samples.pdf(encryption=pikepdf.Encryption(owner="o", user="u"))
    assert judged(locked) == "file.locked"
    assert judged(samples.pdf() + samples.zipped({"a": bytes(4000)}) + bytes(2000)) == "file.broken"
    assert judged(samples.pdf()[:200]) == "file.broken"
    assert judged(b"%PDF-1.7\n%%EOF") == "file.broken"


def test_a_deeply_nested_pdf_ends_as_a_refusal() -> None:
    nested = b"[" * 400 + b"]" * 400
    body = b"%PDF-1.4\n1 0 obj <</Type/Catalog/Pages 2 0 R/X " + nested + b">> endobj\n"
    body += b"2 0 obj <</Type/Pages/Count 1/Kids[3 0 R]>> endobj\n"
    body += b"3 0 obj <</Type/Page/Parent 2 0 R/MediaBox[0 0 9 9]>> endobj\n"
    assert judged(body + b"trailer <</Root 1 0 R>>\n%%EOF") in {"file.bomb", "file.broken"}


@pytest.mark.parametrize(("kind", "expected"), [("docx", rules.WORD), ("xlsx", rules.EXCEL)])
def test_plain_office_files_are_taken(kind: str, expected: str) -> None:
    clicked = samples.link("hyperlink", "https://example.org")
    assert judged(samples.office(kind, links=clicked)) == expected


OFFICE_ACTIVE = {
    "macro": samples.office("docx", more={"word/vbaProject.bin": b"x"}),
    "macro in capitals": samples.office("docx", more={"word/VBAPROJECT.BIN": b"x"}),
    "control": samples.office("docx", more={"word/activeX/activeX1.xml": b"<x/>"}),
    "object": samples.office("docx", more={"word/embeddings/oleObject1.bin": b"x"}),
    "old macro sheet": samples.office("xlsx", more={"xl/macrosheets/sheet1.xml": b"<x/>"}),
    "link to another workbook": samples.office("xlsx", more={"xl/externalLinks/externalLink1.xml": b"<x/>"}),
    "external link": samples.office("xlsx", links=samples.link("externalLinkPath", "file:///a.xlsx")),
    "template from outside": samples.office(
        "docx", links=samples.link("attachedTemplate", "http://x/t.dotm")
    ),
    "picture from outside": samples.office("docx", links=samples.link("image", "http://x/p.png")),
    "link to a program": samples.office("docx", links=samples.link("hyperlink", "file:///c:/run.exe")),
    "entities": samples.office("docx", more={"word/styles.xml": '<!DOCTYPE a [<!ENTITY b "c">]><a>&b;</a>'}),
    "entities in links": samples.office("docx", more={"word/_rels/x.rels": "<!DOCTYPE a><Relationships/>"}),
}


@pytest.mark.parametrize("name", OFFICE_ACTIVE)
def test_an_office_file_that_acts_is_refused(name: str) -> None:
    assert judged(OFFICE_ACTIVE[name]) == "file.active"


def test_a_macro_type_without_a_macro_part_is_refused() -> None:
    types = f'<Types><Override PartName="/x" ContentType="{samples.MAIN}x"/><Override PartName="/y" '
    types += 'ContentType="application/vnd.ms-word.document.macroEnabled.main+xml"/></Types>'
    assert judged(samples.zipped({"[Content_Types].xml": types})) == "file.active"


def test_a_zip_bomb_is_refused_by_what_it_declares() -> None:
    bomb = samples.office("xlsx", more={"xl/big.xml": bytes(90 * 1024 * 1024)})
    assert len(bomb) < 200_000
    began = time.monotonic()
    assert judged(bomb) == "file.bomb"
    assert time.monotonic() - began < 2
    assert judged(samples.office("docx", more={f"word/{n}.xml": b"" for n in range(2001)})) == "file.bomb"


def test_a_zip_that_lies_about_its_sizes_is_refused() -> None:
    """The directory declares 1,000 bytes where 90 MB are packed."""
    real = 90 * 1024 * 1024
    lying = samples.office("xlsx", more={"xl/big.xml": bytes(real)})
    lying = lying.replace(real.to_bytes(4, "little"), (1000).to_bytes(4, "little"))
    assert judged(lying) in {"file.broken", "file.bomb"}


def test_zips_that_confuse_readers_are_refused() -> None:
    assert judged(samples.office("docx", more={"../evil.xml": b"x"})) == "file.broken"
    assert judged(samples.office("docx", more={"WORD/document.xml": b"x"})) == "file.broken"
    whole = samples.office("docx")
    assert judged(whole[: len(whole) // 2]) == "file.broken"
    assert judged(whole.replace(zlib.crc32(b"<w/>").to_bytes(4, "little"), bytes(4))) == "file.broken"


def test_a_locked_zip_is_told_apart() -> None:
    data = bytearray(samples.office("docx"))
    with zipfile.ZipFile(io.BytesIO(bytes(data))) as package:
        start = package.start_dir
    data[start + 8] |= 1  # general purpose flag, bit 0: encrypted
    assert judged(bytes(data)) == "file.locked"


NOT_TAKEN = {
    "file.empty": [b""],
    "file.archive": [
        samples.zipped({"a.jpg": b"x"}),
        samples.zipped({}),
        b"Rar!\x1a\x07",
        b"7z\xbc\xaf\x27\x1c",
        b"\x1f\x8b\x08",
    ],
    "file.legacy": [rules.OLE + bytes(600)],
    "file.locked": [rules.OLE + "EncryptedPackage".encode("utf-16-le")],
    "file.media": [b"ID3\x03", b"\0\0\0\x18ftypmp42", b"\0\0\0\x18ftypM4A ", b"RIFF\0\0\0\0WAVE", b"#!AMR\n"],
    "file.kind": [
        b"<svg xmlns='http://www.w3.org/2000/svg'><script>1</script></svg>",
        b"\xef\xbb\xbf<?xml version='1.0'?><svg/>",
        b"<!DOCTYPE html><p>x",
        b"MZ\x90\0\x03",
        b"\x7fELF\x02\x01",
        samples.zipped({"OFD.xml": b"<x/>"}),
        samples.zipped({"[Content_Types].xml": b"<Types/>"}),
        b"BM\x36\x00\x00\x00",
    ],
}


@pytest.mark.parametrize(
    ("code", "data"), [(code, data) for code, all_ in NOT_TAKEN.items() for data in all_]
)
def test_what_is_not_taken_is_refused_with_its_own_code(code: str, data: bytes) -> None:
    assert judged(data) == code


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030", "utf-16"])
def test_plain_text_becomes_utf8(encoding: str) -> None:
    words = "3号楼的路灯坏了,\r\n请修。"
    assert judged(words.encode(encoding)) == rules.TEXT
    assert rules.plain_text(words.encode(encoding)).decode() == words


def test_a_very_long_text_is_refused() -> None:
    with pytest.raises(Refused, match=r"file\.text_too_long"):
        rules.plain_text(b"a" * (rules.MAX_TEXT_BYTES + 1))
