"""Word and Excel files (OOXML, ISO/IEC 29500): a zip of XML, refused when too big inside or when it acts."""

import io
import zipfile
from collections.abc import Iterator
from urllib.parse import urlsplit

from defusedxml.common import DefusedXmlException
from defusedxml.ElementTree import ParseError, fromstring

from liren.base.files.child.verdict import Clean, Unfit

MAX_ENTRIES = 2_000
MAX_UNPACKED = 100 * 1024 * 1024
MAX_RATIO = 150  # unpacked : packed, judged only above FREE_RATIO: short repetitive XML packs very well
FREE_RATIO = 1024 * 1024
MAX_CONTROL_PART = 2 * 1024 * 1024  # content types and relationships are parsed whole
CHUNK = 64 * 1024

MAIN_PARTS = {
    "application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml": (
        "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
    ),
    "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml": (
        "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
    ),
}
# Macros, old Excel macros, ActiveX controls, packed objects, tables that fetch from elsewhere.
ACTIVE = (
    "vbaproject",
    "vbadata",
    "macrosheets/",
    "activex/",
    "embeddings/",
    "externallinks/",
    "connections.xml",
)
LINK_SCHEMES = {"http", "https", "mailto", "tel"}


def clean(data: bytes) -> Clean:
    """The document itself, unchanged.

    Raises Unfit: file.archive (a zip that is no document), file.kind, file.broken, file.locked, file.bomb,
    file.active.
    """
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as package:
            entries = package.infolist()
            _measure(entries, len(data))
            names = [entry.filename for entry in entries]
            if "[Content_Types].xml" not in names:
                raise Unfit("file.kind" if "OFD.xml" in names else "file.archive")
            _refuse_names(names)
            _read_all(package, entries)
            _refuse_links(package, names)
            return Clean(_media_type(_part(package, "[Content_Types].xml")))
    except (zipfile.BadZipFile, ParseError, NotImplementedError):
        raise Unfit("file.broken") from None
    except DefusedXmlException:
        raise Unfit("file.active") from None


def _measure(entries: list[zipfile.ZipInfo], size: int) -> None:
    """By what the directory declares, before anything is unpacked (OWASP ASVS 5.2.3)."""
    unpacked = sum(entry.file_size for entry in entries)
    if len(entries) > MAX_ENTRIES or unpacked > MAX_UNPACKED:
        raise Unfit("file.bomb")
    if any(e.file_size > FREE_RATIO and e.file_size > MAX_RATIO * max(1, e.compress_size) for e in entries):
        raise Unfit("file.bomb")
    if sum(entry.compress_size for entry in entries) > size:  # entries laid over each other
        raise Unfit("file.bomb")
    if any(entry.flag_bits & 0x1 for entry in entries):
        raise Unfit("file.locked")


def _refuse_names(names: list[str]) -> None:
    if len({name.lower() for name in names}) != len(names):  # two readers would see two documents
        raise Unfit("file.broken")
    for name in names:
        if name.startswith("/") or "\\" in name or ".." in name.split("/"):
            raise Unfit("file.broken")
        if any(part in name.lower() for part in ACTIVE):
            raise Unfit("file.active")


def _read_all(package: zipfile.ZipFile, entries: list[zipfile.ZipInfo]) -> None:
    """Unpack all once, chunk by chunk: sizes and checksums are as claimed, no part defines entities."""
    total = 0
    for entry in entries:
        with package.open(entry) as part:
            first = True
            while chunk := part.read(CHUNK):
                total += len(chunk)
                if total > MAX_UNPACKED:
                    raise Unfit("file.bomb")
                if first and b"<!DOCTYPE" in chunk[:4096].replace(b"\0", b"").upper():
                    raise Unfit("file.active")
                first = False


def _part(package: zipfile.ZipFile, name: str) -> bytes:
    if package.getinfo(name).file_size > MAX_CONTROL_PART:
        raise Unfit("file.bomb")
    return package.read(name)


def _attributes(xml: bytes, tag: str) -> Iterator[dict[str, str]]:
    for element in fromstring(xml, forbid_dtd=True).iter():
        if element.tag.rpartition("}")[2] == tag:
            yield dict(element.attrib)


def _refuse_links(package: zipfile.ZipFile, names: list[str]) -> None:
    """Only links a person clicks may lead outside, not templates, pictures or objects fetched on opening."""
    for name in names:
        if not name.lower().endswith(".rels"):
            continue
        for link in _attributes(_part(package, name), "Relationship"):
            if link.get("TargetMode", "").lower() != "external":
                continue
            clicked = link.get("Type", "").endswith("/hyperlink")
            if not clicked or urlsplit(link.get("Target", "")).scheme.lower() not in LINK_SCHEMES:
                raise Unfit("file.active")


def _media_type(content_types: bytes) -> str:
    declared = [row.get("ContentType", "") for row in _attributes(content_types, "Override")]
    if any("macroenabled" in kind.lower() or "vbaproject" in kind.lower() for kind in declared):
        raise Unfit("file.active")
    for kind in declared:
        if kind in MAIN_PARTS:
            return MAIN_PARTS[kind]
    raise Unfit("file.kind")
