"""What happens to kept files. Ids, types and sizes; no names, no hashes of what was sent."""

from dataclasses import dataclass
from typing import ClassVar

from liren.kernel.events import Event


@dataclass(frozen=True, slots=True, kw_only=True)
class FileKept(Event):
    """A file passed the checks and waits for its owner."""

    kind: ClassVar[str] = "files.kept"
    subject_kind: ClassVar[str] = "file"

    media_type: str
    size: int


@dataclass(frozen=True, slots=True, kw_only=True)
class FilesAttached(Event):
    """Files got their owner; the subject is the first of them."""

    kind: ClassVar[str] = "files.attached"
    subject_kind: ClassVar[str] = "file"

    file_ids: tuple[int, ...]
    owner: str


@dataclass(frozen=True, slots=True, kw_only=True)
class FilesForgotten(Event):
    """Files were erased: with their owner, or (no `owner`) unattached in time; the subject is the first."""

    kind: ClassVar[str] = "files.forgotten"
    subject_kind: ClassVar[str] = "file"

    file_ids: tuple[int, ...]
    owner: str
