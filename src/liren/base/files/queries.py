"""Every read of files. Who may see a file follows from its owner: that room decides, then asks here."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from liren.base.files import rules, states, store
from liren.base.files.models import StoredFile
from liren.base.vault import actions as vault
from liren.kernel.errors import NotFound
from liren.kernel.policy import Actor


@dataclass(frozen=True, slots=True)
class FileView:
    """A kept file without its bytes; sizes in bytes and pixels (0 for documents)."""

    id: int
    kind: rules.Kind
    media_type: str
    size: int
    width: int
    height: int
    has_thumb: bool


@dataclass(frozen=True, slots=True)
class Content:
    """The bytes of a file and the headers it must be served with, content type among them."""

    body: bytes
    media_type: str
    headers: dict[str, str]


def of(owner: str) -> list[FileView]:
    """The files of one owner, in the order they were sent; forgotten ones are not among them."""
    return of_all([owner]).get(owner, [])


def of_all(owners: Iterable[str]) -> dict[str, list[FileView]]:
    """The files of several owners in one statement; owners without files are missing."""
    rows = StoredFile.objects.filter(owner__in=set(owners), state=states.ATTACHED).order_by("id")
    files: dict[str, list[FileView]] = defaultdict(list)
    for row in rows.defer("name_sealed"):
        files[row.owner].append(_view(row))
    return dict(files)


def waiting(file_ids: Sequence[int], *, by: Actor) -> list[FileView]:
    """Those of these files that wait and that `by` may attach: for the page before sending."""
    asked_by = rules.Sender(0 if by.kind == "anonymous" else by.id, by.device_id)
    rows = StoredFile.objects.filter(id__in=list(file_ids)[: rules.MAX_WAITING], state=states.WAITING)
    return [
        _view(row)
        for row in rows.defer("name_sealed").order_by("id")
        if rules.may_attach(rules.Sender(row.by_id, row.device_id), asked_by)
    ]


def owner_of(file_id: int) -> str:
    """The owner ("voice:123"), or "" while the file waits, so that a face can ask the owner's room.

    Raises NotFound("file.gone").
    """
    row = (
        StoredFile.objects.filter(id=file_id)
        .exclude(state=states.FORGOTTEN)
        .values_list("owner", flat=True)
        .first()
    )
    if row is None:
        raise NotFound("file.gone")
    return row


def read(file_id: int, *, by: Actor, purpose: str, now: datetime, thumb: bool = False) -> Content:
    """The bytes, opened for a purpose of the vault, which notes who read what and why.

    NO PERMISSION IS CHECKED HERE: base does not know who may see a voice. The caller has fetched the owner
    (`owner_of`, or `waiting` for the sender's own) through its room's scoped query before it calls this.
    `thumb` gives the small WebP of a photo. Raises NotFound("file.gone"), Refused("vault.erased"),
    Refused("vault.purpose").
    """
    row = StoredFile.objects.filter(id=file_id).exclude(state=states.FORGOTTEN).first()
    if row is None or (thumb and not row.thumb_size):
        raise NotFound("file.gone")
    try:
        sealed = store.read(file_id, thumb=thumb)
    except FileNotFoundError:
        raise NotFound("file.gone") from None

    def reveal(token: bytes, part: str) -> bytes:
        return vault.reveal_bytes(token, context=f"files.{part}:{file_id}", by=by, purpose=purpose, now=now)

    media_type = "image/webp" if thumb else row.media_type
    if row.name_sealed is not None:
        name = reveal(bytes(row.name_sealed), "name").decode()
    else:
        name = f"photo-{file_id}{rules.EXTENSIONS[media_type]}"
    body = reveal(sealed, "thumb" if thumb else "body")
    return Content(body, media_type, rules.headers(media_type, name))


def _view(row: StoredFile) -> FileView:
    return FileView(
        row.id,
        rules.kind_of(row.media_type),
        row.media_type,
        row.size,
        row.width,
        row.height,
        row.thumb_size > 0,
    )
