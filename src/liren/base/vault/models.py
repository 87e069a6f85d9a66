"""Tables of vault: one wrapped key per subject, and who revealed what for which purpose."""

from typing import ClassVar

from django.db import models

from liren.kernel.ids import new_id


class DataKey(models.Model):
    """The key of one subject ("voice:123"), wrapped by a key that is kept outside the database."""

    id = models.BigIntegerField(primary_key=True, default=new_id)
    subject = models.CharField(max_length=80, unique=True)
    keyring_id = models.CharField(max_length=32, db_index=True)
    # Empty once erased: then nothing sealed for this subject can be read again.
    wrapped = models.BinaryField(max_length=128)
    created_at = models.DateTimeField()
    erased_at = models.DateTimeField(null=True)


class Reveal(models.Model):
    """One reading of sealed text or a sealed file: who, whose, what, why, when."""

    id = models.BigIntegerField(primary_key=True, default=new_id)
    by = models.BigIntegerField()
    subject = models.CharField(max_length=80)
    context = models.CharField(max_length=80)
    purpose = models.CharField(max_length=40)
    at = models.DateTimeField()

    class Meta:
        indexes: ClassVar = [
            models.Index(fields=["subject", "at"], name="vault_reveal_subject"),
            models.Index(fields=["by", "at"], name="vault_reveal_by"),
        ]
