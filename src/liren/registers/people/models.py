"""Tables of people: persons, dwellings and who owns them, bodies, posts, mandates, consents.

Nothing here, and nothing that points here, gathers what a person asked for.
"""

from django.db import models
from django.utils.translation import gettext_lazy as _

from liren.kernel.ids import new_id

ENDS_AFTER_START = (
    models.Q(valid_from=None) | models.Q(valid_to=None) | models.Q(valid_to__gte=models.F("valid_from"))
)


class Person(models.Model):
    """A resident who is known by name. Name and phone are sealed; `label` is the name masked for a screen."""

    id = models.BigIntegerField(primary_key=True, default=new_id, editable=False)
    code = models.CharField(max_length=40, null=True, unique=True)  # the office's own key, for imports
    account_id = models.BigIntegerField(null=True, unique=True)
    name_sealed = models.BinaryField()
    name_index = models.CharField(max_length=64, blank=True)
    label = models.CharField(max_length=40)
    phone_sealed = models.BinaryField(null=True)
    phone_index = models.CharField(max_length=64, blank=True, db_index=True)
    opened_at = models.DateTimeField()

    def __str__(self) -> str:
        return self.label


class Dwelling(models.Model):
    """A place of kind dwelling seen as property: what is owned and lived in."""

    class Use(models.TextChoices):
        """What it may be used for by its deed."""

        HOME = "home", _("住宅")
        SHOP = "shop", _("商业")
        OTHER = "other", _("其他")

    id = models.BigIntegerField(primary_key=True, default=new_id, editable=False)
    place = models.OneToOneField("places.Place", on_delete=models.PROTECT, related_name="dwelling")
    use = models.CharField(max_length=8, choices=Use.choices, default=Use.HOME)

    def __str__(self) -> str:
        return f"dwelling {self.id}"


class Household(models.Model):
    """People who live together in a dwelling, for a time."""

    id = models.BigIntegerField(primary_key=True, default=new_id, editable=False)
    dwelling = models.ForeignKey(Dwelling, on_delete=models.PROTECT, related_name="households")
    valid_from = models.DateField(null=True)
    valid_to = models.DateField(null=True)

    class Meta:
        """It ends after it starts."""

        constraints = [
            models.CheckConstraint(condition=ENDS_AFTER_START, name="people_household_ends_after_start")
        ]

    def __str__(self) -> str:
        return f"household {self.id}"


class Residence(models.Model):
    """A person living in a household, for a time."""

    class Tenure(models.TextChoices):
        """On what footing."""

        OWNER = "owner", _("自有")
        FAMILY = "family", _("家属")
        TENANT = "tenant", _("租住")
        OTHER = "other", _("其他")

    id = models.BigIntegerField(primary_key=True, default=new_id, editable=False)
    person = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="residences")
    household = models.ForeignKey(Household, on_delete=models.PROTECT, related_name="residences")
    tenure = models.CharField(max_length=8, choices=Tenure.choices)
    valid_from = models.DateField(null=True)
    valid_to = models.DateField(null=True)

    class Meta:
        """It ends after it starts."""

        constraints = [
            models.CheckConstraint(condition=ENDS_AFTER_START, name="people_residence_ends_after_start")
        ]

    def __str__(self) -> str:
        return f"residence {self.id}"


class Body(models.Model):
    """An organisation: it handles cases, owns, employs or speaks for people."""

    class Kind(models.TextChoices):
        """Who acts in a neighbourhood, each with its own lawful powers."""

        PARTY_ORG = "party_org", _("党组织")
        RESIDENTS_COMMITTEE = "residents_committee", _("居民委员会")
        OWNERS_COMMITTEE = "owners_committee", _("业主委员会")
        PROPERTY_COMPANY = "property_company", _("物业服务企业")
        SOCIAL_ORG = "social_org", _("社会组织")
        DEPARTMENT = "department", _("部门")
        UTILITY = "utility", _("公用事业单位")
        ENTERPRISE = "enterprise", _("企业")

    id = models.BigIntegerField(primary_key=True, default=new_id, editable=False)
    code = models.CharField(max_length=40, unique=True)
    kind = models.CharField(max_length=24, choices=Kind.choices)
    name = models.CharField(max_length=100)
    name_en = models.CharField(max_length=200, blank=True)
    short = models.CharField(max_length=40, blank=True)
    uscc = models.CharField(max_length=18, null=True, unique=True)
    place = models.ForeignKey("places.Place", on_delete=models.PROTECT, null=True, related_name="bodies")
    place_path = models.CharField(max_length=200, blank=True, db_index=True)
    parent = models.ForeignKey("self", on_delete=models.PROTECT, null=True, related_name="members")
    handles = models.BooleanField(default=False)  # may be given cases
    calendar = models.CharField(max_length=40, default="office")
    phone = models.CharField(max_length=40, blank=True)  # its public number
    valid_from = models.DateField(null=True)
    valid_to = models.DateField(null=True)
    sort = models.IntegerField(default=0)

    class Meta:
        """It ends after it starts."""

        constraints = [
            models.CheckConstraint(condition=ENDS_AFTER_START, name="people_body_ends_after_start")
        ]

    def __str__(self) -> str:
        return self.name


class Ownership(models.Model):
    """One owner's share of a dwelling. Rows of one dwelling at one time are co-owners (民法典 297-310).

    `area` is the exclusive part's area in square metres as the deed gives it: votes count it (民法典 278).
    """

    id = models.BigIntegerField(primary_key=True, default=new_id, editable=False)
    dwelling = models.ForeignKey(Dwelling, on_delete=models.PROTECT, related_name="ownerships")
    person = models.ForeignKey(Person, on_delete=models.PROTECT, null=True, related_name="ownerships")
    body = models.ForeignKey(Body, on_delete=models.PROTECT, null=True, related_name="ownerships")
    area = models.DecimalField(max_digits=12, decimal_places=2)
    numerator = models.PositiveIntegerField(default=1)
    denominator = models.PositiveIntegerField(default=1)
    valid_from = models.DateField(null=True)
    valid_to = models.DateField(null=True)

    class Meta:
        """One owner per row, a positive share of at most the whole, a positive area."""

        constraints = [
            models.CheckConstraint(
                condition=models.Q(person=None, body__isnull=False)
                | models.Q(person__isnull=False, body=None),
                name="people_one_owner_per_share",
            ),
            models.CheckConstraint(
                condition=models.Q(numerator__gte=1, denominator__gte=models.F("numerator")),
                name="people_share_of_the_whole",
            ),
            models.CheckConstraint(condition=models.Q(area__gt=0), name="people_area_positive"),
            models.CheckConstraint(condition=ENDS_AFTER_START, name="people_ownership_ends_after_start"),
        ]

    def __str__(self) -> str:
        return f"{self.numerator}/{self.denominator}"


class Post(models.Model):
    """A seat at a body: its ground, its role in the access pack, who sits on it. Names at work are public."""

    id = models.BigIntegerField(primary_key=True, default=new_id, editable=False)
    code = models.CharField(max_length=40, null=True, unique=True)
    body = models.ForeignKey(Body, on_delete=models.PROTECT, related_name="posts")
    title = models.CharField(max_length=60)
    title_en = models.CharField(max_length=100, blank=True)
    place = models.ForeignKey("places.Place", on_delete=models.PROTECT, null=True, related_name="posts")
    place_path = models.CharField(max_length=200, blank=True, db_index=True)
    role = models.CharField(max_length=40)
    account_id = models.BigIntegerField(null=True, db_index=True)
    holder = models.CharField(max_length=40, blank=True)
    grant_id = models.BigIntegerField(null=True)
    valid_from = models.DateField(null=True)
    valid_to = models.DateField(null=True)

    class Meta:
        """It ends after it starts."""

        constraints = [
            models.CheckConstraint(condition=ENDS_AFTER_START, name="people_post_ends_after_start")
        ]

    def __str__(self) -> str:
        return self.title


class Mandate(models.Model):
    """A person may act for another person or for a body, within a scope, for a time."""

    id = models.BigIntegerField(primary_key=True, default=new_id, editable=False)
    person = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="mandates")
    for_person = models.ForeignKey(Person, on_delete=models.CASCADE, null=True, related_name="represented_by")
    for_body = models.ForeignKey(Body, on_delete=models.CASCADE, null=True, related_name="represented_by")
    scope = models.JSONField(default=list)  # duty codes; nothing listed is nothing allowed
    evidence_hash = models.CharField(max_length=64)
    valid_from = models.DateField()
    valid_to = models.DateField(null=True)

    class Meta:
        """For one other, never for oneself; it ends after it starts."""

        constraints = [
            models.CheckConstraint(
                condition=models.Q(for_person=None, for_body__isnull=False)
                | models.Q(for_person__isnull=False, for_body=None),
                name="people_mandate_for_one",
            ),
            models.CheckConstraint(
                condition=models.Q(for_person=None) | ~models.Q(for_person=models.F("person")),
                name="people_mandate_for_another",
            ),
            models.CheckConstraint(condition=ENDS_AFTER_START, name="people_mandate_ends_after_start"),
        ]

    def __str__(self) -> str:
        return f"mandate {self.id}"


class Consent(models.Model):
    """A yes to one purpose, and its withdrawal (个人信息保护法 13-16). `subject` is like "person:1"."""

    id = models.BigIntegerField(primary_key=True, default=new_id, editable=False)
    subject = models.CharField(max_length=64)
    purpose = models.CharField(max_length=40)
    channel = models.CharField(max_length=24)
    evidence_hash = models.CharField(max_length=64, blank=True)
    given_at = models.DateTimeField()
    withdrawn_at = models.DateTimeField(null=True)

    class Meta:
        """One standing consent per subject and purpose; those withdrawn stay as history."""

        indexes = [models.Index(fields=["subject", "purpose"], name="people_consent_of")]
        constraints = [
            models.UniqueConstraint(
                fields=["subject", "purpose"],
                condition=models.Q(withdrawn_at=None),
                name="people_one_standing_consent",
            )
        ]

    def __str__(self) -> str:
        return f"{self.purpose} {self.given_at:%Y-%m-%d}"
