"""A Case is the work; a Voice is one requester's own words about it; a Step is what was done.

Words live only here, in rows that may be corrected or erased; the ledger holds salted hashes of them.
"""

from typing import ClassVar

from django.db import models

from liren.kernel.ids import new_id


class Case(models.Model):
    """One piece of work, whoever asked for it and however many did."""

    id = models.BigIntegerField(primary_key=True, default=new_id)
    number = models.CharField(max_length=16, unique=True)
    # its number in the system it was imported from
    origin = models.CharField(max_length=64, default="", db_default="")
    kind = models.CharField(max_length=12, default="demand")  # demand | preventive | promise | patrol | visit
    demand_type = models.CharField(max_length=16, default="help")
    title = models.CharField(max_length=120)
    state = models.CharField(max_length=20, default="received")
    # Raised by one with every "not solved": verdicts of earlier rounds no longer count.
    round = models.PositiveSmallIntegerField(default=1)
    channel = models.CharField(max_length=12)

    place = models.ForeignKey("places.Place", on_delete=models.PROTECT, null=True, related_name="+")
    place_path = models.CharField(max_length=255, default="", db_index=True)
    place_text = models.CharField(max_length=200, default="")  # where, as the requester put it
    latitude = models.FloatField(null=True)
    longitude = models.FloatField(null=True)
    class_code = models.CharField(max_length=64, default="")
    unit = models.ForeignKey("people.Body", on_delete=models.PROTECT, null=True, related_name="+")
    automatic = models.BooleanField(default=False)  # the machine dispatched it; one tap undoes that
    handler_id = models.BigIntegerField(null=True)  # who replied: the call-back must be somebody else
    # 首接: the first unit it was dispatched to; it stays answerable until an objection is upheld (条例 art. 14).
    first_unit_id = models.BigIntegerField(null=True)
    co_unit_ids = models.JSONField(default=list)  # units asked to help; CaseUnit has them as rows

    voices = models.PositiveIntegerField(default=0)
    files = models.PositiveSmallIntegerField(default=0)
    chased = models.PositiveSmallIntegerField(default=0)
    returned = models.PositiveSmallIntegerField(default=0)
    extended = models.PositiveSmallIntegerField(default=0)
    parts_open = models.PositiveSmallIntegerField(default=0)  # helpers' parts not done yet
    questions_open = models.PositiveSmallIntegerField(default=0)  # asked of the requester, not answered yet
    whistled = models.BooleanField(default=False)
    # The rung of the supervision ladder it stands on: "" | remind | urge | supervise | listed | summon.
    supervised = models.CharField(max_length=12, default="")
    exit_key = models.CharField(max_length=24, default="")  # by which lawful exit it left
    merged_into = models.ForeignKey("self", on_delete=models.PROTECT, null=True, related_name="merged_set")
    excluded = models.BooleanField(default=False)  # from the rates, by a reason and a second person
    sealed = models.BooleanField(default=False)  # a report of wrongdoing: only the sealed desk sees it
    barred = models.BooleanField(default=False)  # somebody or some unit must not see it: rows of Bar

    received_at = models.DateTimeField()
    dispatched_at = models.DateTimeField(null=True)
    signed_at = models.DateTimeField(null=True)
    contacted_at = models.DateTimeField(null=True)
    replied_at = models.DateTimeField(null=True)
    closed_at = models.DateTimeField(null=True)
    response_due = models.DateTimeField(null=True)
    handle_due = models.DateTimeField(null=True)
    limits_from = models.DateTimeField(null=True)  # when the two limits above began to run
    limits_rule = models.CharField(max_length=80, default="")  # key in the rule pack they are counted by
    limits_provisional = models.BooleanField(default=False)  # they end beyond the loaded calendar
    ended_as = models.CharField(max_length=20, default="")  # the state it was archived from
    archived_at = models.DateTimeField(null=True)
    words_gone_at = models.DateTimeField(null=True)  # words and contacts erased when their keeping time ended
    # When the clock of the present state runs out; the worklist sorts by it.
    next_due = models.DateTimeField(null=True)
    due_from = models.DateTimeField(null=True)  # when that clock started
    due_provisional = models.BooleanField(default=False)  # it ends beyond the loaded calendar
    due_rule = models.CharField(max_length=80, default="")  # key in the rule pack it is counted by

    version = models.PositiveIntegerField(default=1)
    change_seq = models.BigIntegerField(null=True, db_index=True)
    retention_class = models.CharField(max_length=32, default="case.standard")

    class Meta:
        indexes: ClassVar = [
            models.Index(fields=["state", "next_due"], name="case_state_due"),
            models.Index(fields=["unit", "state", "next_due"], name="case_unit_state_due"),
            models.Index(fields=["class_code", "received_at"], name="case_class_received"),
            # whether the same was said again at the same place: asked of every answered case of a month
            models.Index(fields=["place", "class_code", "received_at"], name="case_again"),
            models.Index(fields=["received_at"], name="case_received"),
            models.Index(fields=["unit", "received_at"], name="case_unit_received"),
            models.Index(fields=["replied_at"], name="case_replied"),
            models.Index(fields=["response_due"], name="case_response_due"),
            # only what is open has a clock: as small as the work at hand, however long the archive
            models.Index(
                fields=["next_due"], name="case_running", condition=models.Q(next_due__isnull=False)
            ),
            models.Index(
                fields=["archived_at"],
                name="case_archived",
                condition=models.Q(archived_at__isnull=False),
            ),
            models.Index(
                fields=["supervised", "next_due"], name="case_supervised", condition=~models.Q(supervised="")
            ),
        ]


class Voice(models.Model):
    """One requester's own words, with a number of their own, so that joining a case never loses the person."""

    id = models.BigIntegerField(primary_key=True, default=new_id)
    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="voice_set")
    number = models.CharField(max_length=16, unique=True)
    channel = models.CharField(max_length=12)
    words = models.TextField()
    salt = models.CharField(max_length=32)
    said_at = models.DateTimeField()
    language = models.CharField(max_length=8, default="zh-hans")

    # {"name", "phone"} sealed under the subject "voice:<id>"; empty when nothing was left.
    contact = models.BinaryField(default=bytes)
    phone_index = models.CharField(max_length=64, default="", db_index=True)
    last_four = models.CharField(max_length=64, default="")  # keyed hash, bound to the number
    # The case it was said to at first, where a merge brought it here; a split takes it back.
    origin_case_id = models.BigIntegerField(null=True)
    device_id = models.BigIntegerField(null=True, db_index=True)
    claim_hash = models.CharField(max_length=64, default="")  # an anonymous requester's code
    account_id = models.BigIntegerField(null=True)  # staff who wrote it down at a counter or on the phone

    # Acting for another: the agent sees only the status until the person behind the phone agrees.
    on_behalf = models.BooleanField(default=False)
    behalf_agreed_at = models.DateTimeField(null=True)
    consent_call = models.BooleanField(default=True)  # may be called back
    consent_public = models.BooleanField(default=False)  # words may be shown, masked

    verdict = models.CharField(max_length=12, default="")  # "" | solved | not_solved
    verdict_round = models.PositiveSmallIntegerField(default=0)
    rating = models.PositiveSmallIntegerField(null=True)  # 1..5, 好差评
    attempts = models.PositiveSmallIntegerField(default=0)  # unanswered call-backs of this round
    first_attempt_at = models.DateTimeField(null=True)
    last_attempt_at = models.DateTimeField(null=True)

    class Meta:
        indexes: ClassVar = [
            models.Index(fields=["case", "said_at"], name="voice_case_said"),
            models.Index(fields=["said_at"], name="voice_said"),
        ]


class Step(models.Model):
    """What was done, appended and never edited: the story of a case."""

    id = models.BigIntegerField(primary_key=True, default=new_id)
    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="step_set")
    voice = models.ForeignKey(Voice, on_delete=models.PROTECT, null=True, related_name="+")
    move = models.CharField(max_length=20)
    state = models.CharField(max_length=20)  # after it
    at = models.DateTimeField()
    by = models.BigIntegerField()
    unit = models.ForeignKey("people.Body", on_delete=models.PROTECT, null=True, related_name="+")
    words = models.TextField(default="")
    salt = models.CharField(max_length=32, default="")
    shown = models.BooleanField(default=False)  # to the people behind the case
    facts = models.JSONField(default=dict)  # codes and ids only: class, unit, verdict, due

    class Meta:
        indexes: ClassVar = [models.Index(fields=["case", "at"], name="step_case_at")]


class Rating(models.Model):
    """What one requester said of one reply, appended. `by_self` is false where a call-back clerk wrote it down."""

    id = models.BigIntegerField(primary_key=True, default=new_id)
    voice = models.ForeignKey(Voice, on_delete=models.PROTECT, related_name="rating_set")
    round = models.PositiveSmallIntegerField()
    verdict = models.CharField(max_length=12)
    rating = models.PositiveSmallIntegerField(null=True)
    reasons = models.JSONField(default=list)  # codes: why not better
    words = models.TextField(default="")
    by = models.BigIntegerField()
    by_self = models.BooleanField()
    at = models.DateTimeField()

    class Meta:
        indexes: ClassVar = [models.Index(fields=["voice", "round"], name="rating_voice_round")]
