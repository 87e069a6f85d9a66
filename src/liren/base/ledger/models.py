"""Tables of ledger: what happened, its seals, its deliveries, and the receipts of repeated requests."""

from typing import Any, ClassVar, NoReturn

from django.db import models
from django.db.models import Q

from liren.kernel.ids import new_id


class AppendOnly(models.QuerySet["Event"]):
    """Rows are added and read. The database itself refuses the rest (trigger); this says so earlier."""

    def update(self, **kwargs: Any) -> NoReturn:
        """Refuse: history is appended, never edited."""
        raise TypeError("the ledger is append-only: no update")

    def delete(self) -> NoReturn:
        """Refuse: history is appended, never removed."""
        raise TypeError("the ledger is append-only: no delete")


class Event(models.Model):
    """One thing that happened: ids, codes, times and salted hashes; never words, names or numbers of
    people.
    """

    id = models.BigIntegerField(primary_key=True, default=new_id)
    kind = models.CharField(max_length=80)
    subject_kind = models.CharField(max_length=40)
    subject_id = models.BigIntegerField()
    by = models.BigIntegerField()
    at = models.DateTimeField()
    place_path = models.CharField(max_length=255, default="", blank=True)
    unit_ids = models.JSONField(default=list)
    payload = models.JSONField(default=dict)
    # Given once, by the sealer: consecutive, in the order in which the sealer saw the events committed.
    seq = models.BigIntegerField(null=True, unique=True)

    objects = AppendOnly.as_manager()

    class Meta:
        indexes: ClassVar = [
            models.Index(fields=["subject_kind", "subject_id", "id"], name="ledger_event_subject"),
            models.Index(fields=["id"], condition=Q(seq__isnull=True), name="ledger_event_unsealed"),
        ]

    def save(self, *args: Any, **kwargs: Any) -> None:
        """Insert; an existing row is never saved again."""
        if not self._state.adding:
            raise TypeError("the ledger is append-only: no update")
        super().save(*args, **kwargs)

    def delete(self, *args: Any, **kwargs: Any) -> NoReturn:
        """Refuse: history is appended, never removed."""
        raise TypeError("the ledger is append-only: no delete")


class Sealer(models.Model):
    """The single row whose lock makes the sealer single; it knows where the sealed ledger ends."""

    ONLY = 1

    id = models.BigIntegerField(primary_key=True, default=ONLY)
    last_seq = models.BigIntegerField(default=0)
    digest = models.CharField(max_length=64, default="", blank=True)


class Seal(models.Model):
    """One sealed batch: seq first..last and a SHA-256 over them and over the digest before."""

    id = models.BigIntegerField(primary_key=True, default=new_id)
    first_seq = models.BigIntegerField(unique=True)
    last_seq = models.BigIntegerField(unique=True)
    count = models.IntegerField()
    previous = models.CharField(max_length=64, blank=True)
    digest = models.CharField(max_length=64)
    at = models.DateTimeField()


class Cursor(models.Model):
    """How far one "later" subscription has been served, and when a failing delivery is tried again."""

    id = models.BigIntegerField(primary_key=True, default=new_id)
    subscription = models.CharField(max_length=120, unique=True)
    seq = models.BigIntegerField(default=0)
    attempts = models.IntegerField(default=0)
    retry_at = models.DateTimeField(null=True)


class DeadLetter(models.Model):
    """A delivery given up after its last attempt; it stays until it is replayed with success."""

    id = models.BigIntegerField(primary_key=True, default=new_id)
    subscription = models.CharField(max_length=120)
    event = models.ForeignKey(Event, on_delete=models.PROTECT, related_name="+")
    attempts = models.IntegerField()
    # Type of the exception and error code; its message may hold words of a person and is never kept.
    error = models.CharField(max_length=200)
    at = models.DateTimeField()
    settled_at = models.DateTimeField(null=True)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["subscription", "event"], name="ledger_deadletter_once"),
        ]
        indexes: ClassVar = [
            models.Index(fields=["at"], condition=Q(settled_at__isnull=True), name="ledger_deadletter_open"),
        ]


class Receipt(models.Model):
    """What a request with a key was answered, so that the same request sent again gets the same answer."""

    id = models.BigIntegerField(primary_key=True, default=new_id)
    by = models.BigIntegerField()
    # Key and fingerprint come from outside: only their SHA-256 is kept, of fixed length and without words.
    key = models.CharField(max_length=64)
    fingerprint = models.CharField(max_length=64)
    result = models.JSONField(null=True)
    at = models.DateTimeField(db_index=True)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["by", "key"], name="ledger_receipt_key"),
        ]
