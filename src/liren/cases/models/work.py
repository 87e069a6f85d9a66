"""What may happen to a case beside its one line of states: helpers, objections, extensions, deferrals, exits, merges."""

from typing import ClassVar

from django.db import models

from liren.cases.models.core import Case, Voice
from liren.kernel.ids import new_id


class CaseUnit(models.Model):
    """One unit a case is before besides its lead: so that its desk lists the case. Follows Case.co_unit_ids."""

    id = models.BigIntegerField(primary_key=True, default=new_id)
    case = models.ForeignKey(Case, on_delete=models.CASCADE, related_name="unit_set")
    unit = models.ForeignKey("people.Body", on_delete=models.PROTECT, related_name="+")

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(fields=["case", "unit"], name="case_unit_once")]


class Part(models.Model):
    """One helper's part (协办), with a limit of its own inside the case's; parts may have parts, to any depth."""

    id = models.BigIntegerField(primary_key=True, default=new_id)
    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="part_set")
    parent = models.ForeignKey("self", on_delete=models.PROTECT, null=True, related_name="part_set")
    unit = models.ForeignKey("people.Body", on_delete=models.PROTECT, related_name="+")
    asked_by = models.BigIntegerField()
    asked_at = models.DateTimeField()
    due_at = models.DateTimeField()
    task = models.TextField()
    state = models.CharField(max_length=12, default="asked")  # asked | done | declined | withdrawn
    ended_at = models.DateTimeField(null=True)
    ended_by = models.BigIntegerField(null=True)
    result = models.TextField(default="")

    class Meta:
        indexes: ClassVar = [models.Index(fields=["unit", "state", "due_at"], name="part_unit_state_due")]


class Objection(models.Model):
    """派单异议: a unit says why it is not its duty; the desk rules. At most so many in one case."""

    id = models.BigIntegerField(primary_key=True, default=new_id)
    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="objection_set")
    unit = models.ForeignKey("people.Body", on_delete=models.PROTECT, related_name="+")
    suggested = models.ForeignKey("people.Body", on_delete=models.PROTECT, null=True, related_name="+")
    reason = models.TextField()
    raised_by = models.BigIntegerField()
    raised_at = models.DateTimeField()
    due_at = models.DateTimeField()  # by when it must be ruled on
    ruling = models.CharField(max_length=12, default="")  # "" | upheld | refused
    ruled_by = models.BigIntegerField(null=True)
    ruled_at = models.DateTimeField(null=True)
    words = models.TextField(default="")  # the ruling's reason


class Extension(models.Model):
    """延期: asked for before the limit ends, granted by another person, its reason told to the requester."""

    id = models.BigIntegerField(primary_key=True, default=new_id)
    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="extension_set")
    unit = models.ForeignKey("people.Body", on_delete=models.PROTECT, related_name="+")
    value = models.PositiveSmallIntegerField()
    unit_of_time = models.CharField(max_length=12)  # hour | work_hour | day | work_day
    reason = models.TextField()
    asked_by = models.BigIntegerField()
    asked_at = models.DateTimeField()
    decision = models.CharField(max_length=12, default="")  # "" | granted | refused
    decided_by = models.BigIntegerField(null=True)
    decided_at = models.DateTimeField(null=True)
    words = models.TextField(default="")

    class Meta:
        indexes: ClassVar = [
            # what waits for a decision, however much was decided
            models.Index(fields=["asked_at"], name="extension_waiting", condition=models.Q(decision="")),
        ]


class Deferral(models.Model):
    """挂账: the work waits for a reason outside the unit, until a day on which it is looked at again."""

    id = models.BigIntegerField(primary_key=True, default=new_id)
    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="deferral_set")
    reason_code = models.CharField(max_length=32)
    words = models.TextField()
    by = models.BigIntegerField()
    since = models.DateTimeField()
    review_at = models.DateTimeField()
    until = models.DateTimeField(null=True)
    ended_by = models.BigIntegerField(null=True)
    stops_clock = models.BooleanField()  # a lawful exclusion: the handling limit stands still meanwhile


class Exit(models.Model):
    """A demand that left by one of the six lawful exits, with where it went, under which reference, and what came of it."""

    id = models.BigIntegerField(primary_key=True, default=new_id)
    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="exit_set")
    key = models.CharField(max_length=24)
    channel = models.CharField(max_length=80, default="")  # where to turn, in words
    reference = models.CharField(max_length=80, default="")  # the other procedure's own number
    earlier_number = models.CharField(max_length=16, default="")
    reason = models.TextField(default="")
    reply = models.TextField()
    by = models.BigIntegerField()
    at = models.DateTimeField()
    follow_due = models.DateTimeField(null=True)  # by when somebody asks what became of it
    outcome = models.CharField(max_length=16, default="")  # "" | accepted | refused | settled | unknown
    outcome_words = models.TextField(default="")
    outcome_by = models.BigIntegerField(null=True)
    outcome_at = models.DateTimeField(null=True)

    class Meta:
        indexes: ClassVar = [models.Index(fields=["outcome", "follow_due"], name="exit_to_follow")]


class Merge(models.Model):
    """One case taken into another, with every voice kept, so that it can be taken apart again."""

    id = models.BigIntegerField(primary_key=True, default=new_id)
    source = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="merge_from_set")
    target = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="merge_into_set")
    voice_ids = models.JSONField()
    had_unit = models.BooleanField()
    automatic = models.BooleanField(default=False)
    by = models.BigIntegerField()
    at = models.DateTimeField()
    undone_by = models.BigIntegerField(null=True)
    undone_at = models.DateTimeField(null=True)


class Question(models.Model):
    """Something the unit must know from one requester; the answer is a step of that voice."""

    id = models.BigIntegerField(primary_key=True, default=new_id)
    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="question_set")
    voice = models.ForeignKey(Voice, on_delete=models.PROTECT, related_name="question_set")
    words = models.TextField()
    asked_by = models.BigIntegerField()
    asked_at = models.DateTimeField()
    answered_at = models.DateTimeField(null=True)
    answer = models.TextField(default="")


class Follow(models.Model):
    """A neighbour who wants the news of a public matter without speaking for it. Never counted as a voice."""

    id = models.BigIntegerField(primary_key=True, default=new_id)
    case = models.ForeignKey(Case, on_delete=models.CASCADE, related_name="follow_set")
    device_id = models.BigIntegerField(db_index=True)
    since = models.DateTimeField()

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(fields=["case", "device_id"], name="follow_once")]


class LimitChange(models.Model):
    """The limits a case had and the ones it got, and why: nothing of an earlier promise is overwritten unseen."""

    id = models.BigIntegerField(primary_key=True, default=new_id)
    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="limit_change_set")
    at = models.DateTimeField()
    by = models.BigIntegerField()
    # dispatch | reopen | verification | extension | deferral | class | rule | calendar, and where a case left its unit
    # for the desk, so that there is no limit after: upheld | returned | sealed | came_back
    why = models.CharField(max_length=16)
    response_before = models.DateTimeField(null=True)
    response_after = models.DateTimeField(null=True)
    handle_before = models.DateTimeField(null=True)
    handle_after = models.DateTimeField(null=True)
    rule_before = models.CharField(max_length=80, default="")
    rule_after = models.CharField(max_length=80, default="")
    provisional = models.BooleanField(default=False)
