"""Tables of duties: the published duty lists. Everything else about duties is rule packs."""

from django.db import models

from liren.kernel.ids import new_id

# A version replaced on the very day it began never held: its first day and its end are one.
ENDS_AFTER_START = models.Q(valid_to=None) | models.Q(valid_to__gte=models.F("valid_from"))


class Catalogue(models.Model):
    """One published version of the office's 职责清单 (派单目录), whole. `valid_to` is the first day it no
    longer holds.

    Kept up to date by publishing the next version, never by editing (北京市接诉即办工作条例 art. 11).
    """

    id = models.BigIntegerField(primary_key=True, default=new_id, editable=False)
    version = models.PositiveIntegerField(unique=True)
    valid_from = models.DateField()
    valid_to = models.DateField(null=True)
    source = models.CharField(max_length=200)
    rows_hash = models.CharField(max_length=64)
    published_by = models.BigIntegerField()
    published_at = models.DateTimeField()

    class Meta:
        """It ends after it starts."""

        constraints = [
            models.CheckConstraint(condition=ENDS_AFTER_START, name="duties_catalogue_ends_after_start")
        ]

    def __str__(self) -> str:
        return f"catalogue {self.version}"


class CatalogueEntry(models.Model):
    """A class (or a whole group) of demands × a part of the ground → the unit that leads, or may only assist.

    An empty `place_path` is the whole office. Dates repeat the catalogue's, so that a look-up is one
    statement.
    """

    id = models.BigIntegerField(primary_key=True, default=new_id, editable=False)
    catalogue = models.ForeignKey(Catalogue, on_delete=models.CASCADE, related_name="entries")
    version = models.PositiveIntegerField()
    class_code = models.CharField(max_length=64)
    place_path = models.CharField(max_length=200, blank=True)
    unit = models.ForeignKey("people.Body", on_delete=models.PROTECT, related_name="duties")
    co_unit_ids = models.JSONField(default=list)
    assist_only = models.BooleanField(default=False)
    basis = models.TextField()
    source = models.CharField(max_length=200)
    valid_from = models.DateField()
    valid_to = models.DateField(null=True)

    class Meta:
        """One unit leads a class in a place; a unit appears once."""

        indexes = [models.Index(fields=["class_code", "valid_from"], name="duties_entry_class")]
        constraints = [
            models.CheckConstraint(condition=ENDS_AFTER_START, name="duties_entry_ends_after_start"),
            models.UniqueConstraint(
                fields=["catalogue", "class_code", "place_path"],
                condition=models.Q(assist_only=False),
                name="duties_one_lead",
            ),
            models.UniqueConstraint(
                fields=["catalogue", "class_code", "place_path", "unit"], name="duties_unit_once"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.class_code} {self.place_path} v{self.version}"


class RuleChange(models.Model):
    """One rule published in the browser: the truth, and the history, of the rows in LIREN_HOME/packs/<pack>/published.yaml.

    Appended, never edited; of rows of one key the later one holds wherever two speak of the same day.
    """

    id = models.BigIntegerField(primary_key=True, default=new_id, editable=False)
    pack = models.CharField(max_length=64)
    key = models.CharField(max_length=100)
    version = models.PositiveIntegerField()  # of this key, from 1
    valid_from = models.DateField()
    valid_to = models.DateField(null=True)  # last day, included, as in a pack
    title = models.JSONField()  # {zh, en}
    value = models.JSONField()
    source = models.CharField(max_length=200)
    published_by = models.BigIntegerField()
    published_at = models.DateTimeField()

    class Meta:
        """Two who publish the same key at once cannot both be the next version."""

        constraints = [
            models.UniqueConstraint(fields=["pack", "key", "version"], name="duties_rule_version_once"),
            models.CheckConstraint(condition=ENDS_AFTER_START, name="duties_rule_ends_after_start"),
        ]

    def __str__(self) -> str:
        return f"{self.pack} {self.key} v{self.version}"
