"""Tables of reporting: what is asked (items), by which forms, what was entered, what was sent."""

from django.db import models

from liren.kernel.ids import new_id


class Item(models.Model):
    """One thing that is asked of the street, whoever asks it: held here, or entered once a period by somebody.

    `held` names how it is counted; "" is entered. `joined` points to the item that took its columns over.
    """

    id = models.BigIntegerField(primary_key=True, default=new_id, editable=False)
    title = models.CharField(max_length=100)
    kind = models.CharField(max_length=8, default="number")  # number | text
    adds = models.CharField(
        max_length=4, default="sum"
    )  # sum (流量): months add up | last (存量): the last stands
    held = models.CharField(max_length=60, blank=True, default="")
    joined = models.ForeignKey("self", models.PROTECT, null=True, related_name="+")
    made_at = models.DateTimeField()

    def __str__(self) -> str:
        return self.title


class Form(models.Model):
    """A reporting form a department asks for: every month, quarter or year, of the street or of each community."""

    id = models.BigIntegerField(primary_key=True, default=new_id, editable=False)
    title = models.CharField(max_length=100)
    asked_by = models.CharField(max_length=100)
    basis = models.CharField(max_length=200)  # the paper that asks for it
    every = models.CharField(max_length=8)  # month | quarter | year
    due_day = models.PositiveSmallIntegerField()  # of the month after the period
    by_community = models.BooleanField(default=False)
    since = models.DateField()  # its first period begins here
    ended_at = models.DateTimeField(null=True)

    def __str__(self) -> str:
        return self.title


class Column(models.Model):
    """One field of a form under the form's own heading, and the item that fills it."""

    id = models.BigIntegerField(primary_key=True, default=new_id, editable=False)
    form = models.ForeignKey(Form, models.CASCADE, related_name="columns")
    item = models.ForeignKey(Item, models.PROTECT, related_name="columns")
    position = models.PositiveSmallIntegerField()
    title = models.CharField(max_length=100)

    class Meta:
        """A heading stands once on a form."""

        constraints = [models.UniqueConstraint(fields=["form", "title"], name="reporting_column_once")]

    def __str__(self) -> str:
        return self.title


class Entry(models.Model):
    """What somebody entered for an item, a place and a period. A correction replaces it; the old stays.

    `period` is its first day; `every` its length, since an item may be asked every month and every year.
    """

    id = models.BigIntegerField(primary_key=True, default=new_id, editable=False)
    item = models.ForeignKey(Item, models.PROTECT, related_name="entries")
    place_id = models.BigIntegerField()
    every = models.CharField(max_length=8)
    period = models.DateField()
    value = models.CharField(max_length=200)
    entered_by = models.BigIntegerField()
    entered_at = models.DateTimeField()
    replaced_at = models.DateTimeField(null=True)

    class Meta:
        """One value stands at a time."""

        constraints = [
            models.UniqueConstraint(
                fields=["item", "place_id", "every", "period"],
                condition=models.Q(replaced_at=None),
                name="reporting_entry_once",
            )
        ]
        indexes = [models.Index(fields=["period", "every"], name="reporting_of_period")]


class Sent(models.Model):
    """A form as it was handed in for a period, frozen: headings and rows. Handing in again adds one."""

    id = models.BigIntegerField(primary_key=True, default=new_id, editable=False)
    form = models.ForeignKey(Form, models.CASCADE, related_name="sent")
    period = models.DateField()
    sheet = models.JSONField()  # [[heading, …], [cell, …], …], cells as text
    sent_by = models.BigIntegerField()
    sent_at = models.DateTimeField()

    class Meta:
        """Found by form and period, the last first."""

        indexes = [models.Index(fields=["form", "period", "sent_at"], name="reporting_handed")]


class Apart(models.Model):
    """Somebody looked at two items that sound alike and said that they are two things."""

    id = models.BigIntegerField(primary_key=True, default=new_id, editable=False)
    lower = models.ForeignKey(Item, models.CASCADE, related_name="+")
    higher = models.ForeignKey(Item, models.CASCADE, related_name="+")
    why = models.CharField(max_length=200)
    said_by = models.BigIntegerField()
    said_at = models.DateTimeField()

    class Meta:
        """Said once of a pair."""

        constraints = [models.UniqueConstraint(fields=["lower", "higher"], name="reporting_apart_once")]
