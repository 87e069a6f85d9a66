"""Measuring uploads while they arrive: what is too big or too much is never written to disk."""

from typing import Any

from django.core.files.uploadhandler import FileUploadHandler, SkipFile
from django.http import HttpRequest

MB = 1024 * 1024
LIMIT_MB = 20
MOST = 9

# Where the measuring leaves its note for `uploads.keep_photos`: "", "file.too_big" or "files.too_many".
NOTE = "upload_refused"


class Measured(FileUploadHandler):
    """First of the upload handlers. Drops a file past 20 MB and any after the ninth; the form's other fields survive."""

    def __init__(self, request: HttpRequest | None = None) -> None:
        super().__init__(request)
        self.files = 0

    def new_file(self, *args: Any, **kwargs: Any) -> None:
        """Count the files."""
        super().new_file(*args, **kwargs)
        self.files += 1

    def receive_data_chunk(self, raw_data: bytes, start: int) -> bytes:
        """Hand each piece on until there are too many. (Skipping in new_file would close the file before.)"""
        if self.files > MOST:
            self._note("files.too_many")
            raise SkipFile
        if start + len(raw_data) > LIMIT_MB * MB:
            self._note("file.too_big")
            raise SkipFile
        return raw_data

    def file_complete(self, file_size: int) -> None:
        """The handlers after this one keep the file."""

    def _note(self, code: str) -> None:
        setattr(self.request, NOTE, code)
