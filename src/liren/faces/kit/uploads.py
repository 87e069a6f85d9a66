"""Photos that come with a form, kept one by one before the words they belong to."""

from typing import Any, BinaryIO, cast

from liren.base.files import actions as files
from liren.faces.kit import uploading
from liren.faces.kit.doors import FaceRequest
from liren.kernel.clock import utc_now
from liren.kernel.errors import Refused


def keep_photos(request: FaceRequest) -> list[int]:
    """Keep the photos of a form for whoever sent it. Raises Refused (files.too_many, file.*), Throttled."""
    uploads: list[Any] = request.FILES.getlist("photos")
    note = getattr(request, uploading.NOTE, "")
    if note == "files.too_many" or len(uploads) > uploading.MOST:
        raise Refused("files.too_many", field="photos", limit=uploading.MOST)
    if note:
        raise Refused(note, field="photos", limit_mb=uploading.LIMIT_MB)
    return [
        files.keep(
            cast(BinaryIO, upload),
            name=upload.name or "",
            by=request.actor,
            device_id=request.actor.device_id,
            now=utc_now(),
        ).id
        for upload in uploads
    ]
