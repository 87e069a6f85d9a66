"""What files are taken, as pure functions: size, kind by content, names, who may attach, how served."""

import re
import unicodedata
from dataclasses import dataclass
from typing import Literal
from urllib.parse import quote

from liren.kernel.errors import Refused

Kind = Literal["image", "document", "audio"]

MAX_BYTES = 20 * 1024 * 1024
MAX_TEXT_BYTES = 1024 * 1024
MAX_PER_ATTACH = 9  # as many as a WeChat post takes, which is what people are used to
MAX_WAITING = 40  # not yet attached, per sender: a broken page or a flood stops here
WAITING_HOURS = 24

ZIP = "application/zip"
TEXT = "text/plain"
WORD = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
EXCEL = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
PDF = "application/pdf"
EXTENSIONS = {
    "image/jpeg": ".jpg",
    "image/webp": ".webp",
    PDF: ".pdf",
    WORD: ".docx",
    EXCEL: ".xlsx",
    TEXT: ".txt",
}

# First bytes of what is taken. The name and the type a browser claims are never asked.
TAKEN = (
    (b"\xff\xd8\xff", "image/jpeg"),
    (b"\x89PNG\r\n\x1a\n", "image/png"),
    (b"GIF87a", "image/gif"),
    (b"GIF89a", "image/gif"),
    (b"%PDF-", PDF),
    (b"PK\x03\x04", ZIP),
)
# First bytes of what people send and we do not take, with the code that tells them what to do instead.
NOT_TAKEN = (
    (b"PK\x05\x06", "file.archive"),
    (b"Rar!", "file.archive"),
    (b"7z\xbc\xaf\x27\x1c", "file.archive"),
    (b"\x1f\x8b", "file.archive"),
    (b"BZh", "file.archive"),
    (b"\xfd7zXZ", "file.archive"),
    (b"\x28\xb5\x2f\xfd", "file.archive"),
    (b"ID3", "file.media"),
    (b"#!AMR", "file.media"),
    (b"#!SILK", "file.media"),
    (b"\x02#!SILK", "file.media"),
    (b"OggS", "file.media"),
    (b"fLaC", "file.media"),
    (b"\x1aE\xdf\xa3", "file.media"),
)
OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
HEIC_BRANDS = {b"heic", b"heix", b"heim", b"heis", b"hevc", b"hevx", b"mif1", b"msf1"}
MARKUP = re.compile(r"<\s*(script|html|head|body|svg|iframe|!doctype|\?xml|\?php)", re.IGNORECASE)
# Tab, new line, carriage return, form feed: all other control characters mean that it is no text.
CONTROLS = re.compile(r"[\x00-\x08\x0b\x0e-\x1f\x7f]")
OWNER = re.compile(r"[a-z][a-z_.]*:[0-9]{1,19}")


def media_type(data: bytes) -> str:
    """The type by content alone; application/zip still has to prove that it is a document.

    Raises Refused: file.empty, file.archive, file.media (sound or film), file.legacy (.doc, .xls),
    file.locked (needs a password), file.kind. What is unknown counts as text, which `plain_text` decides.
    """
    if not data:
        raise Refused("file.empty")
    for first, kind in TAKEN:
        if data.startswith(first):
            return kind
    for first, code in NOT_TAKEN:
        if data.startswith(first):
            raise Refused(code)
    if data.startswith(OLE):  # Office puts documents with a password into the old container
        raise Refused("file.locked" if "EncryptedPackage".encode("utf-16-le") in data else "file.legacy")
    if data[:4] == b"RIFF":
        if data[8:12] == b"WEBP":
            return "image/webp"
        raise Refused("file.media" if data[8:12] in (b"WAVE", b"AVI ") else "file.kind")
    if data[4:8] == b"ftyp":  # ISO/IEC 14496-12: one box format for HEIC photos, sound and film
        if data[8:12] in HEIC_BRANDS:
            return "image/heic"
        raise Refused("file.kind" if data[8:12] in (b"avif", b"avis") else "file.media")
    if data[257:262] == b"ustar":
        raise Refused("file.archive")
    return TEXT


def plain_text(data: bytes) -> bytes:
    """Plain text as UTF-8, from UTF-8, UTF-16 with a mark, or GB 18030.

    Raises Refused: file.kind (no text, or markup: SVG and HTML), file.text_too_long (params limit_kb).
    """
    for encoding in ("utf-16",) if data[:2] in (b"\xff\xfe", b"\xfe\xff") else ("utf-8-sig", "gb18030"):
        try:
            text = data.decode(encoding)
        except UnicodeDecodeError:
            continue
        if CONTROLS.search(text) or MARKUP.search(text[:4096]):
            break
        if len(data) > MAX_TEXT_BYTES:
            raise Refused("file.text_too_long", limit_kb=MAX_TEXT_BYTES // 1024)
        return text.encode("utf-8", "replace")
    raise Refused("file.kind")


def kind_of(kept_type: str) -> Kind:
    """image or document, from the type that is kept."""
    return "image" if kept_type.startswith("image/") else "document"


def safe_name(name: str, kept_type: str) -> str:
    """A name without folders, control or direction marks, at most 80 letters, ending as its content says."""
    base = re.split(r"[/\\]", unicodedata.normalize("NFC", name))[-1]
    shown = "".join(letter for letter in base if not unicodedata.category(letter).startswith("C"))
    stem = re.sub(r'[:*?"<>|%]', "_", shown.rpartition(".")[0] or shown).strip(". ")
    return (stem[:80].rstrip(". ") or "file") + EXTENSIONS[kept_type]


@dataclass(frozen=True, slots=True)
class Sender:
    """Who sent or wants to attach a file: an account (0 for nobody known) and the browser."""

    account_id: int
    device_id: int | None


def may_attach(sent_by: Sender, asked_by: Sender) -> bool:
    """Only from the browser that sent the file, or by the account that did."""
    if sent_by.device_id is not None and sent_by.device_id == asked_by.device_id:
        return True
    return sent_by.account_id != 0 and sent_by.account_id == asked_by.account_id


def check_owner(owner: str) -> str:
    """`voice:123`, as it is. Raises ValueError: owners are made by code, never typed."""
    if not OWNER.fullmatch(owner):
        raise ValueError(f"an owner is kind:id, not {owner!r}")
    return owner


def headers(kept_type: str, name: str) -> dict[str, str]:
    """How a kept file leaves the server: a photo is shown, a document is saved and never run in our pages.

    RFC 6266 and 8187 for the name; `private` because no shared cache may keep what one person may see.
    """
    shown = "inline" if kept_type.startswith("image/") else "attachment"
    plain = name.encode("ascii", "replace").decode().replace("?", "_")
    return {
        "Content-Type": f"{TEXT}; charset=utf-8" if kept_type == TEXT else kept_type,
        "Content-Disposition": f"{shown}; filename=\"{plain}\"; filename*=UTF-8''{quote(name, safe='')}",
        "X-Content-Type-Options": "nosniff",
        "Content-Security-Policy": "default-src 'none'; sandbox",
        "Cross-Origin-Resource-Policy": "same-origin",
        "Cache-Control": "private, max-age=300",
    }
