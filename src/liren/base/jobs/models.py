"""Tables of jobs: work to be done, and what is to be done again and again."""

from typing import ClassVar

from django.db import models
from django.db.models import Q

from liren.kernel.ids import new_id


class Job(models.Model):
    """One piece of work. Payload and result hold ids and codes; words of people stay in their own rooms."""

    class State(models.TextChoices):
        """ready → leased → done; back to ready after a failure; dead after the last attempt."""

        READY = "ready"
        LEASED = "leased"
        DONE = "done"
        DEAD = "dead"

    id = models.BigIntegerField(primary_key=True, default=new_id)
    task = models.CharField(max_length=120)
    payload = models.JSONField(default=dict)
    queue = models.CharField(max_length=40, default="default")
    state = models.CharField(max_length=8, choices=State.choices, default=State.READY)
    run_at = models.DateTimeField()
    key = models.CharField(max_length=120, null=True)  # NULL is "no key": "" would collide
    # Asked for again while it was running: it runs once more, so that no wake-up is lost.
    again = models.BooleanField(default=False)
    attempts = models.IntegerField(default=0)
    max_attempts = models.IntegerField(default=8)
    lease_token = models.CharField(max_length=64, default="", blank=True)
    lease_until = models.DateTimeField(null=True)
    # Path of the exception's type and error code; its message may hold words of a person and is never kept.
    last_error = models.CharField(max_length=200, default="", blank=True)
    result = models.JSONField(null=True)
    created_at = models.DateTimeField()
    started_at = models.DateTimeField(null=True)
    attempted_at = models.DateTimeField(null=True)
    finished_at = models.DateTimeField(null=True)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["task", "key"],
                condition=Q(state__in=("ready", "leased"), key__isnull=False),
                name="jobs_job_open_key",
            ),
        ]
        indexes: ClassVar = [
            models.Index(fields=["run_at", "id"], condition=Q(state="ready"), name="jobs_job_ready"),
            models.Index(fields=["lease_until"], condition=Q(state="leased"), name="jobs_job_leased"),
            models.Index(fields=["state", "finished_at"], name="jobs_job_finished"),
        ]


class Schedule(models.Model):
    """When a repeating task is due next; what repeats is named in code."""

    id = models.BigIntegerField(primary_key=True, default=new_id)
    name = models.CharField(max_length=120, unique=True)
    spec = models.CharField(max_length=120)
    next_run = models.DateTimeField()
