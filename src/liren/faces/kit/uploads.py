"""Photos that come with a form, kept one by one before the words they belong to."""

from typing import Any, BinaryIO, cast

from liren.base.files import actions as files
from liren.faces.kit import uploading
from liren.faces.kit.doors import FaceRequest
from liren.kernel.clock import utc_now
from liren.kernel.errors import LirenError, Refused


def came(request: FaceRequest) -> bool:
    """Whether the form brought any photo, good or not."""
    return bool(request.FILES) or bool(getattr(request, uploading.NOTE, ""))


def keep_photos(request: FaceRequest) -> list[int]:
    """Keep all photos of a form. Raises Refused (files.too_many, file.*), Throttled for the first that fails."""
    kept, problem = keep_good_photos(request)
    if problem is not None:
        raise problem
    return kept


def keep_good_photos(request: FaceRequest) -> tuple[list[int], LirenError | None]:
    """Keep what photos can be kept; the ids, and why the first of the others was refused."""
    problem = _measured(request)
    kept: list[int] = []
    uploads: list[Any] = request.FILES.getlist("photos")
    for upload in uploads[: uploading.MOST]:
        try:
            file = files.keep(
                cast(BinaryIO, upload),
                name=upload.name or "",
                by=request.actor,
                device_id=request.actor.device_id,
                now=utc_now(),
            )
        except LirenError as error:
            problem = problem or error
        else:
            kept.append(file.id)
    return kept, problem


def _measured(request: FaceRequest) -> LirenError | None:
    """What the upload handler dropped before it reached a disk."""
    note = getattr(request, uploading.NOTE, "")
    if note == "files.too_many":
        return Refused("files.too_many", field="photos", limit=uploading.MOST)
    if note:
        return Refused(note, field="photos", limit_mb=uploading.LIMIT_MB)
    return None
