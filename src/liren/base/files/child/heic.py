"""HEIC photos (the iPhone's own format), through the same cleaning as every other photo."""

import pillow_heif

from liren.base.files.child import images
from liren.base.files.child.verdict import Clean

pillow_heif.register_heif_opener(thumbnails=False)


def clean(data: bytes) -> Clean:
    """Like images.clean. Raises Unfit."""
    return images.clean(data, "HEIF")
