"""Tables of the forum: proposals, who seconds them, what is said of them, what was decided, promised and done.

Whoever seconds, comments or judges is kept as `who`: a hash salted by the proposal, so that one household counts once and
nothing here leads from a person to what they stood for.
"""

from typing import Any

from django.db import models

from liren.kernel.ids import new_id


def _id() -> Any:
    return models.BigIntegerField(primary_key=True, default=new_id, editable=False)


class Proposal(models.Model):
    """What somebody wants changed around them. `where` is its ground; `seat_path` the ground of the level it lies with."""

    id = _id()
    number = models.CharField(max_length=16, unique=True)
    level = models.CharField(max_length=12)
    first_level = models.CharField(max_length=12)
    state = models.CharField(max_length=12)
    version = models.PositiveIntegerField(default=1)
    title = models.CharField(max_length=40)
    words = models.TextField()
    salt = models.CharField(max_length=32)
    author = models.CharField(max_length=64)
    contact = models.BinaryField(null=True)  # a phone number, sealed, of whoever wants to be told
    where = models.ForeignKey("places.Place", models.PROTECT, related_name="+")
    where_path = models.CharField(max_length=200, db_index=True)
    seat_path = models.CharField(max_length=200, db_index=True)
    made_at = models.DateTimeField()
    due_at = models.DateTimeField(null=True)  # of the clock of its state
    raised_for = models.CharField(
        max_length=12, blank=True
    )  # why it is at a higher level: power | seconds | unanswered
    joined = models.ForeignKey("self", models.PROTECT, null=True, related_name="taken_in")
    changed_at = models.DateTimeField()

    class Meta:
        """Found by what waits, and by ground."""

        indexes = [models.Index(fields=["state", "due_at"], name="forum_proposal_due")]

    def __str__(self) -> str:
        return self.title


class Second(models.Model):
    """One household behind a proposal; on paper, a sheet of several with where it is kept."""

    id = _id()
    proposal = models.ForeignKey(Proposal, models.CASCADE, related_name="seconds")
    who = models.CharField(max_length=64)
    households = models.PositiveIntegerField(default=1)
    known = models.BooleanField(default=False)  # the register has the household on the proposal's ground
    sheet = models.CharField(max_length=100, blank=True)
    by = models.BigIntegerField(default=0)
    at = models.DateTimeField()

    class Meta:
        """A household stands behind a proposal once."""

        constraints = [models.UniqueConstraint(fields=["proposal", "who"], name="forum_second_once")]


class Comment(models.Model):
    """What somebody says of a proposal, and what the level answers. Hidden words stay, with why, and may be appealed."""

    id = _id()
    proposal = models.ForeignKey(Proposal, models.CASCADE, related_name="comments")
    answers = models.ForeignKey("self", models.CASCADE, null=True, related_name="replies")
    stance = models.CharField(max_length=8)
    words = models.TextField()
    salt = models.CharField(max_length=32)
    who = models.CharField(max_length=64)
    by = models.BigIntegerField(default=0)  # of an answer of the office: whose
    at = models.DateTimeField()
    hidden = models.CharField(max_length=12, blank=True)  # why, "" while it is shown
    hidden_by = models.BigIntegerField(default=0)
    appeal = models.TextField(blank=True)
    appeal_ruled = models.CharField(max_length=8, blank=True)  # upheld | restored

    class Meta:
        """Listed by time."""

        indexes = [models.Index(fields=["proposal", "at"], name="forum_comment_of")]


class Agreed(models.Model):
    """Somebody finds a comment right."""

    id = _id()
    comment = models.ForeignKey(Comment, models.CASCADE, related_name="agreed")
    who = models.CharField(max_length=64)

    class Meta:
        """Once each."""

        constraints = [models.UniqueConstraint(fields=["comment", "who"], name="forum_agreed_once")]


class Ruling(models.Model):
    """What a level decided on a proposal, by whom, with the four answers and the reason told to everybody."""

    id = _id()
    proposal = models.ForeignKey(Proposal, models.CASCADE, related_name="rulings")
    level = models.CharField(max_length=12)
    outcome = models.CharField(max_length=8)
    answers = models.JSONField(default=dict)
    reason = models.TextField(blank=True)
    salt = models.CharField(max_length=32)
    by = models.BigIntegerField()
    at = models.DateTimeField()

    class Meta:
        """In order of time."""

        indexes = [models.Index(fields=["proposal", "at"], name="forum_ruling_of")]


class Step(models.Model):
    """One step of a promise: what, by which day, what it costs, when it was done."""

    id = _id()
    proposal = models.ForeignKey(Proposal, models.CASCADE, related_name="steps")
    position = models.PositiveSmallIntegerField()
    title = models.CharField(max_length=80)
    due = models.DateField()
    money = models.DecimalField(max_digits=14, decimal_places=2, null=True)
    done_at = models.DateTimeField(null=True)
    note = models.CharField(max_length=300, blank=True)

    class Meta:
        """One place in the order."""

        constraints = [models.UniqueConstraint(fields=["proposal", "position"], name="forum_step_place")]

    def __str__(self) -> str:
        return self.title


class Postponed(models.Model):
    """A step will be late: the old day stays, with why."""

    id = _id()
    step = models.ForeignKey(Step, models.CASCADE, related_name="postponed")
    was = models.DateField()
    due = models.DateField()
    why = models.CharField(max_length=300)
    by = models.BigIntegerField()
    at = models.DateTimeField()


class Verdict(models.Model):
    """Somebody behind a proposal says whether what was promised is there."""

    id = _id()
    proposal = models.ForeignKey(Proposal, models.CASCADE, related_name="verdicts")
    round = models.PositiveSmallIntegerField()
    who = models.CharField(max_length=64)
    kept = models.BooleanField()
    words = models.CharField(max_length=500, blank=True)
    at = models.DateTimeField()

    class Meta:
        """Once in a round; the last word counts."""

        constraints = [
            models.UniqueConstraint(fields=["proposal", "round", "who"], name="forum_verdict_once")
        ]


class Turn(models.Model):
    """One move in the life of a proposal, for its story: states and levels, never words."""

    id = _id()
    proposal = models.ForeignKey(Proposal, models.CASCADE, related_name="turns")
    move = models.CharField(max_length=12)
    state = models.CharField(max_length=12)
    level = models.CharField(max_length=12)
    why = models.CharField(max_length=12, blank=True)
    by = models.BigIntegerField()
    at = models.DateTimeField()
    due_at = models.DateTimeField(
        null=True
    )  # of the clock that ran from here: what follows was in time or not

    class Meta:
        """In order of time."""

        indexes = [models.Index(fields=["proposal", "at"], name="forum_turn_of")]


class TookPart(models.Model):
    """A household took part in a year, in whatever: no moment, no order, and nothing of what it was in.

    `mark` is blinded with the year by a key outside the database, so it cannot be tried against one somebody knows.
    """

    mark = models.CharField(max_length=64, primary_key=True)
    year = models.PositiveSmallIntegerField(db_index=True)
