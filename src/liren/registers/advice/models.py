"""Tables of advice: what a machine suggested and what became of it, and the switch of each adviser."""

from typing import ClassVar

from django.db import models
from django.db.models import Q

from liren.kernel.ids import new_id


class Advice(models.Model):
    """One suggestion about one subject. An empty choice means the adviser abstained, which counts too."""

    id = models.BigIntegerField(primary_key=True, default=new_id)
    subject_kind = models.CharField(max_length=16)  # case | voice
    subject_id = models.BigIntegerField()
    place_path = models.CharField(max_length=255, default="", blank=True)
    kind = models.CharField(max_length=16)  # class | place | unit | twin | ...
    adviser = models.CharField(max_length=40)
    version = models.CharField(max_length=40)
    choice = models.CharField(max_length=64, default="", blank=True)
    confidence = models.FloatField()
    # [{"code", "words", "span", "ref"}]: grams and codes, never a person's sentence (rules.check_reason).
    reasons = models.JSONField(default=list)
    alternatives = models.JSONField(default=list)  # [{"choice", "confidence"}], best first
    made_at = models.DateTimeField()

    taken_by = models.BigIntegerField(null=True)
    taken_choice = models.CharField(max_length=64, default="", blank=True)
    taken_at = models.DateTimeField(null=True)
    automatic = models.BooleanField(default=False)  # taken by the machine itself
    undone_by = models.BigIntegerField(null=True)
    undone_at = models.DateTimeField(null=True)
    outcome = models.CharField(max_length=8, null=True)  # right | wrong | null: not known
    settled_at = models.DateTimeField(null=True)

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(confidence__gte=0) & Q(confidence__lte=1), name="advice_confidence_0_1"
            ),
        ]
        indexes: ClassVar = [
            models.Index(fields=["subject_kind", "subject_id", "kind"], name="advice_subject"),
            models.Index(fields=["adviser", "made_at"], name="advice_adviser_made"),
        ]


class Switch(models.Model):
    """How an adviser was set, by whom and when. Appended; the latest row of an adviser holds."""

    id = models.BigIntegerField(primary_key=True, default=new_id)
    adviser = models.CharField(max_length=40)
    on = models.BooleanField()  # may suggest at all
    alone = models.BooleanField(default=False)  # may act without a person
    threshold = models.FloatField(default=1.0)  # of every choice not named below
    thresholds = models.JSONField(default=dict)  # choice -> 0..1
    by = models.BigIntegerField()
    at = models.DateTimeField()

    class Meta:
        indexes: ClassVar = [models.Index(fields=["adviser", "id"], name="advice_switch_latest")]
