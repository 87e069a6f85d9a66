"""Tables of places: the tree of the office's ground, its codes and outlines."""

from typing import Any

from django.db import models
from django.db.backends.base.base import BaseDatabaseWrapper
from django.utils.translation import gettext_lazy as _

from liren.kernel.ids import new_id


class PathField(models.CharField):  # type: ignore[type-arg]
    """A place path, compared byte by byte, so that "inside" is a range of its index on every database."""

    def db_parameters(self, connection: BaseDatabaseWrapper) -> Any:
        """The column's type; PostgreSQL is told to forget its language's order, SQLite has none."""
        parameters = super().db_parameters(connection)
        if connection.vendor == "postgresql":
            parameters["collation"] = "C"
        return parameters


class Place(models.Model):
    """One node of 区→街道→社区→网格→院落→楼栋→户. It is never deleted: it closes, and a successor may
    take its ground.

    Only `move_place` changes a path, and tells. Coordinates are WGS-84 degrees.
    """

    class Kind(models.TextChoices):
        """The layers. A cell (单元网格, GB/T 30428.1) is a second layer of the ground beside the grids."""

        DISTRICT = "district", _("区")
        STREET = "street", _("街道")
        COMMUNITY = "community", _("社区")
        GRID = "grid", _("网格")
        COURTYARD = "courtyard", _("院落")
        BUILDING = "building", _("楼栋")
        DWELLING = "dwelling", _("户")
        CELL = "cell", _("单元网格")

    id = models.BigIntegerField(primary_key=True, default=new_id, editable=False)
    kind = models.CharField(max_length=16, choices=Kind.choices)
    name = models.CharField(max_length=100)
    name_en = models.CharField(max_length=200, blank=True)
    aliases = models.JSONField(default=list, blank=True)
    parent = models.ForeignKey("self", on_delete=models.PROTECT, null=True, related_name="children")
    path = PathField(max_length=200, unique=True)
    is_office = models.BooleanField(default=False)
    valid_from = models.DateField(null=True)
    valid_to = models.DateField(null=True)  # the first day on which it is no more
    successor = models.ForeignKey("self", on_delete=models.PROTECT, null=True, related_name="predecessors")
    population = models.PositiveIntegerField(null=True)
    households = models.PositiveIntegerField(null=True)
    counted_on = models.DateField(null=True)
    boundary = models.JSONField(null=True)
    lat = models.FloatField(null=True)
    lon = models.FloatField(null=True)
    sort = models.IntegerField(default=0)

    class Meta:
        """One office per installation; a place has both coordinates or none."""

        indexes = [models.Index(fields=["parent", "kind", "sort"], name="places_children")]
        constraints = [
            models.UniqueConstraint(
                fields=["is_office"], condition=models.Q(is_office=True), name="places_one_office"
            ),
            models.CheckConstraint(
                condition=models.Q(valid_from=None)
                | models.Q(valid_to=None)
                | models.Q(valid_to__gte=models.F("valid_from")),
                name="places_ends_after_start",
            ),
            models.CheckConstraint(
                condition=models.Q(lat=None, lon=None)
                | models.Q(lat__gte=-90, lat__lte=90, lon__gte=-180, lon__lte=180),
                name="places_point_on_earth",
            ),
        ]

    def __str__(self) -> str:
        return self.name


class ExternalCode(models.Model):
    """A place's code in somebody's scheme: 统计用区划代码, 单元网格编码, a neighbour system's own number."""

    id = models.BigIntegerField(primary_key=True, default=new_id, editable=False)
    place = models.ForeignKey(Place, on_delete=models.CASCADE, related_name="codes")
    scheme = models.CharField(max_length=24)
    value = models.CharField(max_length=40)

    class Meta:
        """A code names one place."""

        constraints = [models.UniqueConstraint(fields=["scheme", "value"], name="places_code_once")]
        indexes = [models.Index(fields=["value"], name="places_code_value")]

    def __str__(self) -> str:
        return f"{self.scheme}:{self.value}"


class Stamp(models.Model):
    """The version of what processes keep in memory. Random on every change: a rollback never repeats one."""

    name = models.CharField(max_length=16, primary_key=True)
    version = models.BigIntegerField(default=new_id)

    def __str__(self) -> str:
        return f"{self.name} {self.version}"
