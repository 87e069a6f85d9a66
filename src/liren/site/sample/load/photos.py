"""Photos for some cases of the sample street: drawn on the spot, kept as the files base keeps what people send."""

import io
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache

from liren.base.bulk.actions import insert
from liren.base.files import states, store
from liren.base.files.child.images import clean
from liren.base.files.child.verdict import Clean
from liren.base.files.events import FileKept, FilesAttached
from liren.base.files.models import StoredFile
from liren.base.ledger import actions as ledger
from liren.base.vault.actions import Sealer
from liren.cases.models import Case
from liren.site.sample import scenes
from liren.site.sample.load.ink import Ids

MOST = 60
VIEWS = 2  # of each kind of scene; people photograph the same things
SCENES = scenes.BY_CLASS


@dataclass(frozen=True, slots=True)
class Shot:
    """A photo to be drawn for a voice: of what, sent when, from which device."""

    case_id: int
    voice_id: int
    device_id: int | None
    at: datetime
    class_code: str


@lru_cache(maxsize=128)
def _drawn(class_code: str, seed: int, view: int) -> Clean:
    out = io.BytesIO()
    scenes.draw(class_code, seed=seed, number=view).save(out, "JPEG", quality=86)
    return clean(out.getvalue(), "JPEG")


def write(shots: Sequence[Shot], *, seed: int) -> int:
    """Draw, seal and attach the photos; returns how many. Inside a transaction."""
    ids, ink = Ids(), Sealer()
    rows = []
    for number, shot in enumerate(shots):
        kept = _drawn(shot.class_code, seed, number % VIEWS)
        file_id = ids.next(shot.at)
        parts = [(kept.body, f"files.body:{file_id}"), (kept.thumb, f"files.thumb:{file_id}")]
        body, thumb = ink.seal_parts(parts, subject=f"file:{file_id}", at=shot.at)
        owner = f"voice:{shot.voice_id}"
        rows.append(
            StoredFile(
                id=file_id,
                kind="image",
                media_type=kept.media_type,
                size=len(kept.body),
                width=kept.width,
                height=kept.height,
                thumb_size=len(kept.thumb),
                stored_hash=store.write(file_id, body),
                thumb_hash=store.write(file_id, thumb, thumb=True),
                subject=f"file:{file_id}",
                owner=owner,
                by_id=0,
                device_id=shot.device_id,
                state=states.ATTACHED,
                created_at=shot.at,
                attached_at=shot.at,
            )
        )
        ledger.record_all(
            [
                FileKept(
                    subject_id=file_id, by=0, at=shot.at, media_type=kept.media_type, size=len(kept.body)
                ),
                FilesAttached(subject_id=file_id, by=0, at=shot.at, file_ids=(file_id,), owner=owner),
            ]
        )
    insert(ink.take())
    insert(rows)
    Case.objects.filter(id__in=[shot.case_id for shot in shots]).update(files=1)
    return len(rows)
