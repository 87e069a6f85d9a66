"""Uploads are measured while they stream in: what is too big never reaches the disk, and the words survive."""

from typing import Any

from django.core.files.uploadhandler import FileUploadHandler, SkipFile

MOST = 20 * 1024 * 1024


class Measured(FileUploadHandler):
    """Stands before Django's own handlers; passes every chunk on until one file is too big, then skips that file.

    The other fields of the form still arrive; `request.too_big` tells the face to say so.
    """

    def new_file(self, *args: Any, **kwargs: Any) -> None:
        """A file begins."""
        super().new_file(*args, **kwargs)
        self.seen = 0

    def receive_data_chunk(self, raw_data: bytes, start: int) -> bytes:
        """Count; raises SkipFile past the limit."""
        self.seen += len(raw_data)
        if self.seen > MOST:
            if self.request is not None:
                self.request.too_big = True  # type: ignore[attr-defined]
            raise SkipFile
        return raw_data

    def file_complete(self, file_size: int) -> None:
        """The handlers after this one make the file."""
