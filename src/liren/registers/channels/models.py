"""Tables of channels: the outbox of messages to people, and what the providers told us became of them."""

from typing import ClassVar

from django.db import models
from django.db.models import Q

from liren.kernel.ids import new_id


class Message(models.Model):
    """One message to one recipient through one channel, written in the transaction of what it tells about.

    It holds a code and its parameters, never a sentence; an address only sealed. The sentence is made at
    delivery, from the pack of that day.
    """

    id = models.BigIntegerField(primary_key=True, default=new_id)
    # The caller's key: the same news told twice is one message per channel.
    key = models.CharField(max_length=120)
    channel = models.CharField(max_length=8)  # in_app | sms | email
    code = models.CharField(max_length=40)
    params = models.JSONField(default=dict)
    language = models.CharField(max_length=8, default="zh-hans")
    urgent = models.BooleanField(default=False)

    case_id = models.BigIntegerField(null=True)
    place_path = models.CharField(max_length=255, default="", blank=True)
    device_id = models.BigIntegerField(null=True)
    account_id = models.BigIntegerField(null=True)
    phone_index = models.CharField(max_length=64, default="", blank=True)
    # A token of the vault, sealed under the recipient's own subject: erasing the person empties it.
    address = models.BinaryField(default=bytes)
    address_context = models.CharField(max_length=80, default="", blank=True)

    state = models.CharField(max_length=12)
    attempts = models.PositiveSmallIntegerField(default=0)
    # Queued: when to try (again). In flight: until when the claim holds. Null once nothing is to be tried.
    next_try = models.DateTimeField(null=True)
    created_at = models.DateTimeField()
    tried_at = models.DateTimeField(null=True)
    sent_at = models.DateTimeField(null=True)
    delivered_at = models.DateTimeField(null=True)
    settled_by = models.BigIntegerField(null=True)  # the clerk who gave it up
    provider = models.CharField(max_length=24, default="", blank=True)
    provider_id = models.CharField(max_length=80, default="", blank=True)
    error = models.CharField(max_length=80, default="", blank=True)  # a code, never a provider's sentence

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["key", "channel"], name="channels_message_once"),
        ]
        indexes: ClassVar = [
            models.Index(fields=["next_try"], condition=Q(state="queued"), name="channels_message_due"),
            models.Index(
                fields=["created_at"], condition=Q(state__in=["failed", "dead"]), name="channels_message_dead"
            ),
            models.Index(fields=["case_id", "created_at"], name="channels_message_case"),
            models.Index(fields=["device_id", "created_at"], name="channels_message_device"),
            models.Index(fields=["account_id", "created_at"], name="channels_message_account"),
            models.Index(
                fields=["phone_index", "created_at"],
                condition=~Q(phone_index=""),
                name="channels_message_phone",
            ),
        ]


class Receipt(models.Model):
    """What a provider reported of a message, once per provider and receipt id."""

    id = models.BigIntegerField(primary_key=True, default=new_id)
    provider = models.CharField(max_length=24)
    receipt_id = models.CharField(max_length=80)
    message = models.ForeignKey(Message, on_delete=models.PROTECT, related_name="receipts")
    outcome = models.CharField(max_length=12)  # delivered | failed
    reason = models.CharField(max_length=80, default="", blank=True)
    at = models.DateTimeField()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["provider", "receipt_id"], name="channels_receipt_once"),
        ]
