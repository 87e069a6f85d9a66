"""Tables of exchange: who is told of changes, and each telling until it arrived or died."""

from django.db import models

from liren.kernel.ids import new_id


class Webhook(models.Model):
    """An address that is told when a case changes which the token it was made with may see.

    It lives as long as its token. The secret it is signed with is derived, never kept.
    """

    id = models.BigIntegerField(primary_key=True, default=new_id, editable=False)
    token_id = models.BigIntegerField(db_index=True)
    url = models.CharField(max_length=500)
    made_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)

    class Meta:
        """One living webhook for an address of a token."""

        constraints = [
            models.UniqueConstraint(
                fields=["token_id", "url"], condition=models.Q(ended_at=None), name="exchange_webhook_once"
            )
        ]


class Delivery(models.Model):
    """One change told to one webhook. `dead_at`: given up after all tries, until somebody replays it."""

    id = models.BigIntegerField(primary_key=True, default=new_id, editable=False)
    webhook = models.ForeignKey(Webhook, models.CASCADE, related_name="deliveries")
    what = models.CharField(max_length=64)  # the kind of the event
    case_id = models.BigIntegerField()
    number = models.CharField(max_length=16)
    version = models.PositiveIntegerField()
    at = models.DateTimeField()
    tries = models.PositiveSmallIntegerField(default=0)
    next_at = models.DateTimeField(null=True)
    delivered_at = models.DateTimeField(null=True)
    dead_at = models.DateTimeField(null=True)
    error = models.CharField(max_length=80, default="")

    class Meta:
        """A change is told once; what is due is found without reading what was done."""

        constraints = [
            models.UniqueConstraint(
                fields=["webhook", "case_id", "version", "what"], name="exchange_delivery_once"
            )
        ]
        indexes = [
            models.Index(fields=["next_at"], name="exchange_due", condition=models.Q(next_at__isnull=False)),
            models.Index(fields=["dead_at"], name="exchange_dead", condition=models.Q(dead_at__isnull=False)),
        ]
