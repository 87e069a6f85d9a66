"""Photos that come with a form, kept one by one before the words they belong to."""

from typing import Any, BinaryIO, cast

from liren.base.files import actions as files
from liren.faces.kit.doors import FaceRequest
from liren.faces.kit.uploading import MOST
from liren.kernel.clock import utc_now
from liren.kernel.errors import Refused

PHOTOS_MAX = 9


def keep_photos(request: FaceRequest) -> list[int]:
    """Keep the photos of a form for whoever sent it. Raises Refused (files.too_many, file.*), Throttled."""
    uploads: list[Any] = request.FILES.getlist("photos")
    if getattr(request, "too_big", False):
        raise Refused("file.too_big", field="photos", limit_mb=MOST // 1024 // 1024)
    if len(uploads) > PHOTOS_MAX:
        raise Refused("files.too_many", field="photos", limit=PHOTOS_MAX)
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
