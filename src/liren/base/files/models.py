"""Tables of files."""

from django.db import models
from django.db.models import Q

from liren.base.files import states
from liren.kernel.ids import new_id


class StoredFile(models.Model):
    """A photo or document that passed the checks; its bytes lie sealed under LIREN_HOME/files.

    No hash of what was sent is kept: whoever holds the original could prove by it who sent it. `stored_hash`
    and `thumb_hash` (SHA-256, hex) are of the sealed bytes on disk: a backup can be checked without
    any key. Sizes are in bytes before sealing, width and height in pixels (0 for documents).
    The key that seals it is of `subject`: file:<id> unless told otherwise. Names are kept for documents only.
    `by_id` and `device_id` say who may attach the file; both go when it is forgotten.
    """

    id = models.BigIntegerField(primary_key=True, default=new_id)
    kind = models.CharField(max_length=16, choices=[(k, k) for k in ("image", "document", "audio")])
    media_type = models.CharField(max_length=100)
    size = models.PositiveIntegerField()
    width = models.PositiveIntegerField(default=0)
    height = models.PositiveIntegerField(default=0)
    thumb_size = models.PositiveIntegerField(default=0)
    stored_hash = models.CharField(max_length=64, blank=True)
    thumb_hash = models.CharField(max_length=64, blank=True)
    subject = models.CharField(max_length=80)
    name_sealed = models.BinaryField(null=True)
    owner = models.CharField(max_length=100, blank=True)
    by_id = models.BigIntegerField()
    device_id = models.BigIntegerField(null=True)
    state = models.CharField(max_length=16, default=states.WAITING)
    created_at = models.DateTimeField()
    attached_at = models.DateTimeField(null=True)
    forgotten_at = models.DateTimeField(null=True)

    class Meta:
        """Indexes for: the files of an owner, what one sender has waiting, what nobody attached in time."""

        indexes = [
            models.Index(fields=["owner"], name="files_owner"),
            models.Index(
                fields=["by_id", "device_id"], name="files_waiting_by", condition=Q(state="waiting")
            ),
            models.Index(fields=["created_at"], name="files_waiting_since", condition=Q(state="waiting")),
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(state="waiting", owner="")
                | (Q(state__in=["attached", "forgotten"]) & ~Q(owner="")),
                name="files_owned_once_attached",
            ),
            models.CheckConstraint(
                condition=Q(kind="image", width__gt=0, height__gt=0)
                | Q(kind__in=["document", "audio"], width=0, height=0),
                name="files_images_have_pixels",
            ),
        ]

    def __str__(self) -> str:
        """Kind and id."""
        return f"{self.kind} {self.id}"
