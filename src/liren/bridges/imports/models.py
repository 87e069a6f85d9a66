"""Tables of imports: each import, what every row of it became, and which rows of which system are here already.

Nothing a row says stands in them: a refused row is its line, a column and a code; the file is kept sealed for a while.
"""

from typing import ClassVar

from django.db import models

from liren.kernel.ids import new_id


class Import(models.Model):
    """One file brought in with one mapping, to the end or as far as it came."""

    class State(models.TextChoices):
        """checking → tried → waiting → running → done; `broken` where the file could not be read to its end.

        A dry run is kept for files handed in by a browser alone: until it is `tried`, nobody says yes to it.
        """

        CHECKING = "checking"
        TRIED = "tried"
        WAITING = "waiting"
        RUNNING = "running"
        DONE = "done"
        BROKEN = "broken"

    id = models.BigIntegerField(primary_key=True, default=new_id)
    file_name = models.CharField(max_length=200)
    file_digest = models.CharField(max_length=64)
    source = models.CharField(max_length=60)  # the other system: a number is one case within it
    mapping_name = models.CharField(max_length=60)
    mapping = models.TextField()  # as it was given: what was done can be done again
    mapping_digest = models.CharField(max_length=64)
    encoding = models.CharField(max_length=60, default="")
    state = models.CharField(max_length=8, choices=State.choices, default=State.WAITING)
    error = models.CharField(max_length=80, default="")
    by = models.BigIntegerField()
    begun_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)
    seconds = models.FloatField(default=0)  # of work, over all its runs

    rows = models.PositiveIntegerField(default=0)
    position = models.PositiveIntegerField(default=0)  # rows dealt with: each is in one of the three below
    taken = models.PositiveIntegerField(default=0)
    refused = models.PositiveIntegerField(default=0)
    twice = models.PositiveIntegerField(default=0)
    made = models.JSONField(default=dict)  # places, classes, units: how many the file made
    counts = models.JSONField(
        default=dict
    )  # states, left_out: how many cases stand where, and why some do not count
    kept = models.BooleanField(default=False)  # the file lies sealed in LIREN_HOME/imports

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["file_digest", "mapping_digest"],
                condition=models.Q(state__in=["checking", "tried", "waiting", "running"]),
                name="imports_one_at_a_time",
            )
        ]
        indexes: ClassVar = [models.Index(fields=["begun_at"], name="imports_begun")]


class Origin(models.Model):
    """A row of another system that is a case here: the same row is never brought in again."""

    id = models.BigIntegerField(primary_key=True, default=new_id)
    source = models.CharField(max_length=60)
    key = models.CharField(max_length=64)  # its number there, or "#" and the digest of a row without one
    row_digest = models.CharField(max_length=32)
    case_id = models.BigIntegerField()
    brought_by = models.ForeignKey(Import, on_delete=models.PROTECT, related_name="origins")
    line = models.PositiveIntegerField()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["source", "key"], name="imports_origin_once")
        ]


class Outcome(models.Model):
    """A row that became no case: refused and why, or here already and since which row."""

    id = models.BigIntegerField(primary_key=True, default=new_id)
    brought_by = models.ForeignKey(Import, on_delete=models.CASCADE, related_name="outcomes")
    line = models.PositiveIntegerField()
    status = models.CharField(max_length=8)  # refused | twice
    code = models.CharField(max_length=40)
    column = models.CharField(max_length=60, default="")
    first_line = models.PositiveIntegerField(
        null=True
    )  # twice: the row that is here, of this file or another
    first_import_id = models.BigIntegerField(null=True)

    class Meta:
        indexes: ClassVar = [models.Index(fields=["brought_by", "line"], name="imports_outcome_line")]
