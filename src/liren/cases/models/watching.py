"""Who watches over a case, and who must not: whistles, supervision, verification, exclusions from the rates, bars."""

from typing import ClassVar

from django.db import models

from liren.cases.models.core import Case
from liren.kernel.ids import new_id


class Whistle(models.Model):
    """吹哨: the street calls departments to a matter it cannot solve alone; both sides are scored at the end."""

    id = models.BigIntegerField(primary_key=True, default=new_id)
    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="whistle_set")
    state = models.CharField(max_length=16, default="raised")  # cases.whistles.Whistled
    matter = models.TextField()
    place_path = models.CharField(max_length=255, default="")
    raised_by = models.BigIntegerField()
    raised_at = models.DateTimeField()
    needed_by = models.DateTimeField()  # when the departments must be on site
    ended_at = models.DateTimeField(null=True)


class WhistleUnit(models.Model):
    """One department called: when it acknowledged and arrived, what it said, and the two scores."""

    id = models.BigIntegerField(primary_key=True, default=new_id)
    whistle = models.ForeignKey(Whistle, on_delete=models.PROTECT, related_name="unit_set")
    unit = models.ForeignKey("people.Body", on_delete=models.PROTECT, related_name="+")
    state = models.CharField(max_length=16, default="raised")  # raised | acknowledged | on_site | refused
    acknowledged_at = models.DateTimeField(null=True)
    on_site_at = models.DateTimeField(null=True)
    refused_at = models.DateTimeField(null=True)
    words = models.TextField(default="")
    score_of_unit = models.PositiveSmallIntegerField(null=True)  # 1..5, by the street
    score_of_street = models.PositiveSmallIntegerField(null=True)  # 1..5, by the department
    score_words = models.TextField(default="")  # of the street, on the department
    street_words = models.TextField(default="")  # of the department, on the street

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["whistle", "unit"], name="whistle_unit_once")
        ]


class WhistleAct(models.Model):
    """What was agreed on site: who does what by when, and when it was done."""

    id = models.BigIntegerField(primary_key=True, default=new_id)
    whistle = models.ForeignKey(Whistle, on_delete=models.PROTECT, related_name="act_set")
    unit = models.ForeignKey("people.Body", on_delete=models.PROTECT, related_name="+")
    what = models.TextField()
    due_at = models.DateTimeField()
    done_at = models.DateTimeField(null=True)
    done_words = models.TextField(default="")


class Supervision(models.Model):
    """One rung of the ladder 提醒 催办 督办 挂牌 约谈, climbed by the clock or by a named person, and its answer."""

    id = models.BigIntegerField(primary_key=True, default=new_id)
    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="supervision_set")
    unit = models.ForeignKey("people.Body", on_delete=models.PROTECT, null=True, related_name="+")
    level = models.CharField(max_length=12)  # remind | urge | supervise | listed | summon
    at = models.DateTimeField()
    by = models.BigIntegerField()
    rule = models.CharField(max_length=80, default="")
    cause = models.CharField(max_length=32, default="")  # overdue | reopened | by_hand | chased …
    words = models.TextField(default="")
    answer_due = models.DateTimeField(null=True)
    answered_at = models.DateTimeField(null=True)
    answered_by = models.BigIntegerField(null=True)
    answer = models.TextField(default="")
    ended_at = models.DateTimeField(
        null=True
    )  # the case moved on and stands on no rung of this climb any more

    class Meta:
        indexes: ClassVar = [models.Index(fields=["level", "at"], name="supervision_level_at")]


class Verification(models.Model):
    """核查: somebody other than the handler looked whether the reply is true. It never says "solved"."""

    id = models.BigIntegerField(primary_key=True, default=new_id)
    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="verification_set")
    round = models.PositiveSmallIntegerField()
    finding = models.CharField(max_length=16)  # as_replied | not_as_replied | unclear
    words = models.TextField()
    by = models.BigIntegerField()
    at = models.DateTimeField()


class Exclusion(models.Model):
    """A case left out of the rates: a reason code, one who asks, another who decides; published with the rates."""

    id = models.BigIntegerField(primary_key=True, default=new_id)
    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="exclusion_set")
    reason_code = models.CharField(max_length=32)
    words = models.TextField()
    asked_by = models.BigIntegerField()
    asked_at = models.DateTimeField()
    decision = models.CharField(max_length=12, default="")  # "" | granted | refused
    decided_by = models.BigIntegerField(null=True)
    decided_at = models.DateTimeField(null=True)

    class Meta:
        indexes: ClassVar = [
            # what waits for a decision, however much was decided
            models.Index(fields=["asked_at"], name="exclusion_waiting", condition=models.Q(decision="")),
        ]


class Bar(models.Model):
    """A unit that must not see a case because the case speaks of it, or a person who steps back from it (回避)."""

    id = models.BigIntegerField(primary_key=True, default=new_id)
    case = models.ForeignKey(Case, on_delete=models.CASCADE, related_name="bar_set")
    unit = models.ForeignKey("people.Body", on_delete=models.PROTECT, null=True, related_name="+")
    account_id = models.BigIntegerField(null=True, db_index=True)
    reason_code = models.CharField(max_length=32)  # named | own_interest | kin | former_handler
    by = models.BigIntegerField()
    at = models.DateTimeField()


class SavedView(models.Model):
    """Filters of the worklist that one member of staff kept under a name. The query is what stands in the URL."""

    id = models.BigIntegerField(primary_key=True, default=new_id)
    account_id = models.BigIntegerField(db_index=True)
    title = models.CharField(max_length=24)
    query = models.CharField(max_length=500)
    kept_at = models.DateTimeField()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["account_id", "title"], name="saved_view_once")
        ]
