"""The table of backup: how every copy, drill, restore and copy of the keys went."""

from typing import ClassVar

from django.db import models

from liren.kernel.ids import new_id


class Run(models.Model):
    """One copy, drill, restore or copy of the keys: when, how long, how it ended. Nothing of people."""

    class Kind(models.TextChoices):
        """What was done."""

        COPY = "copy"
        FILES = "files"
        DRILL = "drill"
        RESTORE = "restore"
        KEYS = "keys"

    id = models.BigIntegerField(primary_key=True, default=new_id)
    kind = models.CharField(max_length=8, choices=Kind.choices)
    at = models.DateTimeField()
    seconds = models.FloatField()
    # Empty where it went well; otherwise the code of the refusal, or the type of the exception.
    error = models.CharField(max_length=200, default="", blank=True)
    facts = models.JSONField(default=dict)

    class Meta:
        indexes: ClassVar = [models.Index(fields=["kind", "at"], name="backup_run_kind")]
