"""Good and hostile files, made on the spot: nothing binary lies in the repository."""

import io
import struct
import zipfile
import zlib
from collections.abc import Iterable

import pikepdf
import pillow_heif
from PIL import Image, ImageCms, ImageDraw

pillow_heif.register_heif_opener()

RED, GREEN, BLUE, YELLOW = (220, 30, 30), (30, 160, 60), (40, 60, 200), (230, 210, 40)
# The scene as a person saw it: red top left, green top right, blue bottom left, yellow bottom right.
SCENE = {("top", "left"): RED, ("top", "right"): GREEN, ("bottom", "left"): BLUE, ("bottom", "right"): YELLOW}
# EXIF 2.32, tag 0x0112: on which visual side the 0th row and the 0th column of the stored pixels are.
SIDES = {
    1: ("top", "left"),
    2: ("top", "right"),
    3: ("bottom", "right"),
    4: ("bottom", "left"),
    5: ("left", "top"),
    6: ("right", "top"),
    7: ("right", "bottom"),
    8: ("left", "bottom"),
}
OPPOSITE = {"top": "bottom", "bottom": "top", "left": "right", "right": "left"}
LATITUDE = (39.0, 54.0, 26.371)
SECRETS = (
    b"Exif",
    b"PhoneMaker",
    b"MakerNoteSecret",
    b"GPSSecret",
    b"CommentSecret",
    b"ns.adobe.com",
    b"ICC_PROFILE",
)


def saved(picture: Image.Image, form: str, **options: object) -> bytes:
    out = io.BytesIO()
    picture.save(out, form, **options)
    return out.getvalue()


def scene(orientation: int, width: int = 640, height: int = 480) -> Image.Image:
    """The scene as a camera held that way stores it; upright it measures width × height."""
    row0, column0 = SIDES[orientation]
    turned = orientation >= 5
    stored = Image.new("RGB", (height, width) if turned else (width, height))
    half_w, half_h = stored.width // 2, stored.height // 2
    draw = ImageDraw.Draw(stored)
    for row, vertical in enumerate((row0, OPPOSITE[row0])):
        for column, horizontal in enumerate((column0, OPPOSITE[column0])):
            sides = (horizontal, vertical) if turned else (vertical, horizontal)
            left, top = column * half_w, row * half_h
            draw.rectangle((left, top, left + half_w - 1, top + half_h - 1), fill=SCENE[sides])
    return stored


def telling_exif(orientation: int = 1) -> Image.Exif:
    """EXIF that tells where, when and with what the photo was taken."""
    exif = Image.Exif()
    exif[0x0112] = orientation
    exif[0x010F] = "PhoneMaker"
    exif.get_ifd(0x8769)[0x927C] = b"MakerNoteSecret"
    exif.get_ifd(0x8825).update({1: "N", 2: LATITUDE, 3: "E", 4: (116.0, 23.0, 29.022), 27: b"GPSSecret"})
    return exif


def photo(orientation: int = 1, **options: object) -> bytes:
    """A JPEG as a phone makes it, with everything in it that must not stay."""
    profile = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    given: dict[str, object] = {
        "quality": 92,
        "exif": telling_exif(orientation),
        "comment": b"CommentSecret",
        "icc_profile": profile,
        "xmp": b"<x:xmpmeta xmlns:x='adobe:ns:meta/' a='http://ns.adobe.com/exif/1.0/'>GPSSecret</x:xmpmeta>",
    }
    return saved(scene(orientation), "JPEG", **(given | options))


def latitude_bytes(raw: bytes) -> list[bytes]:
    """How the seconds of the latitude can be written in EXIF, in both byte orders, found in `raw` or not."""
    found = []
    for order in "<>":
        for numerator, denominator in ((26371, 1000), (2637100, 100000)):
            found.append(struct.pack(f"{order}II", numerator, denominator))
    return [pattern for pattern in found if pattern in raw]


def corners(body: bytes) -> dict[tuple[str, str], tuple[int, int, int]]:
    """The colours in the middle of the four quarters of a kept photo."""
    picture = Image.open(io.BytesIO(body)).convert("RGB")
    width, height = picture.size
    return {
        (vertical, horizontal): picture.getpixel((x * width // 4, y * height // 4))
        for vertical, y in (("top", 1), ("bottom", 3))
        for horizontal, x in (("left", 1), ("right", 3))
    }


def near(one: Iterable[int], other: Iterable[int], most: int = 30) -> bool:
    return all(abs(a - b) <= most for a, b in zip(one, other, strict=True))


def png_bomb(side: int = 30_000) -> bytes:
    """A PNG of side × side pixels in about 100 KB."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    packer = zlib.compressobj(9)
    row = bytes(1 + side // 8)
    rows = b"".join(packer.compress(row) for _ in range(side)) + packer.flush()
    head = struct.pack(">IIBBBBB", side, side, 1, 0, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", rows) + chunk(b"IEND", b"")


def pdf(change: object = None, **options: object) -> bytes:
    """One blank page; `change` may do something to the document first."""
    with pikepdf.new() as document:
        document.add_blank_page()
        if callable(change):
            change(document)
        out = io.BytesIO()
        document.save(out, **options)
    return out.getvalue()


def zipped(parts: dict[str, bytes | str]) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as package:
        for name, content in parts.items():
            package.writestr(name, content)
    return out.getvalue()


MAIN = "application/vnd.openxmlformats-officedocument."
RELS = "http://schemas.openxmlformats.org/package/2006/relationships"
OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"


def link(kind: str, target: str) -> str:
    return f'<Relationship Id="r1" Type="{OFFICE}/{kind}" Target="{target}" TargetMode="External"/>'


def office(kind: str, *, more: dict[str, bytes | str] | None = None, links: str = "") -> bytes:
    """A minimal docx or xlsx with `more` parts and `links` out of its main part."""
    path, main = {
        "docx": ("word/document.xml", "wordprocessingml.document.main+xml"),
        "xlsx": ("xl/workbook.xml", "spreadsheetml.sheet.main+xml"),
    }[kind]
    folder, _, name = path.partition("/")
    types = f'<Types xmlns="http://x"><Override PartName="/{path}" ContentType="{MAIN}{main}"/></Types>'
    parts: dict[str, bytes | str] = {
        "[Content_Types].xml": types,
        "_rels/.rels": f'<Relationships xmlns="{RELS}"/>',
        path: "<w/>",
        f"{folder}/_rels/{name}.rels": f'<Relationships xmlns="{RELS}">{links}</Relationships>',
    }
    return zipped(parts | (more or {}))
