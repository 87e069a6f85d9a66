"""PDF documents: opened, every object looked at, refused when anything in them acts by itself."""

import io

import pikepdf

from liren.base.files.child.verdict import Clean, Unfit

MAX_OBJECTS = 300_000
MAX_PAGES = 2_000
MAX_DEPTH = 64
TAIL = 1024  # bytes a writer may leave after the last %%EOF; more is another file hidden behind

# ISO 32000-2: 12.6.4 actions, 7.11.4 embedded files, 12.7.8 XFA, 13.6 3D, 13.7 rich media.
KEYS = frozenset({"/JavaScript", "/JS", "/EmbeddedFiles", "/EF", "/XFA", "/RichMediaContent"})
ACTIONS = frozenset(
    {
        "/JavaScript",
        "/Launch",
        "/ImportData",
        "/SubmitForm",
        "/GoToE",
        "/GoToR",
        "/Rendition",
        "/RichMediaExecute",
        "/Sound",
        "/Movie",
    }
)
ANNOTATIONS = frozenset({"/FileAttachment", "/RichMedia", "/Movie", "/Sound", "/Screen", "/3D"})


def clean(data: bytes) -> Clean:
    """The document itself, unchanged (a signature in it stays valid).

    Raises Unfit: file.broken, file.locked (needs a password), file.bomb, file.active.
    """
    if len(data) - (data.rfind(b"%%EOF") + 5) > TAIL:
        raise Unfit("file.broken")
    try:
        with pikepdf.open(io.BytesIO(data)) as document:
            _look(document)
    except pikepdf.PasswordError:
        raise Unfit("file.locked") from None
    return Clean("application/pdf")


def _look(document: pikepdf.Pdf) -> None:
    if not document.pages:
        raise Unfit("file.broken")
    if len(document.objects) > MAX_OBJECTS or len(document.pages) > MAX_PAGES:
        raise Unfit("file.bomb")
    opening = document.Root.get("/OpenAction")
    if isinstance(opening, pikepdf.Dictionary) and opening.get("/S") != "/GoTo":
        raise Unfit("file.active")
    for entry in document.objects:
        _refuse_active(entry, MAX_DEPTH)


def _refuse_active(entry: object, depth: int) -> None:
    """Look at one object and all that is written inside it; objects referred to get their own turn."""
    if depth == 0:
        raise Unfit("file.bomb")
    if isinstance(entry, pikepdf.Stream):
        entry = entry.stream_dict
    if isinstance(entry, pikepdf.Dictionary):
        if not KEYS.isdisjoint(entry.keys()):
            raise Unfit("file.active")
        if str(entry.get("/S")) in ACTIONS or str(entry.get("/Subtype")) in ANNOTATIONS:
            raise Unfit("file.active")
        inside = list(entry.values())
    elif isinstance(entry, pikepdf.Array):
        inside = list(entry)
    else:
        return
    for child in inside:
        if isinstance(child, pikepdf.Dictionary | pikepdf.Array | pikepdf.Stream) and not child.is_indirect:
            _refuse_active(child, depth - 1)
