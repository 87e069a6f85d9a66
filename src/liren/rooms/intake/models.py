"""Tables of intake: what somebody is about to say, kept until it is sent, so that nothing typed is lost."""

from typing import ClassVar

from django.db import models

from liren.kernel.ids import new_id


class Draft(models.Model):
    """Words and photos on their way to becoming a case. Its token is in the URL of the check page.

    No contact is kept here. Unsent drafts are forgotten after three days.
    """

    id = models.BigIntegerField(primary_key=True, default=new_id)
    token = models.CharField(max_length=43, unique=True)
    device_id = models.BigIntegerField(null=True)
    account_id = models.BigIntegerField(null=True)
    channel = models.CharField(max_length=12)
    words = models.TextField()
    file_ids = models.JSONField(default=list)
    latitude = models.FloatField(null=True)
    longitude = models.FloatField(null=True)
    place_id = models.BigIntegerField(null=True)  # chosen by the requester; the reading only suggests
    place_text = models.CharField(max_length=200, default="")
    class_code = models.CharField(max_length=64, default="")  # likewise
    reading = models.JSONField(default=dict)
    created_at = models.DateTimeField()
    sent_voice_id = models.BigIntegerField(null=True)

    class Meta:
        indexes: ClassVar = [models.Index(fields=["created_at"], name="draft_created")]


class ReaderVersion(models.Model):
    """A trained reader: where its file is, what it learned from, how well it read what was held back."""

    id = models.BigIntegerField(primary_key=True, default=new_id)
    version = models.PositiveIntegerField(unique=True)
    file = models.CharField(max_length=80)
    trained_at = models.DateTimeField()
    texts = models.PositiveIntegerField()
    figures = models.JSONField(default=dict)
    active = models.BooleanField(default=False)
